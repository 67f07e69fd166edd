"""Key histories, `audit-log-keys/v1`: which key of a log was good for which sizes.

    audit-log-keys/v1
    <origin>
    log <from_size> <to_size> <vkey>        one for each Ed25519 key of the log, oldest first
    signer <from_size> <to_size> <vkey>     one for each Ethereum key that signs heads

The text of a signed note. Both sizes are included; `-` stands for a range that is open. The keys
of one role (and one contract) follow each other without a gap, and only the newest is open.

A history has a serial number: how many of its keys came after the opening of the log. Each change
adds one key and so one history, which is signed by the newest key of the history before *and* by
its own newest. So whoever trusts any one key of a log can go forward, from signature to signature,
and backward, since a history lists all older keys. `verify_histories` does both.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from liuhen.core.checkpoint import MAX_SIZE, is_origin
from liuhen.core.errors import (
    HistoryMismatch,
    MalformedKey,
    MalformedNote,
    SignatureMismatch,
    Unavailable,
)
from liuhen.core.head_signature import HeadSignerKey, LogKey
from liuhen.core.note import NoteSignature, SignedNote
from liuhen.core.policy import SizeRange, TrustPolicy

FORMAT = "audit-log-keys/v1"
MOST_KEYS = 1000

_NUMBER = r"0|[1-9][0-9]{0,18}"
_LINE = re.compile(
    rf"(?P<role>log|signer) (?P<first>{_NUMBER}) (?P<last>{_NUMBER}|-) (?P<vkey>[^ ]+)", re.ASCII
)

_Key = TypeVar("_Key", LogKey, HeadSignerKey)

LogKeys = tuple[tuple[LogKey, SizeRange], ...]
SignerKeys = tuple[tuple[HeadSignerKey, SizeRange], ...]


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """The keys of a log up to one change, and who signed that.

    Attributes:
        origin: The log's name.
        log_keys: Its Ed25519 keys and their sizes, oldest first; one or more.
        signers: Its Ethereum keys and their sizes, oldest first for each contract.
        signatures: Lines over the text.
    """

    origin: str
    log_keys: LogKeys
    signers: SignerKeys
    signatures: tuple[NoteSignature, ...] = ()

    @property
    def serial(self) -> int:
        """How many keys came after the opening of the log."""
        return sum(sizes.first > 0 for _, sizes in (*self.log_keys, *self.signers))

    @property
    def newest(self) -> LogKey:
        """The log's key of this history that is good from now on."""
        return self.log_keys[-1][0]

    @property
    def newest_from(self) -> int:
        """First size of the key that came last."""
        return max(sizes.first for _, sizes in (*self.log_keys, *self.signers))

    @property
    def text(self) -> str:
        """What is signed."""
        lines = [f"log {_sizes(sizes)} {key.to_text()}" for key, sizes in self.log_keys]
        lines += [f"signer {_sizes(sizes)} {key.to_text()}" for key, sizes in self.signers]
        return "".join(f"{line}\n" for line in (FORMAT, self.origin, *lines))

    def to_text(self) -> str:
        """Print the signed note."""
        return SignedNote(self.text, self.signatures).to_text()

    @staticmethod
    def parse(note: str) -> "KeyHistory":
        """Read a history; the exact inverse of `to_text`.

        Raises:
            MalformedNote: Not a signed note, not of this format, or keys that no log can have had.
            MalformedKey: A line holds no key.
        """
        signed = SignedNote.parse(note)
        form, origin, *lines = signed.text[:-1].split("\n")
        if form != FORMAT or not is_origin(origin) or len(lines) > MOST_KEYS:
            raise MalformedNote(f"not a key history, {FORMAT}")
        matches = [_match(line) for line in lines]
        history = KeyHistory(
            origin,
            tuple(_key(LogKey.parse, match) for match in matches if match["role"] == "log"),
            tuple(_key(HeadSignerKey.parse, m) for m in matches if m["role"] == "signer"),
            signed.signatures,
        )
        _check_ranges(history)
        if history.to_text() != note:
            raise MalformedNote("a key history whose lines are not in order")
        return history

    def signed_by(self, sign: Callable[[bytes], bytes], key: LogKey) -> "KeyHistory":
        """Return this history with one more signature."""
        line = key.line(sign(self.text.encode()))
        return replace(self, signatures=(*self.signatures, line))

    def check_signed_by(self, key: LogKey) -> None:
        """Check that a key has signed this history.

        Raises:
            SignatureMismatch: It has not.
        """
        for line in self.signatures:
            if (line.name, line.key_id) == (key.name, key.key_id):
                key.verify(self.text, line)
                return
        raise SignatureMismatch(
            f"key history {self.serial} is not signed by {key.to_text()}, as it must be"
        )


def history_of(policy: TrustPolicy) -> KeyHistory:
    """Return the history that a policy's keys make up, not signed."""
    return KeyHistory(
        policy.origin,
        tuple(sorted(policy.log_keys, key=lambda item: item[1].first)),
        tuple(sorted(policy.signers, key=lambda item: item[1].first)),
    )


