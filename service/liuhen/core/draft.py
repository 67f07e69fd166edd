"""A draft: a checked record that waits for the writer, and what the writer makes of it.

Everything that does not depend on the order of the log is done when a draft is made: texts,
salts, hashes and most of the tree. `Draft.complete` is the short part, done while the head of
the log is locked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from liuhen.core.canonical import JsonValue
from liuhen.core.commitment import PartialTree, bind, field_leaf, value_hash
from liuhen.core.envelope import WRITERS_PATHS
from liuhen.core.field_leaf import leaf_text
from liuhen.core.record import RULES, AfterBlock, check_case_position


class Sealed(NamedTuple):
    """A complete record.

    Attributes:
        record_bytes: Its canonical form.
        commitment: 32 bytes, the entry of the log.
        rows_text: Canonical text of a receipt's `rows`, everything shown; empty where the draft has
            none.
    """

    record_bytes: bytes
    commitment: bytes
    rows_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A checked record that lacks only what the writer knows.

    Digests are of the submission and never stored as they are (evidence §2): the service keys
    them first. What would open the record stays out of `repr`, which ends in tracebacks.

    Attributes:
        type: The record's type.
        record_id: Its identifier.
        case: Its case, or None.
        occurred_at: When it happened, as the client says, or None.
        supersedes: The record it replaces, or None.
        submitter: Who submitted it, as far as the client says.
        links: Records it is linked with, {rel, record}.
        data: What was submitted.
        secret: The secret its salts come from, 32 bytes.
        data_digest: SHA-256 of the canonical form of `data`.
        submission_digest: SHA-256 of the canonical form of the submission as sent.
        attachment_digests: SHA-256 and SM3 digests of the attachments, as far as given.
        leaf_count: Number of its field leaves.
        padded_to: The same, where part of them is padding; else None.
        record_parts: Its canonical form, parted where the writer's values come.
        rows_parts: The rows of its receipt, parted in the same places; none where nobody asked for
            a receipt.
        writers_salts: The salts of those values.
        tree: The tree over its leaves, as far as they are known.
    """

    type: str
    record_id: str
    case: str | None
    occurred_at: str | None
    supersedes: str | None
    submitter: JsonValue = field(repr=False)
    links: JsonValue
    data: JsonValue = field(repr=False)
    secret: bytes = field(repr=False)
    data_digest: bytes = field(repr=False)
    submission_digest: bytes = field(repr=False)
    attachment_digests: tuple[bytes, ...] = field(repr=False)
    leaf_count: int
    record_parts: Sequence[bytes] = field(repr=False)
    rows_parts: Sequence[bytes] = field(repr=False)
    writers_salts: Sequence[bytes] = field(repr=False)
    tree: PartialTree = field(repr=False)
    padded_to: int | None = None

    def complete(
        self,
        recorded_at: str,
        case_seq: int | None = None,
        case_prev: str | None = None,
        after_block: AfterBlock | None = None,
    ) -> Sealed:
        """Fill in what the writer knows. Pure: may be called again with other values.

        Args:
            recorded_at: UTC, exactly three decimals, Z.
            case_seq: Number in the case, from 0; None without a case.
            case_prev: Commitment of the case's previous record, 64 hex digits; None at 0.
            after_block: The newest final block, if one is known.

        Raises:
            MalformedRecord: A value breaks its rule.
        """
        RULES["recorded_at"]("/recorded_at", recorded_at)
        RULES["case_seq"]("/case_seq", case_seq)
        RULES["case_prev"]("/case_prev", case_prev)
        check_case_position(self.case, case_seq, case_prev)
        texts = [*_block_texts(after_block), *map(leaf_text, (case_prev, case_seq, recorded_at))]
        leaves = [
            field_leaf(value_hash(salt, text), path)
            for salt, text, path in zip(self.writers_salts, texts, WRITERS_PATHS, strict=True)
        ]
        return Sealed(
            _weave(self.record_parts, texts),
            bind(self.leaf_count, self.tree.root(leaves)),
            _weave(self.rows_parts, texts).decode() if self.rows_parts else "",
        )


def _weave(parts: Sequence[bytes], texts: Sequence[bytes]) -> bytes:
    """Put the texts between the parts."""
    return b"".join(chain.from_iterable(zip(parts, texts, strict=False))) + parts[-1]


def _block_texts(block: AfterBlock | None) -> tuple[bytes, bytes, bytes]:
    if block is None:
        return b"null", b"null", b"null"
    return b"%d" % block.chain_id, b'"%b"' % block.hash.encode(), b"%d" % block.number
