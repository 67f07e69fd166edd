"""Key histories: from any one key that is trusted, forward and backward; and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.errors import (
    HistoryMismatch,
    Malformed,
    MalformedNote,
    SignatureMismatch,
    Unavailable,
)
from liuhen.core.head_signature import HeadSignerKey, LogKey
from liuhen.core.key_history import (
    KeyHistory,
    extend_policy,
    history_of,
    verify_histories,
)
from liuhen.core.policy import SizeRange, TrustPolicy
from tests.watched_log import CHAIN_ID, CONTRACT, ORIGIN, policy_of, signer

ENDS = [8, 20, 300]
"""The last sizes of the first keys."""


def ranges(count: int) -> list[SizeRange]:
    firsts = [0, *(end + 1 for end in ENDS)][: count + 1]
    lasts: list[int | None] = [*ENDS[:count], None]
    return [SizeRange(first, last) for first, last in zip(firsts, lasts, strict=True)]


def whole_policy(rotations: int) -> TrustPolicy:
    keys = [(signer(1 + i), sizes) for i, sizes in enumerate(ranges(rotations))]
    return policy_of(*keys)


def history(rotations: int) -> KeyHistory:
    """Return the history after so many rotations, signed by the last key before and the newest."""
    unsigned = history_of(whole_policy(rotations))
    signers = [signer(rotations), signer(rotations + 1)] if rotations else [signer(1)]
    for each in signers:
        unsigned = unsigned.signed_by(each.sign_text, each.log_key)
    return unsigned


ALL = [history(rotations) for rotations in range(4)]


@pytest.mark.parametrize("rotations", range(4))
def test_a_history_prints_as_it_was_read(rotations: int) -> None:
    text = ALL[rotations].to_text()
    assert KeyHistory.parse(text) == ALL[rotations]
    assert KeyHistory.parse(text).to_text() == text
    assert KeyHistory.parse(text).serial == rotations
    assert text.startswith(f"audit-log-keys/v1\n{ORIGIN}\nlog 0 ")


@pytest.mark.parametrize("trusted", range(4))
def test_any_one_key_proves_all_before_and_after_it(trusted: int) -> None:
    sizes = ranges(3)[trusted]
    for known in (sizes, SizeRange(sizes.first)):  # its end may not be known yet
        newest = verify_histories(ALL, policy_of((signer(1 + trusted), known)))
        assert newest == ALL[-1]


def test_the_policy_is_extended_by_what_was_proven() -> None:
    old = policy_of()
    extended = extend_policy(old, verify_histories(ALL, old))
    assert extended == replace(old, log_keys=whole_policy(3).log_keys)
    assert 8 in extended.log_keys[0][1]
    assert 9 not in extended.log_keys[0][1]


def test_an_older_history_takes_nothing_from_a_policy() -> None:
    newer = whole_policy(3)
    assert extend_policy(newer, verify_histories(ALL[:2], newer)) == newer


def test_a_key_that_is_in_no_history_proves_nothing() -> None:
    with pytest.raises(Unavailable, match="no key of the policy"):
        verify_histories(ALL, policy_of((signer(9), SizeRange())))


def test_a_policy_of_another_log_is_refused() -> None:
    other = "log.example/logs/other"
    with pytest.raises(HistoryMismatch, match="other"):
        verify_histories(ALL, policy_of(origin=other))


@pytest.mark.parametrize(
    "wrong", [SizeRange(0, 7), SizeRange(1), SizeRange(0, 9), SizeRange(0, 10**6)]
)
def test_a_policy_that_knows_other_sizes_is_contradicted(wrong: SizeRange) -> None:
    with pytest.raises(HistoryMismatch, match="contradict"):
        verify_histories(ALL, policy_of((signer(1), wrong)))


def test_the_histories_must_be_all_and_in_order() -> None:
    for some in ([], ALL[1:], [ALL[0], ALL[2]], ALL[::-1], [ALL[0], ALL[0]]):
        with pytest.raises(HistoryMismatch):
            verify_histories(some, policy_of())


@pytest.mark.parametrize("left_out", [0, 1])
def test_a_history_needs_the_key_before_and_its_own(left_out: int) -> None:
    lines = ALL[2].signatures
    bent = replace(ALL[2], signatures=(lines[1 - left_out],))
    with pytest.raises(SignatureMismatch):
        verify_histories([*ALL[:2], bent], policy_of())


def test_a_signature_over_another_history_is_refused() -> None:
    bent = replace(ALL[2], signatures=(ALL[3].signatures[0], ALL[2].signatures[1]))
    with pytest.raises(SignatureMismatch):
        verify_histories([*ALL[:2], bent], policy_of())
    swapped = replace(
        ALL[2],
        signatures=(replace(ALL[2].signatures[0], signature=bytes(64)), ALL[2].signatures[1]),
    )
    with pytest.raises(SignatureMismatch):
        verify_histories([*ALL[:2], swapped], policy_of())


def test_a_stolen_old_key_cannot_take_back_what_a_later_history_said() -> None:
    thief = signer(66)
    forged = history_of(
        policy_of(
            (signer(1), SizeRange(0, 4)), (signer(2), SizeRange(5, 20)), (thief, SizeRange(21))
        )
    )
    for each in (signer(2), thief):
        forged = forged.signed_by(each.sign_text, each.log_key)
    with pytest.raises(HistoryMismatch, match="takes back"):
        verify_histories([*ALL[:2], forged], policy_of())


def test_a_history_of_another_log_does_not_continue() -> None:
    other = "log.example/logs/other"
    own = signer(2, other)
    before = signer(1, other)
    foreign = history_of(policy_of((before, SizeRange(0, 8)), (own, SizeRange(9)), origin=other))
    for each in (before, own):
        foreign = foreign.signed_by(each.sign_text, each.log_key)
    with pytest.raises(HistoryMismatch, match="two logs"):
        verify_histories([ALL[0], foreign], policy_of())


def test_signers_have_their_ranges_too() -> None:
    first, second = bytes([1]) * 20, bytes([2]) * 20
    keys = (
        (HeadSignerKey(ORIGIN, CHAIN_ID, CONTRACT, first), SizeRange(0, 50)),
        (HeadSignerKey(ORIGIN, CHAIN_ID, CONTRACT, second), SizeRange(51)),
        (HeadSignerKey(ORIGIN, CHAIN_ID + 1, CONTRACT, first), SizeRange(60)),
    )
    own = signer(1)
    found = replace(history_of(policy_of()), signers=keys)
    signed = found.signed_by(own.sign_text, own.log_key)
    assert KeyHistory.parse(signed.to_text()).serial == 2
    policy = replace(policy_of(), signers=keys[:1])
    assert extend_policy(policy, signed).signers == keys[:2]


def test_the_heads_signers_of_a_policy_are_listed_oldest_first() -> None:
    old, new = (HeadSignerKey(ORIGIN, CHAIN_ID, CONTRACT, bytes([n]) * 20) for n in (2, 1))
    ranges_of = (old, SizeRange(0, 50)), (new, SizeRange(51))
    for keys in (ranges_of, ranges_of[::-1]):
        assert history_of(replace(policy_of(), signers=keys)).signers == ranges_of


LINE_1 = ALL[1].text.split("\n")[2]
LINE_2 = ALL[1].text.split("\n")[3]
SIGNER = ALL[1].text.split("\n")[4]


def with_lines(*lines: str, origin: str = ORIGIN, form: str = "audit-log-keys/v1") -> str:
    text = "".join(f"{line}\n" for line in (form, origin, *lines))
    own = signer(1)
    return f"{text}\n" + own.log_key.line(own.sign_text(text.encode())).to_text()


def vkey(number: int, origin: str = ORIGIN) -> str:
    return signer(number, origin).log_key.to_text()


LAST = 2**63 - 1


def test_what_a_history_may_just_be() -> None:
    assert KeyHistory.parse(with_lines(LINE_1, LINE_2)).signers == ()
    for lines in (
        [f"log 0 0 {vkey(1)}", f"log 1 - {vkey(2)}"],
        [f"log 0 {LAST - 1} {vkey(1)}", f"log {LAST} - {vkey(2)}"],
    ):
        assert KeyHistory.parse(with_lines(*lines)).serial == 1


def test_a_history_has_at_most_a_thousand_keys() -> None:
    keys = [LogKey(ORIGIN, number.to_bytes(2, "big") * 16).to_text() for number in range(2, 1003)]
    for count in (1000, 1001):
        lines = [f"log {number} {number} {key}" for number, key in enumerate(keys[: count - 1])]
        note = with_lines(*lines, f"log {count - 1} - {keys[count - 1]}")
        if count == 1000:
            assert len(KeyHistory.parse(note).log_keys) == 1000
        else:
            with pytest.raises(MalformedNote):
                KeyHistory.parse(note)


@pytest.mark.parametrize(
    "note",
    [
        with_lines(),
        with_lines(LINE_1, f"log 9 - {vkey(2, 'log.example/logs/other')}", SIGNER),
        with_lines(LINE_1, f"log 9 - {vkey(1)}", SIGNER),  # a key twice
        with_lines(f"log 0 - {vkey(1, 'Log.example')}", origin="Log.example"),
        with_lines(LINE_1, LINE_2, SIGNER.replace("signer 0", f"signer {2**63}")),
        with_lines(SIGNER),
        with_lines(LINE_1),  # nothing for what comes
        with_lines(LINE_2),  # does not begin at 0
        with_lines(LINE_2, LINE_1),
        with_lines(LINE_1, LINE_1),
        with_lines(SIGNER, LINE_1, LINE_2),
        with_lines(LINE_1, LINE_2, ""),
        with_lines(LINE_1, LINE_2, form="audit-log-keys/v2"),
        with_lines(LINE_1, LINE_2, origin="log.example/logs/other"),
        with_lines(LINE_1, LINE_2, origin="log.example"),
        with_lines(LINE_1.replace("log 0 8 ", "log 0 9 "), LINE_2),  # an overlap
        with_lines(LINE_1.replace("log 0 8 ", "log 0 7 "), LINE_2),  # a gap
        with_lines(LINE_1.replace("log 0 8 ", "log 0 - "), LINE_2),
        with_lines(LINE_1.replace("log 0 8 ", "log 00 8 "), LINE_2),
        with_lines(LINE_1.replace("log 0 8 ", "log +0 8 "), LINE_2),
        with_lines(LINE_1.replace("log 0 8 ", "log 0 ٨ "), LINE_2),
        with_lines(LINE_1.replace("log 0 8 ", "log 0 8  "), LINE_2),
        with_lines(LINE_1.replace("log 0 8 ", "log 8 0 "), LINE_2),
        with_lines(LINE_1.replace("log 0 8 ", "log 0 9999999999999999999 "), LINE_2),
        with_lines(LINE_1.replace("log 0", "Log 0"), LINE_2),
        with_lines(LINE_1.replace("log 0", "signer 0"), LINE_2),
        with_lines(LINE_1, LINE_2, SIGNER.replace("signer", "log")),
        with_lines(LINE_1 + "=", LINE_2),
        with_lines(LINE_1, LINE_2 + "\r"),
        ALL[0].to_text()[:-1],
        ALL[0].to_text() + "\n",
        ALL[0].text,
        "",
    ],
)
def test_what_is_not_a_key_history_is_refused(note: str) -> None:
    with pytest.raises(Malformed):
        KeyHistory.parse(note)


@given(st.integers(0, len(ALL[2].to_text().encode()) - 1), st.integers(0, 7))
def test_one_bent_bit_proves_nothing(at: int, bit: int) -> None:
    raw = bytearray(ALL[2].to_text().encode())
    raw[at] ^= 1 << bit
    try:
        bent = KeyHistory.parse(raw.decode("utf-8"))
    except (Malformed, UnicodeDecodeError):
        return
    with pytest.raises((SignatureMismatch, HistoryMismatch)):
        verify_histories([*ALL[:2], bent], policy_of())
