"""Diagnostics: one line of key=value an event, on standard error. Never contents of records."""

import logging
import sys
from typing import Final

import structlog

_LEVELS: Final = logging.getLevelNamesMapping()
_FOR_SOMEBODY: Final = (
    *(".waiting", ".refused", ".crashed", ".at_fee_cap", ".without_evidence"),
    *(".trouble", ".too_few", ".disagree"),
)


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
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


def tell(event: str, facts: dict[str, object]) -> None:
    """Write an event of the anchorer; what does not go on by itself is for somebody to look at."""
    logger = structlog.get_logger("liuhen.anchor")
    if event.endswith(_FOR_SOMEBODY):
        logger.warning(event, **facts)
    else:
        logger.info(event, **facts)
