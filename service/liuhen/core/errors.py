"""The errors of the whole package, one tree.

    AuditError
    ├─ Malformed                 the input is not what it claims to be
    │   ├─ MalformedJson         not strict JSON, or JSON that RFC 8785 cannot carry
    │   ├─ MalformedRecord       JSON, but not a record or a submission
    │   ├─ MalformedDisclosure   rows that no honest record can have
    │   ├─ MalformedNote         not a signed note
    │   ├─ MalformedCheckpoint   a note whose text is not a checkpoint
    │   ├─ MalformedKey          not a verifier key
    │   ├─ MalformedProof        not a tlog-proof, not a COSE receipt
    │   ├─ MalformedReceipt      not a receipt file
    │   ├─ MalformedPointer      not a JSON pointer
    │   ├─ MalformedPolicy       not a trust policy
    │   └─ MalformedTilePath     not the one spelling of a tile's path
    ├─ Mismatch                  well formed, and contradicts the claim
    │   ├─ ProofMismatch         an inclusion or consistency proof leads elsewhere
    │   ├─ SignatureMismatch     a signature by a known key does not verify
    │   ├─ CommitmentMismatch    the rows do not have this commitment
    │   ├─ FileMismatch          a file is not the one that a record names
    │   ├─ RecordRefused         a rule of the domain refuses the record
    │   ├─ ErasureRefused        this field cannot be erased
    │   ├─ IdempotencyMismatch   the idempotency key was used for another submission
    │   ├─ HistoryMismatch       database, register and chain tell different histories
    │   └─ AnchorMismatch        the chain contradicts what we know of it
    ├─ NotYet                    true later, not now
    ├─ Unknown                   no such record, field, log, tile or anchor
    └─ Unavailable               we could not look: store, chain, key

Each class has a stable `code`; a message names the field and the rule and never a secret. HTTP
status, exit code and translated sentence are attached at the edges, never here.
"""

from typing import ClassVar


class AuditError(Exception):
    """Base of everything that can be wrong with an input or a claim."""

    code: ClassVar[str] = "audit-error"


class Malformed(AuditError):
    """The input is not what it claims to be."""

    code = "malformed"


class MalformedCheckpoint(Malformed):
    """A note whose text is not a checkpoint (c2sp.org/tlog-checkpoint)."""

    code = "malformed-checkpoint"


class MalformedDisclosure(Malformed):
    """Rows that no honest record can have (evidence §2 a–e)."""

    code = "malformed-disclosure"


class MalformedJson(Malformed):
    """Text that is not strict JSON, or JSON that RFC 8785 cannot carry unchanged.

    Attributes:
        line: Line of the offending text, from 1; None where no place applies.
        column: Column in characters, from 1.
        offset: Offset in bytes, from 0.
        path: JSON pointer (RFC 6901) of the value being read, as far as it is known.
    """

    code = "malformed-json"

    def __init__(
        self,
        rule: str,
        *,
        line: int | None = None,
        column: int | None = None,
        offset: int | None = None,
        path: str = "",
    ) -> None:
        self.rule, self.line, self.column, self.offset, self.path = rule, line, column, offset, path
        place = "" if line is None else f" at line {line}, column {column} (byte {offset})"
        inside = f" in {path}" if path else ""
        super().__init__(f"{rule}{place}{inside}")


class MalformedKey(Malformed):
    """A text that is not a verifier key, or a key that must not be used."""

    code = "malformed-key"


class MalformedNote(Malformed):
    """A text that is not a signed note (c2sp.org/signed-note)."""

    code = "malformed-note"


class MalformedPointer(Malformed):
    """A text that is not a JSON pointer (RFC 6901)."""

    code = "malformed-pointer"


class MalformedPolicy(Malformed):
    """A text that is not a trust policy (evidence §6)."""

    code = "malformed-policy"


class MalformedProof(Malformed):
    """A file that is neither a proof (c2sp.org/tlog-proof) nor a COSE receipt (RFC 9942)."""

    code = "malformed-proof"


class MalformedReceipt(Malformed):
    """A text that is not a receipt file (evidence §3)."""

    code = "malformed-receipt"


class MalformedRecord(Malformed):
    """JSON that is not a record, or not a submission (evidence §1).

    Attributes:
        field: JSON pointer of the offending member.
        rule: The rule it breaks.
    """

    code = "malformed-record"

    def __init__(self, field: str, rule: str) -> None:
        self.field, self.rule = field, rule
        super().__init__(f"{field or 'the record'}: {rule}")


class MalformedTilePath(Malformed):
    """A path that is not the one spelling of a tile (c2sp.org/tlog-tiles)."""

    code = "malformed-tile-path"


class Mismatch(AuditError):
    """Well formed, and contradicts the claim."""

    code = "mismatch"


class AnchorMismatch(Mismatch):
    """The chain contradicts what we know of it."""

    code = "anchor-mismatch"


class CommitmentMismatch(Mismatch):
    """The rows do not lead to the commitment, or not to a record (evidence §2 f, g)."""

    code = "commitment-mismatch"


class FileMismatch(Mismatch):
    """A file is not the one that a record names: another length or another digest."""

    code = "file-mismatch"


class ErasureRefused(Mismatch):
    """A field that cannot be erased, or an erasure without what it needs.

    Attributes:
        field: JSON pointer of the field or member.
        rule: Why not.
    """

    code = "erasure-refused"

    def __init__(self, field: str, rule: str) -> None:
        self.field, self.rule = field, rule
        super().__init__(f"{field or 'the record'}: {rule}")


class HistoryMismatch(Mismatch):
    """Database, signer's register and chain tell different histories of one log."""

    code = "history-mismatch"


class IdempotencyMismatch(Mismatch):
    """The idempotency key was used before, for another submission."""

    code = "idempotency-mismatch"


class ProofMismatch(Mismatch):
    """An inclusion or consistency proof does not lead to the root."""

    code = "proof-mismatch"


class RecordRefused(Mismatch):
    """A rule of the domain refuses the record.

    Attributes:
        field: JSON pointer of the member that breaks the rule.
        rule: The rule, in words, with the law it rests on.
        rule_code: Its stable name; empty where it has none.
        rule_zh: The rule in Chinese; empty where there is no such text.
    """

    code = "record-refused"

    def __init__(self, field: str, rule: str, *, rule_code: str = "", rule_zh: str = "") -> None:
        self.field, self.rule, self.rule_code, self.rule_zh = field, rule, rule_code, rule_zh
        super().__init__(f"{field or 'the record'}: {rule}")


class SignatureMismatch(Mismatch):
    """A signature by a known key does not verify."""

    code = "signature-mismatch"


class NotYet(AuditError):
    """True later, not now."""

    code = "not-yet"


class Unknown(AuditError):
    """There is no such record, field, log, tile or anchor."""

    code = "unknown"


class Unavailable(AuditError):
    """We could not look: a store, a chain node or a key does not answer."""

    code = "unavailable"
