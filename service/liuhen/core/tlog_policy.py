"""Which witnesses a log asks, and how many are enough (c2sp.org/tlog-policy).

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <member>…
    quorum <name>|none

A line file for people: fields stand between spaces and tabs, lines that begin with `#` and empty
ones are ignored. Names have a meaning in the file alone. A group counts as one member that signed
when k of its own did; members are defined above it, and each is a member at most once, so nobody
is counted twice. Keys of logs are of type 0x01, those of witnesses of type 0x04 or 0x06.

Such a file says whom a log asks and when it goes on; what a *verifier* requires is the trust
policy's `witnesses` and `quorum`. Bytes beyond ASCII must be UTF-8 here, except in comments.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from liuhen.core.cosignature import WitnessKey
from liuhen.core.errors import MalformedKey, MalformedPolicy
from liuhen.core.head_signature import LogKey

MAX_BYTES = 2**20
NONE = "none"

_FORBIDDEN = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_COUNT = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log that the file names.

    Attributes:
        key: Its Ed25519 key.
        url: Where it is, if that is told.
    """

    key: LogKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """A witness that the file names.

    Attributes:
        name: Its name in the file.
        key: Its key.
        url: Where it takes checkpoints (its submission prefix), if that is told.
    """

    name: str
    key: WitnessKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Members of which some must have signed.

    Attributes:
        name: Its name in the file.
        enough: How many; 1 to the number of members.
        members: Names of witnesses and groups.
    """

    name: str
    enough: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TlogPolicy:
    """What the file says.

    Attributes:
        logs: The logs; none where they are known from elsewhere.
        witnesses: The witnesses.
        groups: The groups, each after its members.
        quorum: Name of the witness or group that must have signed; None where nobody must.
    """

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[Group, ...]
    quorum: str | None

    def has_quorum(self, signed: Collection[WitnessKey]) -> bool:
        """Return whether these witnesses together are enough."""
        if self.quorum is None:
            return True
        counts = {witness.name: witness.key in signed for witness in self.witnesses}
        for group in self.groups:
            counts[group.name] = sum(counts[name] for name in group.members) >= group.enough
        return counts[self.quorum]

    def to_text(self) -> str:
        """Print the file in its plainest layout, which reads as the same policy."""
        lines = [["log", log.key.to_text(), log.url or ""] for log in self.logs]
        lines += [["witness", w.name, w.key.to_text(), w.url or ""] for w in self.witnesses]
        lines += [["group", g.name, str(g.enough), *g.members] for g in self.groups]
        lines += [["quorum", self.quorum or NONE]]
        return "".join(" ".join(filter(None, line)) + "\n" for line in lines)


def parse_tlog_policy(body: bytes) -> TlogPolicy:
    """Read a file; any layout that the format allows.

    Raises:
        MalformedPolicy: It says anything that the format does not allow; names the line.
    """
    if len(body) > MAX_BYTES or _FORBIDDEN.search(body) or (body and body[-1:] != b"\n"):
        raise MalformedPolicy(
            f"a witness file has at most {MAX_BYTES} bytes, no control character but tab and"
            " newline, and a newline at its end"
        )
    file = _File()
    for number, line in enumerate(body.split(b"\n"), start=1):
        bare = line.strip(b" \t")
        if bare and not bare.startswith(b"#"):
            try:
                file.add(re.split(r"[ \t]+", bare.decode("utf-8")))
            except (MalformedPolicy, MalformedKey) as error:
                raise MalformedPolicy(f"line {number}: {error}") from error
            except UnicodeDecodeError as error:
                raise MalformedPolicy(f"line {number}: is not UTF-8") from error
    return file.end()


@dataclass(slots=True)
class _File:
    """What was read so far."""

    logs: list[PolicyLog] = field(default_factory=list)
    witnesses: list[PolicyWitness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorums: list[str | None] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)

    def add(self, fields: Sequence[str]) -> None:
        readers: Mapping[str, tuple[Callable[[Sequence[str]], None], int, int]] = {
            "log": (self._log, 1, 2),
            "witness": (self._witness, 2, 3),
            "group": (self._group, 3, MAX_BYTES),
            "quorum": (self._quorum, 1, 1),
        }
        if fields[0] not in readers:
            raise MalformedPolicy("begins with none of log, witness, group, quorum")
        read, least, most = readers[fields[0]]
        if not least <= len(fields) - 1 <= most:
            raise MalformedPolicy(f"too few or too many fields after {fields[0]}")
        read(fields[1:])

    def end(self) -> TlogPolicy:
        if len(self.quorums) != 1:
            raise MalformedPolicy("a witness file has exactly one quorum line")
        groups = tuple(self.groups)
        return TlogPolicy(tuple(self.logs), tuple(self.witnesses), groups, self.quorums[0])

    def _log(self, fields: Sequence[str]) -> None:
        log = PolicyLog(LogKey.parse(fields[0]), *fields[1:])
        if any(other.key.public == log.key.public for other in self.logs):
            raise MalformedPolicy("the key of a log stands there twice")
        self.logs.append(log)

    def _witness(self, fields: Sequence[str]) -> None:
        witness = PolicyWitness(fields[0], WitnessKey.parse(fields[1]), *fields[2:])
        if any(other.key.public == witness.key.public for other in self.witnesses):
            raise MalformedPolicy("the key of a witness stands there twice")
        self._name(witness.name)
        self.witnesses.append(witness)

    def _group(self, fields: Sequence[str]) -> None:
        name, count, *members = fields
        for member in members:
            if member not in self.names:
                raise MalformedPolicy(f"the member {member} is not defined above")
            if member in self.members:
                raise MalformedPolicy(f"{member} is a member already")
            self.members.add(member)
        self._name(name)
        self.groups.append(Group(name, _enough(count, len(members)), tuple(members)))

    def _quorum(self, fields: Sequence[str]) -> None:
        if fields[0] not in {NONE, *self.names}:
            raise MalformedPolicy(f"the quorum {fields[0]} is not defined above")
        self.quorums.append(None if fields[0] == NONE else fields[0])

    def _name(self, name: str) -> None:
        if name == NONE or name in self.names:
            raise MalformedPolicy(f"the name {name} is taken")
        self.names.add(name)


def _enough(count: str, members: int) -> int:
    if count in {"all", "any"}:
        return members if count == "all" else 1
    if _COUNT.fullmatch(count) is None or int(count) > members:
        raise MalformedPolicy(f"a group needs all, any, or 1 to {members} of its members")
    return int(count)
