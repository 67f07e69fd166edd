"""What the contract says of a log as a whole: who signs it, whether it forked, whether it ended.

Plain values, as nodes tell them. None of it depends on a receipt, so asking for it tells a node
nothing about the record that is being checked. Sizes are whatever 64 bits hold: an owner can close
a log at 2^64 - 1, and a signer can sign two heads of 2^63 entries. Both are true answers.
"""

from dataclasses import dataclass

from liuhen.core.canonical import JsonValue
from liuhen.core.policy import SizeRange


@dataclass(frozen=True, slots=True)
class AppointedSigner:
    """A key that signs heads until the next one's range begins.

    Attributes:
        signer: Address, 20 bytes.
        first: First size that it is good for.
    """

    signer: bytes
    first: int


@dataclass(frozen=True, slots=True)
class ForkMark:
    """Proof, kept by the contract, that a signer has signed two histories.

    Attributes:
        signer: Whose signature it was, 20 bytes.
        size: Size of both heads.
        root: The root hash that was signed, 32 bytes.
        other_root: That of the anchored history, or another that was signed; 32 bytes.
        block: Number of the block in which it was shown.
    """

    signer: bytes
    size: int
    root: bytes
    other_root: bytes
    block: int

    def to_json(self) -> dict[str, JsonValue]:
        """Return the mark as a fact."""
        return {
            "signer": _hex(self.signer),
            "size": self.size,
            "root": self.root.hex(),
            "other_root": self.other_root.hex(),
            "block": self.block,
        }


@dataclass(frozen=True, slots=True)
class LogClosing:
    """How a log ended.

    Attributes:
        final_size: No larger tree is ever anchored.
        successor: Identifier of the log that goes on, 32 bytes; None where there is none.
        block: Number of the block in which it was closed.
    """

    final_size: int
    successor: bytes | None
    block: int

    def to_json(self) -> dict[str, JsonValue]:
        """Return the closing as a fact."""
        return {
            "final_size": self.final_size,
            "successor": None if self.successor is None else _hex(self.successor),
            "block": self.block,
        }


@dataclass(frozen=True, slots=True)
class LogStanding:
    """All of it; as it is by default, the contract knows no such log.

    Attributes:
        mark: Proof of a fork; None where none was shown.
        closing: How it ended; None while it goes on.
        signers: Every key ever appointed, in ascending order of `first`, without a gap.
    """

    mark: ForkMark | None = None
    closing: LogClosing | None = None
    signers: tuple[AppointedSigner, ...] = ()

    def signer_for(self, size: int) -> tuple[bytes, SizeRange] | None:
        """Return the one key that signs heads of this size, and its whole range."""
        last: int | None = None
        for each in reversed(self.signers):
            if each.first <= size:
                return each.signer, SizeRange(each.first, last)
            last = each.first - 1
        return None

    def to_json(self) -> dict[str, JsonValue]:
        """Return the standing as facts."""
        return {
            "mark": None if self.mark is None else self.mark.to_json(),
            "closing": None if self.closing is None else self.closing.to_json(),
            "signers": [
                {"address": _hex(each.signer), "from_size": each.first} for each in self.signers
            ],
        }


def _hex(value: bytes) -> str:
    return "0x" + value.hex()
