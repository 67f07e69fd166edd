"""Witnesses: asking one for its cosignature, and keeping what they gave."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from liuhen.core.cosignature import WitnessKey
from liuhen.core.note import NoteSignature
from liuhen.core.witness_request import AddCheckpoint


@dataclass(frozen=True, slots=True)
class OtherSize:
    """A witness's answer that it cosigned another size last than the request says.

    Attributes:
        size: That size.
    """

    size: int


class Witness(Protocol):
    """One witness, by its submission prefix (c2sp.org/tlog-witness). NOT trusted.

    Whatever it answers is verified by the caller: lines may be by other keys, or by none. It has
    stored what it signed before it answers, so an answer that is lost leaves its size unknown.
    Every call returns or raises within a time limit of the witness's own; the caller decides
    whether to ask again.
    """

    def add_checkpoint(self, request: AddCheckpoint) -> tuple[NoteSignature, ...] | OtherSize:
        """Offer a head, and return the lines that the witness gave for it.

        Raises:
            HistoryMismatch: The witness says that the head does not extend the one it cosigned.
            Unavailable: It does not answer, answers late, knows no such log, or answers anything
                else.
        """
        ...


@dataclass(frozen=True, slots=True)
class CosignedHead:
    """What one round of asking has come to.

    Attributes:
        size: Size of the head that was offered.
        note: Its checkpoint with the lines of the log, then those of witnesses.
        enough: Whether as many witnesses signed as are needed.
        sizes: The size that each witness asked is known to have cosigned last.
    """

    size: int
    note: str
    enough: bool
    sizes: Mapping[WitnessKey, int]


class CosignedReading(Protocol):
    """Reading the heads of one log that enough witnesses cosigned."""

    def newest(self) -> str | None:
        """Return the checkpoint of the largest such head."""
        ...

    def first_over(self, size: int) -> str | None:
        """Return the checkpoint of the smallest such head of more than `size` entries."""
        ...


class CosignedStore(CosignedReading, Protocol):
    """The cosigned heads of one log, and how far each witness has come.

    Trusted for availability only: cosignatures are verified by whoever reads them, and a wrong size
    of a witness is corrected by its own answer.
    """

    def witness_size(self, key: WitnessKey) -> int:
        """Return the size that a witness is believed to have cosigned last; 0 if unknown."""
        ...

    def keep(self, head: CosignedHead) -> None:
        """Keep what a round has come to, all or nothing; durable on return.

        The sizes of the witnesses take the place of those before. If the log keeps a checkpoint of
        this size for good, it gets the lines of the witnesses that it does not have yet. A head
        that enough cosigned is kept: those whose size the log keeps a checkpoint of for good,
        beside them only the newest. Of one witness's lines for one head the first stays.
        """
        ...
