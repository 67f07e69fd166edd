"""Boards and ledgers of a service: who is overdue, on any day."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from liuhen.client.exchange import Exchange
from liuhen.client.key_holder import KeyHolder, fields_of
from liuhen.core.canonical import JsonObject


class Boards:
    """Boards and ledgers. The counts are public; the rest needs the operator's key."""

    def __init__(self, exchange: Exchange) -> None:
        """Ask through an exchange."""
        self._exchange = exchange

    def board(
        self,
        day: date | None = None,
        *,
        kind: str = "finding",
        size: int | None = None,
        log_name: str | None = None,
        holder: KeyHolder | None = None,
    ) -> JsonObject:
        """Fetch the board of a day.

        Args:
            day: The day; None: today in Beijing.
            kind: finding, task or tolerant_acceptance.
            size: Only what the log held at this size.
            log_name: Last part of the log's origin; None is the service's default log.
            holder: Who reads with the operator's key; shows `lines` and their `digest` too.

        Raises:
            Unavailable: The key would go over a network in clear; nothing was sent.
        """
        query = _query(day=day, kind=kind, size=size, log=log_name)
        fields = fields_of(holder, self._exchange)
        return self._exchange.get_object(f"/v1/board?{query}", fields)

    def ledger(
        self,
        day: date | None = None,
        *,
        holder: KeyHolder,
        kind: str = "finding",
        size: int | None = None,
        log_name: str | None = None,
        language: str = "zh",
    ) -> bytes:
        """Fetch the ledger of a day, an XLSX workbook; arguments as for `board`.

        Of tolerant acceptances there is a board and no ledger.
        """
        query = _query(day=day, kind=kind, size=size, log=log_name)
        fields = fields_of(holder, self._exchange)
        fields |= {"accept": "*/*", "accept-language": language}
        return self._exchange.get(f"/v1/ledger.xlsx?{query}", fields)


def _query(**values: object) -> str:
    given: Mapping[str, str] = {
        name: str(value) for name, value in values.items() if value is not None
    }
    return urlencode(given)
