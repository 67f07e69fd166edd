"""A table beside OCDS files: codelists are named as such, rows of others are kept as they are."""

from collections.abc import Iterator

from liuhen.core.canonical import JsonObject
from liuhen.domain.mapping.account import Account
from liuhen.domain.mapping.mapped import Mapped, Place, generic, settled

_CODELIST = {"code", "title", "description"}


class TableFile:
    """A table with the columns of its publisher; what they mean, nobody says.

    Attributes:
        account: What was found so far.
        is_codelist: It lists codes of the standard and tells of no process.
    """

    def __init__(self, name: str, sha256: str, columns: list[str]) -> None:
        """Begin a file.

        Args:
            name: Its name.
            sha256: SHA-256 of it, 64 hex digits.
            columns: Names of its columns.
        """
        self._name, self._sha256, self._columns = name, sha256, columns
        self.is_codelist = {each.lower() for each in columns} >= _CODELIST
        self.account = Account(name, holds="codelist" if self.is_codelist else "table")

    def of_row(self, cells: list[str]) -> Iterator[Mapped]:
        """Yield the record of a row; a codelist has none."""
        if self.is_codelist:
            return
        place = Place(self._name, self._sha256, self.account.items)
        self.account.items += 1
        row: JsonObject = dict(zip(self._columns, cells, strict=False))
        if len(row) != len(cells):  # a name twice, or more cells than names
            row = {"columns": [*self._columns], "cells": [*cells]}
        one = settled(generic(place, "table.row", row, {"table-row": 1}))
        self.account.add(one)
        yield one
