"""Exit codes: one for each outcome and for each class of error.

    0 match or done · 1 we broke down · 2 wrong usage · 3 different · 4 waiting · 5 not found
    6 could not check · 7 malformed input

1 and 2 belong to Python and Typer and are never an answer about a receipt. A test holds both
tables to exactly the outcomes and error classes that exist. Source: evidence §6.
"""

from collections.abc import Iterable
from typing import Final

from liuhen.core import errors
from liuhen.core.verdict import Outcome

MATCH: Final = 0
BROKEN: Final = 1
USAGE: Final = 2
DIFFERENT: Final = 3
WAITING: Final = 4
NOT_FOUND: Final = 5
COULD_NOT_CHECK: Final = 6
MALFORMED: Final = 7
INTERRUPTED: Final = 130
"""128 + SIGINT, as shells have it."""

OUTCOMES: Final = {
    Outcome.MATCH: MATCH,
    Outcome.DIFFERENT: DIFFERENT,
    Outcome.WAITING: WAITING,
    Outcome.NOT_FOUND: NOT_FOUND,
    Outcome.COULD_NOT_CHECK: COULD_NOT_CHECK,
}

ERRORS: Final[dict[type[errors.AuditError], int]] = {
    errors.AuditError: COULD_NOT_CHECK,  # a problem of a newer service: it tells us nothing
    errors.Malformed: MALFORMED,
    errors.MalformedCheckpoint: MALFORMED,
    errors.MalformedDisclosure: MALFORMED,
    errors.MalformedJson: MALFORMED,
    errors.MalformedKey: MALFORMED,
    errors.MalformedNote: MALFORMED,
    errors.MalformedPointer: MALFORMED,
    errors.MalformedPolicy: MALFORMED,
    errors.MalformedProof: MALFORMED,
    errors.MalformedReceipt: MALFORMED,
    errors.MalformedRecord: MALFORMED,
    errors.MalformedTilePath: MALFORMED,
    errors.Mismatch: DIFFERENT,
    errors.AnchorMismatch: DIFFERENT,
    errors.CommitmentMismatch: DIFFERENT,
    errors.FileMismatch: DIFFERENT,
    errors.HistoryMismatch: DIFFERENT,
    errors.IdempotencyMismatch: DIFFERENT,
    errors.ProofMismatch: DIFFERENT,
    errors.RecordRefused: MALFORMED,  # contradicts a rule, not evidence: no alarm, mend and resend
    errors.ErasureRefused: MALFORMED,  # the same
    errors.SignatureMismatch: DIFFERENT,
    errors.NotYet: WAITING,
    errors.Unknown: NOT_FOUND,
    errors.Unavailable: COULD_NOT_CHECK,
}

_WORST_FIRST: Final = (DIFFERENT, MALFORMED, COULD_NOT_CHECK, NOT_FOUND, WAITING, MATCH)


def of_error(error: errors.AuditError) -> int:
    """Return the exit code of an error; a module's own refinement has that of its base."""
    return next(ERRORS[base] for base in type(error).__mro__ if base in ERRORS)


def worst(codes: Iterable[int]) -> int:
    """Return the worst of several answers' exit codes; 0 where there are none."""
    return min(codes, key=_WORST_FIRST.index, default=MATCH)
