"""Which of the two languages to answer in."""

import os
from enum import StrEnum
from typing import Annotated, Final

import typer

_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


class Language(StrEnum):
    """The languages that every sentence exists in."""

    ZH = "zh"
    EN = "en"


LanguageOption = Annotated[
    Language | None, typer.Option("--lang", help="Language of the answer; else the terminal's.")
]
"""`--lang`, of every command that answers in sentences."""


def of_terminal() -> Language:
    """Return the language of the terminal: Chinese where its locale is, else English.

    The variables are read in POSIX order. `locale.setlocale` would fail where the named locale is
    not installed, which is so on most small servers.
    """
    names = (os.environ.get(name, "") for name in _VARIABLES)  # noqa: TID251 -- the terminal's, no setting of ours
    named = next(filter(None, names), "")
    return Language.ZH if named.lower().startswith("zh") else Language.EN
