"""The two message catalogues: every sentence that a page shows, by key.

Keys are dotted (`outcome.match.word`). Both catalogues have exactly the same keys, and a test
holds them against every check, reason, problem and state that the core can produce.
"""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

from liuhen.app.language import LANGUAGES


class Catalogue:
    """The messages of one language."""

    def __init__(self, language: str) -> None:
        """Read the catalogue from the package."""
        text = (files("liuhen.portal") / "message" / f"{language}.toml").read_text("utf-8")
        self.language = language
        self._messages = dict(_flatten(tomllib.loads(text)))

    def __call__(self, key: str) -> str:
        """Return the message of a key.

        Raises:
            KeyError: There is none; a page must not show a key.
        """
        return self._messages[key]

    def find(self, key: str) -> str | None:
        """Return the message of a key, if there is one."""
        return self._messages.get(key)

    def under(self, *prefixes: str) -> dict[str, str]:
        """Return the messages whose key begins with one of the prefixes."""
        return {key: text for key, text in self._messages.items() if key.startswith(prefixes)}

    def keys(self) -> frozenset[str]:
        """Return all keys."""
        return frozenset(self._messages)


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


CATALOGUES: Final = {language: Catalogue(language) for language in LANGUAGES}


def problem_title(code: str, language: str) -> str:
    """Return the title of a problem type."""
    return CATALOGUES[language](f"problem.{code}.title")
