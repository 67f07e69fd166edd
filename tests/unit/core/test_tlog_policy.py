"""Witness files: layouts that are allowed, quorums that hold, and near misses."""

import itertools

import pytest

from liuhen.core.errors import MalformedPolicy
from liuhen.core.head_signature import LogKey
from liuhen.core.tlog_policy import TlogPolicy, parse_tlog_policy
from tests.witness_kit import ML, W1, W2, W3, KnownWitness

LOG = LogKey("log.example/logs/a", W1.key.public).to_text()
K1, K2, K3, KM = (known.key.to_text() for known in (W1, W2, W3, ML))
NESTED = f"""\
# Who watches us.
log {LOG} https://log.example/logs/a

witness X1 {K1} https://w1.example/
witness X2 {K2} https://w2.example/add
witness Y1 {K3}
witness Y2 {KM} https://mldsa.example
group X 2 X1 X2
group Y any Y1 Y2
group X-and-Y all X Y
quorum X-and-Y
"""


def parse(text: str) -> TlogPolicy:
    return parse_tlog_policy(text.encode())


def test_a_file_is_read_with_its_groups() -> None:
    policy = parse(NESTED)
    assert [w.name for w in policy.witnesses] == ["X1", "X2", "Y1", "Y2"]
    assert [w.url for w in policy.witnesses] == [
        *("https://w1.example/", "https://w2.example/add"),
        *(None, "https://mldsa.example"),
    ]
    assert [(g.name, g.enough, g.members) for g in policy.groups] == [
        ("X", 2, ("X1", "X2")),
        ("Y", 1, ("Y1", "Y2")),
        ("X-and-Y", 2, ("X", "Y")),
    ]
    assert policy.logs[0].url == "https://log.example/logs/a"
    assert policy.quorum == "X-and-Y"


def test_a_file_prints_as_one_that_reads_the_same() -> None:
    plain = "quorum none\n", f"log {LOG}\nquorum none\n", f"witness w {K1}\nquorum w\n"
    for text in (NESTED, *plain):
        policy = parse(text)
        assert parse(policy.to_text()) == policy
        assert parse(policy.to_text()).to_text() == policy.to_text()


def test_layout_and_comments_say_nothing() -> None:
    messy = (
        NESTED.replace(" ", " \t ").replace("\n", "  \n\n \t# c\n").replace("quorum", "\tquorum")
    )
    assert parse(messy) == parse(NESTED)
    latin = b"# caf\xe9\n" + NESTED.encode()
    assert parse_tlog_policy(latin) == parse(NESTED)


def test_a_quorum_holds_for_exactly_the_right_sets() -> None:
    policy = parse(NESTED)
    keys = {"X1": W1.key, "X2": W2.key, "Y1": W3.key, "Y2": ML.key}
    for count in range(5):
        for names in itertools.combinations(keys, count):
            expected = {"X1", "X2"} <= set(names) and bool({"Y1", "Y2"} & set(names))
            assert policy.has_quorum([keys[name] for name in names]) is expected, names


def test_no_quorum_is_always_met_and_strangers_never_count() -> None:
    assert parse("quorum none\n").has_quorum([])
    one = parse(f"witness w {K1}\nquorum w\n")
    assert not one.has_quorum([])
    assert not one.has_quorum([W2.key])
    assert one.has_quorum([W2.key, W1.key])


def test_thirty_two_of_each_are_supported() -> None:
    seeds = [KnownWitness(f"w{n}", n) for n in range(32)]
    text = "".join(f"log {LogKey(f'l{s.seed}', s.key.public).to_text()}\n" for s in seeds)
    text += "".join(
        f"witness {s.name} {s.key.to_text()}\ngroup g{s.name} any {s.name}\n" for s in seeds
    )
    policy = parse(text + "quorum gw31\n")
    assert [len(policy.logs), len(policy.witnesses), len(policy.groups)] == [32, 32, 32]


def but(old: str, new: str) -> str:
    assert old in NESTED
    return NESTED.replace(old, new, 1)


WRONG = {
    "no quorum": but("quorum X-and-Y\n", ""),
    "two quorums": NESTED + "quorum X\n",
    "a quorum that nobody defined": but("quorum X-and-Y", "quorum Z"),
    "a quorum before its group": f"witness w {K1}\nquorum g\ngroup g any w\n",
    "two quorum names": but("quorum X-and-Y", "quorum X Y"),
    "no quorum name": but("quorum X-and-Y", "quorum"),
    "no last newline": NESTED[:-1],
    "a carriage return": but("\nquorum", "\r\nquorum"),
    "a form feed": but("quorum X", "quorum\fX"),
    "a zero byte": NESTED + "#\0\n",
    "an unknown word": NESTED + "mirror X\n",
    "an upper-case word": but("quorum", "Quorum"),
    "a group of none": but("group X 2 X1 X2", "group X 2"),
    "a group of nobody": but("group X 2 X1 X2", "group X all"),
    "a group that needs 0": but("X 2 X1", "X 0 X1"),
    "a group that needs 3 of 2": but("X 2 X1", "X 3 X1"),
    "a group that needs 02": but("X 2 X1", "X 02 X1"),
    "a group that needs +2": but("X 2 X1", "X +2 X1"),
    "a group that needs ٢": but("X 2 X1", "X ٢ X1"),
    "a group that needs some": but("X 2 X1", "X some X1"),
    "a member below": f"group g any w\nwitness w {K1}\nquorum g\n",
    "a member twice in a group": but("X 2 X1 X2", "X 2 X1 X1"),
    "a member of two groups": but("Y any Y1", "Y any X1"),
    "none as a member": but("Y any Y1", "Y any none"),
    "itself as a member": but("Y any Y1", "Y any Y"),
    "a witness named none": but("witness X1", "witness none"),
    "a group named none": but("group Y ", "group none "),
    "a name twice": but("witness X2", "witness X1"),
    "a group named as a witness": but("group Y ", "group X1 "),
    "a key twice": but(K2, K1),
    "a key twice under another name": but(
        K2, KnownWitness("other.example/w", W1.seed).key.to_text()
    ),
    "a log twice": NESTED + f"log {LOG}\n",
    "a log twice under another name": NESTED + f"log {LogKey('b', W1.key.public).to_text()}\n",
    "a witness without a key": but(f"X1 {K1} https://w1.example/", "X1"),
    "a witness with four fields": but("https://w1.example/", "https://w1.example/ more"),
    "a log's key for a witness": but(K1, LOG),
    "a witness's key for a log": but(LOG, K1),
    "a bent key": but(K1, K1[:-2] + "AA"),
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_a_near_miss_is_refused(text: str) -> None:
    with pytest.raises(MalformedPolicy):
        parse(text)


def test_a_refusal_names_the_line() -> None:
    with pytest.raises(MalformedPolicy, match="line 8: a group needs"):
        parse(but("X 2 X1", "X 3 X1"))


def test_names_that_are_not_utf_8_and_files_without_end_are_refused() -> None:
    with pytest.raises(MalformedPolicy, match="UTF-8"):
        parse_tlog_policy(NESTED.encode() + b"group \xff any X-and-Y\n")
    with pytest.raises(MalformedPolicy, match="bytes"):
        parse_tlog_policy(b"#\n" * 2**20)
