"""Diagnostics: one line of key=value an event, on standard error. Never contents of records."""

import logging
import sys
from typing import Final, TextIO, cast

import structlog

from liuhen.app.events import Severity, severity_of

_LEVELS: Final = logging.getLevelNamesMapping()


class _StandardError:
    """Standard error as it is at each line: who runs us may put another in its place."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def set_up_diagnostics(level: str) -> None:
    """Write events of at least this level.

    Args:
        level: debug, info, warning or error.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # A plain traceback: never the values of local variables.
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _StandardError())),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


def tell(event: str, facts: dict[str, object]) -> None:
    """Write an event, as severe as the table of events has it."""
    logger = structlog.get_logger("liuhen.anchor")
    match severity_of(event):
        case Severity.ALARM:
            logger.error(event, **facts)
        case Severity.WARNING:
            logger.warning(event, **facts)
        case Severity.INFO:
            logger.info(event, **facts)
