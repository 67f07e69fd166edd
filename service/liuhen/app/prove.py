"""Prove: receipts and proofs of stored records, and the log's files for everybody.

Nothing is shown that goes beyond the newest signed head: who sees a checkpoint can fetch all it
implies, and nobody sees entries that no head commits to.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from liuhen.app.anchor_plan import checkpoint_head
from liuhen.app.rows import hidden_paths, rows_of, rows_text, rows_without
from liuhen.app.seal import Published, SealedSize
from liuhen.app.stored_tree import LargeSubtrees, StoredTree, row_reader
from liuhen.core.canonical import canonical_text
from liuhen.core.commitment import Path
from liuhen.core.cose_receipt import CoseReceipt
from liuhen.core.errors import NotYet, Unknown
from liuhen.core.receipt import Anchor, receipt_text
from liuhen.core.selection import CASE, select
from liuhen.core.tiles import TileRef, Tree, row_width
from liuhen.core.tlog_proof import TlogProof
from liuhen.ports import AnchorStore, CosignedReading, LogReading, StoredAnchor, StoredRecord


class _Place(NamedTuple):
    """Where a record is proven to be."""

    note: str
    inclusion: list[bytes]
    anchors: list[Anchor]


class Prover:
    """Proves what is in one log. Thread-safe."""

    def __init__(
        self,
        store: LogReading,
        anchors: Sequence[AnchorStore],
        published: Callable[[], Published],
        seal_size: Callable[[], SealedSize],
        *,
        cosigned: CosignedReading | None = None,
        public_note: Callable[[], str] | None = None,
    ) -> None:
        """Join the parts.

        Args:
            store: The log.
            anchors: Its anchors, one store for each contract.
            published: Returns the newest signed head.
            seal_size: Signs the newest head for COSE receipts.
            cosigned: The heads that enough witnesses cosigned; None where there are no witnesses.
            public_note: Returns the checkpoint to publish; the newest signed one if not given.
        """
        self._cosigned = cosigned
        self._public_note = public_note or (lambda: published().note)
        self._store, self._anchors, self._published = store, anchors, published
        self._seal_size = seal_size
        self._read = row_reader(store)
        self._large = LargeSubtrees()

    def receipt_of(self, record_id: str) -> str:
        """Return the receipt file of the record with this number.

        Raises:
            Unknown: There is none.
            NotYet: It is stored, and the head that holds it is not signed yet.
        """
        record = self._store.record(record_id)
        if record is None:
            raise Unknown(f"this log has no record {record_id[:64]!r}")
        return self.receipt(record)

    def receipt(self, record: StoredRecord) -> str:
        """Return a record's receipt file, with the first anchors that cover it.

        Until the opening it withholds the place in the case, and that of a bid, say, the case too.

        Raises:
            NotYet: The head that holds the record is not signed yet.
        """
        rows, hidden = rows_text(record), self.hidden_paths(record)
        return self._receipt(record, rows_without(rows, hidden) if hidden else rows)

    def hidden_paths(self, record: StoredRecord) -> frozenset[Path]:
        """Return what a record does not tell of its case while that is sealed."""
        state = None if record.case is None else self._store.case_state(record.case)
        is_sealed = state is not None and state.sealed
        return hidden_paths(record.type) if is_sealed else frozenset()

    def disclosure(
        self,
        record: StoredRecord,
        pointers: Sequence[str],
        *,
        hide_names: bool | None = None,
        hide_case: bool = False,
    ) -> str:
        """Return a record's receipt file with only some fields shown; see `select`.

        Raises:
            MalformedPointer: A pointer is not one, or names what is to be hidden.
            Unknown: A pointer names nothing, or only what was erased.
            NotYet: The head that holds the record is not signed yet.
        """
        hidden = self.hidden_paths(record)
        rows = select(
            rows_of(record),
            pointers,
            hide_names=hide_names,
            hide_case=hide_case or hidden == CASE,
            hide_place=bool(hidden),
        )
        return self._receipt(record, canonical_text([row.to_json() for row in rows]))

    def _receipt(self, record: StoredRecord, rows: str) -> str:
        place = self._place(record.entry_index)
        return receipt_text(rows, record.entry_index, place.inclusion, place.note, place.anchors)

    def tlog_proof(self, entry_index: int) -> str:
        """Return the proof of an entry as a file that other tools read.

        Raises:
            NotYet: The head that holds the entry is not signed yet.

        Source: c2sp.org/tlog-proof.
        """
        place = self._place(entry_index)
        return TlogProof(entry_index, tuple(place.inclusion), place.note).to_text()

    def cose_receipt(self, entry_index: int) -> bytes:
        """Return the COSE receipt of an entry, under the newest head.

        Raises:
            NotYet: The head that holds the entry is not signed yet.
            Unavailable: The log's key cannot be used.

        Source: RFC 9942; evidence §9.
        """
        tree, signed = self._seal_size()
        if entry_index >= tree.size:
            raise NotYet(f"entry {entry_index} is stored, and not yet under a signed head")
        inclusion = self._tree(tree.size).inclusion(entry_index)
        return CoseReceipt(signed, entry_index, tuple(inclusion)).to_bytes()

    def checkpoint(self) -> str:
        """Return the checkpoint to publish: the newest signed, or the newest cosigned one.

        Raises:
            Unavailable: There is none that may be published.
        """
        return self._public_note()

    def tile(self, tile: TileRef) -> bytes:
        """Return a tile of hashes, or a bundle of entries (c2sp.org/tlog-tiles).

        Raises:
            Unknown: The newest checkpoint does not reach so far.
        """
        size = self._published().tree.size
        if tile.width > row_width(size, tile.level or 0, tile.index):
            raise Unknown(f"the log of {size} entries has no {tile.to_path()}")
        if tile.level is not None:
            return self._read(tile.level, tile.index, tile.width)
        start = 256 * tile.index
        entries = self._store.entries(start, start + tile.width)
        return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)

    def tree(self) -> Tree:
        """Return the tree of the newest signed head."""
        return self._tree(self._published().tree.size)

    def _tree(self, size: int) -> StoredTree:
        return StoredTree(self._read, size, self._large)

    def _place(self, entry_index: int) -> _Place:
        found = [self._find_anchor(store, entry_index) for store in self._anchors]
        anchors = [each for each in found if each is not None]
        cosigned = self._cosigned_place(entry_index, is_anchored=bool(anchors))
        if cosigned is not None:
            return cosigned
        if not anchors:
            return self._sealed_place(entry_index)
        first, note = min(anchors, key=lambda each: each[0].head.size)
        sizes = [anchor.head.size for anchor, _ in anchors]
        size, tree = first.head.size, self._tree(max(sizes))
        return _Place(
            note,
            tree.inclusion(entry_index, size),
            [_anchor(each, tree.consistency(size, each.head.size)) for each, _ in anchors],
        )

    def _find_anchor(self, store: AnchorStore, entry_index: int) -> tuple[StoredAnchor, str] | None:
        """Return the first anchor that covers an entry and has a checkpoint, with that."""
        anchor = store.covering(entry_index)
        while anchor is not None:
            note = self._store.checkpoint(anchor.head.size)
            if note is not None:
                return anchor, note
            anchor = store.covering(anchor.head.size)
        return None

    def _cosigned_place(self, entry_index: int, *, is_anchored: bool) -> _Place | None:
        """Return a place under the first head over an entry that enough witnesses cosigned.

        None where there is no such head, or where it is not anchored and a smaller one is: an
        anchor says more.
        """
        note = None if self._cosigned is None else self._cosigned.first_over(entry_index)
        if note is None:
            return None
        size = checkpoint_head(note).size
        found = [store.covering(size - 1) for store in self._anchors]
        anchors = [each for each in found if each is not None]
        if is_anchored and not anchors:
            return None
        tree = self._tree(max([size, *(each.head.size for each in anchors)]))
        return _Place(
            self._store.checkpoint(size) or note,
            tree.inclusion(entry_index, size),
            [_anchor(each, tree.consistency(size, each.head.size)) for each in anchors],
        )

    def _sealed_place(self, entry_index: int) -> _Place:
        tree, note = self._published()
        if entry_index >= tree.size:
            raise NotYet(f"entry {entry_index} is stored, and not yet under a signed head")
        return _Place(note, self._tree(tree.size).inclusion(entry_index), [])


def _anchor(stored: StoredAnchor, consistency: Sequence[bytes]) -> Anchor:
    return Anchor(
        chain_id=stored.target.chain_id,
        contract=stored.target.contract,
        log_id=stored.target.log_id,
        size=stored.head.size,
        root=stored.head.root,
        consistency=tuple(consistency),
        evidence=stored.evidence,
    )
