"""The walk over all entries: every one is opened, or it fails the log (evidence §4).

Tables are read side by side in the order of the log, so that nothing grows with it but the cases
and their map.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from liuhen.app.audit.cells import Cells
from liuhen.app.audit.checkpoints import check_checkpoint
from liuhen.app.audit.cursor import Cursor
from liuhen.app.audit.erasures import Erasures
from liuhen.app.audit.finding import Fault, Findings, Rule, shown
from liuhen.app.audit.opening import Opened, compare_columns, open_record
from liuhen.app.audit.replay import Replay
from liuhen.app.audit.tiles import Tiles
from liuhen.app.digest_key import DigestKey
from liuhen.core.cosignature import WitnessKey
from liuhen.core.erasure import Erasure
from liuhen.core.log_entry import ENTRY_BYTES
from liuhen.core.merkle import TreeHead
from liuhen.core.policy import TrustPolicy
from liuhen.domain.catalogue import CATALOGUE, LOG_OPENED
from liuhen.domain.facts import RuleContext
from liuhen.domain.working_day import Calendar
from liuhen.ports import StoredTables

_MOST_MISSING = 2**16
"""Entries that may lack in a row before what follows is taken for a row of nowhere."""

_AT_ONCE = 1024


class Entries:
    """One walk."""

    def __init__(
        self,
        tables: StoredTables,
        policy: TrustPolicy,
        found: Findings,
        digest_key: DigestKey | None,
        calendar: Calendar,
        heads: Mapping[str, TreeHead],
        witnesses: Sequence[WitnessKey] = (),
        journal: Sequence[Erasure] = (),
    ) -> None:
        """Prepare the walk.

        Args:
            tables: The database.
            policy: The log's trust policy.
            found: Takes findings.
            digest_key: Key of the lookup digests; without it neither these are checked, nor what
                the rules know of cases.
            calendar: Working days.
            heads: Heads known from elsewhere, by where: each must be one of the log's.
            witnesses: Witnesses that the service asks, besides those of the policy.
            journal: Erasures noted down outside of the database.
        """
        self._tables, self._policy, self._found = tables, policy, found
        self._digest_key, self._heads = digest_key, heads
        self._witnesses = {*policy.witnesses, *witnesses}
        context = None if digest_key is None else RuleContext(calendar, digest_key.mark)
        self._tiles, self._replay = Tiles(tables, found), Replay(found, policy.origin, context)
        self._records = self._cursor("record", "entry_index")
        self._map_heads = self._cursor("map_head", "entry_index")
        self._mapped = self._cursor("mapped_case", "map_head", ("case_key", "map_head"))
        self._left = self._cursor("erased_record", "entry_index", ("number", "entry_index"))
        self._digests = self._cursor("keyed_digest", "entry_index", ("digest", "entry_index"))
        self._checkpoints = self._cursor("checkpoint", "size")
        self._cosigned = self._cursor("cosigned", "size")
        self._anchors = self._cursor("anchor", "size", ("anchor_id", "size"))
        self._erasures, self._recorded_at = Erasures(found, journal), ""
        self._owed: int | None = None
        self._noted: set[str] = set()

    def walk(self, progress: Callable[[int], None]) -> TreeHead:
        """Go over all entries; return the head that they have."""
        self._meet_size()
        for index, cells in self._entries():
            with self._found.about("entry", cells.key, Rule.ENTRY):
                entry = cells.blob("entry", ENTRY_BYTES)
                self._tiles.append(entry)
                self._open(index, entry)
            if self.size == index:  # not even 32 bytes: what follows keeps its place
                self._tiles.append(bytes(ENTRY_BYTES))
            self._meet_size()
            if self.size % _AT_ONCE == 0:
                progress(self.size)
        progress(self.size)
        self._end()
        return TreeHead(self.size, self._tiles.root())

    @property
    def size(self) -> int:
        """Entries met so far."""
        return self._tiles.edge.size

    def _entries(self) -> Iterator[tuple[int, Cells]]:
        """Return the entries in order; those that lack are reported and stood in for."""
        for row in self._tables.rows("entry", ["entry_index"]):
            cells = Cells("entry", ("entry_index",), row)
            index = -1
            with self._found.about("entry", cells.key):
                index = cells.integer("entry_index")
            if not self.size <= index <= self.size + _MOST_MISSING:
                self._found.note(Rule.STRAY, "entry", cells.key, f"follows entry {self.size - 1}")
                continue
            while self.size < index:
                key = f"entry_index={self.size}"
                self._found.note(Rule.MISSING, "entry", key, "this entry is not stored")
                self._tiles.append(bytes(ENTRY_BYTES))
            yield index, cells

    def _open(self, index: int, entry: bytes) -> None:
        """Explain one entry."""
        records, map_heads = self._records.at(index), self._map_heads.at(index)
        mapped, digests = self._mapped.at(index), self._digests.at(index)
        left = self._left.at(index)
        if len(records) + len(map_heads) != 1:
            what = "no record and no map head explains" if not records else "two things explain"
            self._found.note(Rule.ENTRY, "entry", f"entry_index={index}", f"{what} {shown(entry)}")
        opened = None
        for cells in records[:1]:
            with self._found.about("record", cells.key, Rule.RECORD):
                opened = open_record(cells, left, entry, self._policy.origin)
                self._erasures.record(cells.key, opened)
                self._place(opened, index, entry)
                compare_columns(cells, opened)
        for cells in map_heads[:1]:
            with self._found.about("map_head", cells.key, Rule.CASE_MAP):
                self._replay.map_head_at(index, entry, cells, mapped)
        if not map_heads:
            self._strays(mapped)
        if not records:
            self._strays(left)
        if opened is None:
            self._strays(digests) if not records else None
        else:
            self._compare_digests(opened, index, digests)

    def _place(self, opened: Opened, index: int, entry: bytes) -> None:
        """Check a record against those before it."""
        record_type = str(opened.member("type"))
        if (index == 0) != (record_type == LOG_OPENED):
            what = "entry 0 is not log.opened" if index == 0 else f"a second {LOG_OPENED}"
            self._found.note(Rule.ORDER, "record", f"entry_index={index}", what)
        if record_type not in CATALOGUE:
            what = f"there is no record type {shown(record_type)}"
            self._found.note(Rule.RECORD, "record", f"entry_index={index}", what)
        recorded_at = str(opened.member("recorded_at"))
        before, self._recorded_at = self._recorded_at, max(self._recorded_at, recorded_at)
        self._replay.record(opened, index, entry)
        if recorded_at < before:
            raise Fault(Rule.ORDER, f"recorded_at {recorded_at} is before {before}")

    def _compare_digests(self, opened: Opened, index: int, digests: Sequence[Cells]) -> None:
        if self._digest_key is None:
            if digests:
                self._once("keyed_digest", "without lookup.key their values cannot be compared")
                self._once("case_state", "without lookup.key facts of cases cannot be compared")
            return
        key = self._digest_key
        expected = {key.of_digest(digest) for digest in opened.digests()}
        for cells in digests:
            with self._found.about("keyed_digest", cells.key, Rule.KEYED_DIGEST):
                digest = cells.blob("digest", 32)
                if digest not in expected:
                    raise Fault(Rule.KEYED_DIGEST, "the record contains nothing with this digest")
                expected.discard(digest)
        for digest in sorted(expected):
            where = f"digest={digest.hex()} entry_index={index}"
            self._found.note(Rule.MISSING, "keyed_digest", where, "the record cannot be looked up")

    def _meet_size(self) -> None:
        """Compare what is known of the log at this size."""
        checkpoints, anchors = self._checkpoints.at(self.size), self._anchors.at(self.size)
        cosigned = self._cosigned.at(self.size)
        heads = {name: head for name, head in self._heads.items() if head.size == self.size}
        self._owe_checkpoint(kept=bool(checkpoints))
        if not (checkpoints or cosigned or anchors or heads):
            return
        head = TreeHead(self.size, self._tiles.root())
        for cells in (*checkpoints, *cosigned):
            with self._found.about(cells.table, cells.key, Rule.CHECKPOINT):
                check_checkpoint(cells, head, self._policy, self._witnesses)
        for cells in anchors:
            with self._found.about("anchor", cells.key, Rule.ANCHOR):
                self._compare_anchor(cells, head, kept=bool(checkpoints))
        for name, known in heads.items():
            if known.root != head.root:
                self._differs(name, f"it has {known.root.hex()}, the log {head.root.hex()}")

    def _compare_anchor(self, cells: Cells, head: TreeHead, *, kept: bool) -> None:
        cells.expect("root", head.root, Rule.ANCHOR)
        if cells.truth("has_checkpoint") != kept:
            raise Fault(Rule.ANCHOR, f"has_checkpoint is {not kept}, and that is not so")
        if self._replay.map_head != head.size - 1:
            raise Fault(Rule.ANCHOR, "the anchored size does not end in a map head")

    def _owe_checkpoint(self, *, kept: bool) -> None:
        """Report a checkpoint that was to be kept for good; the newest may still be on its way."""
        if self._owed is not None and self._owed < self.size:
            key, self._owed = f"size={self._owed}", None
            self._found.note(Rule.MISSING, "checkpoint", key, "it was to be kept for good")
        if not kept and self._replay.map_head == self.size - 1:  # ends in a map head, or is empty
            self._owed = self.size

    def _end(self) -> None:
        """Compare what is known of the whole log, and report what belongs to nothing."""
        self._tiles.end()
        self._erasures.end()
        for cursor in (
            *(self._records, self._left, self._map_heads, self._mapped),
            *(self._digests, self._checkpoints, self._cosigned, self._anchors),
        ):
            cursor.end()
        for name, head in self._heads.items():
            if head.size > self.size:
                self._differs(name, f"it has {head.size} entries, the log {self.size}")
        self._replay.compare_states(self._tables)
        self._compare_head()

    def _compare_head(self) -> None:
        rows = list(self._tables.rows("head", ["log_id"]))
        if not rows:
            self._found.note(Rule.MISSING, "head", "", "the log has no head row")
        for row in rows:
            cells = Cells("head", ("log_id",), row)
            for name, expected in (
                ("size", self.size),
                ("root", self._tiles.root()),
                ("recorded_at", self._recorded_at),
                ("map_head", self._replay.map_head),
            ):
                with self._found.about("head", cells.key, Rule.HEAD):
                    cells.expect(name, expected, Rule.HEAD)

    def _differs(self, name: str, what: str) -> None:
        rule = Rule.REGISTER if name == "register" else Rule.CONTRACT
        self._found.note(rule, name, f"size={self._heads[name].size}", what)

    def _once(self, place: str, what: str) -> None:
        if place not in self._noted:
            self._noted.add(place)
            self._found.note(Rule.NOT_CHECKED, place, "", what)

    def _strays(self, rows: Sequence[Cells]) -> None:
        for cells in rows:
            self._found.note(Rule.STRAY, cells.table, cells.key, "belongs to nothing in the log")

    def _cursor(self, table: str, column: str, key: tuple[str, ...] = ()) -> Cursor:
        return Cursor(self._tables, self._found, table, column, key or (column,))
