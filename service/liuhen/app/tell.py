"""Telling the operator: events and their facts, to be written as diagnostics by whoever runs us."""

from collections.abc import Callable

Tell = Callable[[str, dict[str, object]], None]
"""Takes what is worth a line of diagnostics: an event and its facts."""


def tell_nobody(event: str, facts: dict[str, object]) -> None:
    """Take an event and do nothing with it."""
