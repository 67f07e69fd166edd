"""Accounts for reads: what a role sees is logged before it is answered, the public's is counted."""

from liuhen.api.problems import ProblemRaised, http_problem
from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.app.access import log_board_read, log_case_read
from liuhen.domain.facts import Facts
from liuhen.domain.reader import Reader
from liuhen.domain.role import Role

__all__ = ["account_for_board", "account_for_case"]


def account_for_case(
    logs: ServedLogs,
    served: ServedLog,
    reader: Reader,
    case: str,
    facts: Facts,
    *,
    is_restricted: bool,
) -> None:
    """Account for a read of a case.

    Args:
        logs: Counts what the public reads.
        served: The log.
        reader: Who reads.
        case: Case code.
        facts: What is known of the case.
        is_restricted: Whether something is shown for the reader's role alone.

    Raises:
        ProblemRaised: 422, the reader has no name.
        Unavailable: It cannot be logged, so nothing may be shown.
    """
    if is_restricted:
        _check_name(reader)
        now = served.clock.now()
        log_case_read(served.append, served.rules, reader, case, facts, now)
    _count(logs, served, reader)


def account_for_board(
    logs: ServedLogs, served: ServedLog, reader: Reader, kind: str, *, is_restricted: bool
) -> None:
    """Account for a read of a board or ledger; as `account_for_case`."""
    if is_restricted:
        _check_name(reader)
        log_board_read(served.append, served.rules, reader, kind, served.clock.now())
    _count(logs, served, reader)


def _check_name(reader: Reader) -> None:
    if not reader.name:
        detail = "Liuhen-Reader: who reads what is restricted is logged, so it must be told"
        raise ProblemRaised(http_problem(422, detail))


def _count(logs: ServedLogs, served: ServedLog, reader: Reader) -> None:
    if reader.role is Role.PUBLIC:
        logs.anonymous.count_read(served.name)