def verify_histories(histories: Sequence[KeyHistory], policy: TrustPolicy) -> KeyHistory:
    """Prove all keys of a log from those that a policy trusts.

    Args:
        histories: All histories of the log, from serial number 0.
        policy: What is believed beforehand; its keys may be old, new, or in between.

    Returns:
        The newest history: every key in it is proven.

    Raises:
        HistoryMismatch: The histories are not of one log, one does not continue the one before, or
            they contradict the policy.
        SignatureMismatch: A signature that must be there is not, or is not valid.
        Unavailable: No key of the policy is in them, so nothing is proven.
    """
    if [history.serial for history in histories] != list(range(len(histories))) or not histories:
        raise HistoryMismatch("the key histories are not those of serial numbers 0, 1, 2 …")
    for before, after in pairwise(histories):
        check_continues(before, after)
        after.check_signed_by(before.newest)
    for history in histories:
        history.check_signed_by(history.newest)
    newest = histories[-1]
    _check_agrees(newest, policy)
    return newest


def check_continues(before: KeyHistory, after: KeyHistory) -> None:
    """Check that a history is the one before with one more key.

    Raises:
        HistoryMismatch: It takes something back.
    """
    if before.origin != after.origin:
        raise HistoryMismatch(f"key histories of two logs: {before.origin} and {after.origin}")
    key = _contradicted(_ranges(before), _ranges(after))
    if key is not None:
        raise HistoryMismatch(
            f"key history {after.serial} takes back what {before.serial} says of {key}"
        )


def extend_policy(policy: TrustPolicy, history: KeyHistory) -> TrustPolicy:
    """Return a policy with the keys and ranges that a proven history gives.

    A history that is older than the policy, as an older copy of a log has it, adds nothing.
    """
    if _contradicted(_ranges(history_of(policy)), _ranges(history)) is not None:
        return policy
    contract = (policy.chain.id, policy.contract)
    signers = tuple(
        (key, sizes) for key, sizes in history.signers if (key.chain_id, key.contract) == contract
    )
    return replace(policy, log_keys=history.log_keys, signers=signers or policy.signers)


def _check_agrees(history: KeyHistory, policy: TrustPolicy) -> None:
    """Check that policy and history meet, and that one continues the other."""
    if history.origin != policy.origin:
        raise HistoryMismatch(f"a key history of {history.origin}, and a policy of {policy.origin}")
    ranges, known = _ranges(history), _ranges(history_of(policy))
    if not any(key.to_text() in ranges for key, _ in policy.log_keys):
        raise Unavailable("no key of the policy is in the key history: nothing is proven by it")
    key = _contradicted(known, ranges)
    if key is not None and _contradicted(ranges, known) is not None:
        raise HistoryMismatch(f"policy and key history contradict each other about {key}")


def _contradicted(before: Mapping[str, SizeRange], after: Mapping[str, SizeRange]) -> str | None:
    """Return a key that `after` lacks or has for other sizes; closing an open range is fine."""
    for key, sizes in before.items():
        now = after.get(key)
        if now is None or now.first != sizes.first or sizes.last not in (None, now.last):
            return key
    return None


def _ranges(history: KeyHistory) -> dict[str, SizeRange]:
    ranges = {key.to_text(): sizes for key, sizes in history.log_keys}
    return ranges | {key.to_text(): sizes for key, sizes in history.signers}


def _check_ranges(history: KeyHistory) -> None:
    if not history.log_keys:
        raise MalformedNote("a key history without a key of the log")
    names = {key.name for key, _ in history.log_keys} | {key.name for key, _ in history.signers}
    if names != {history.origin}:
        raise MalformedNote("a key history with a key of another name than its origin")
    if len(_ranges(history)) < len(history.log_keys) + len(history.signers):
        raise MalformedNote("a key history with a key twice")
    roles: dict[object, list[SizeRange]] = {None: [sizes for _, sizes in history.log_keys]}
    for key, sizes in history.signers:
        roles.setdefault((key.chain_id, key.contract), []).append(sizes)
    if history.log_keys[0][1].first != 0:
        raise MalformedNote("a key history that does not begin at size 0")
    for ranges in roles.values():
        for one, next_one in pairwise(ranges):
            if one.last is None or next_one.first != one.last + 1:
                raise MalformedNote("a key history with a gap or an overlap")
        if ranges[-1].last is not None:
            raise MalformedNote("a key history without a key for what comes")


def _match(line: str) -> re.Match[str]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise MalformedNote(f"not a line of a key history: {line[:80]!r}")
    return match


def _key(parse: Callable[[str], _Key], match: re.Match[str]) -> tuple[_Key, SizeRange]:
    first, last = int(match["first"]), None if match["last"] == "-" else int(match["last"])
    if first > MAX_SIZE or (last is not None and not first <= last <= MAX_SIZE):
        raise MalformedKey(f"no sizes a key can be good for: {match[0][:80]!r}")
    return parse(match["vkey"]), SizeRange(first, last)


def _sizes(sizes: SizeRange) -> str:
    return f"{sizes.first} {'-' if sizes.last is None else sizes.last}"
