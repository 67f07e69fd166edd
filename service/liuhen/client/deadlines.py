"""Deadlines and windows of the cases of one service, as whoever asks may know them."""

from datetime import date
from urllib.parse import quote, urlencode

from liuhen.client.exchange import Exchange
from liuhen.client.key_holder import KeyHolder, fields_of
from liuhen.core.canonical import JsonObject


class Deadlines:
    """Asks one service."""

    def __init__(self, exchange: Exchange) -> None:
        """Take the connection."""
        self._exchange = exchange

    def windows(
        self,
        case: str,
        *,
        matter: str | None = None,
        day: date | None = None,
        known_on: date | None = None,
        filed_on: date | None = None,
        answered_on: date | None = None,
        holder: KeyHolder | None = None,
        log_name: str | None = None,
    ) -> JsonObject:
        """Ask whether something may still be objected to, challenged or complained about.

        Args:
            case: The case.
            matter: What about; None: all that its law knows.
            day: The day to speak of; None: today.
            known_on: When the asker knew or should have known.
            filed_on: When the asker raised an own objection or challenge.
            answered_on: When that was answered.
            holder: Who reads with the operator's key; without it only what is published counts.
            log_name: Last part of the log's origin; None is the service's default log.

        Raises:
            Unknown: Nothing of such a case is published.
        """
        asked = {
            "matter": matter,
            "day": day,
            "known_on": known_on,
            "filed_on": filed_on,
            "answered_on": answered_on,
            "log": log_name,
        }
        query = urlencode({name: str(value) for name, value in asked.items() if value is not None})
        path = f"/v1/cases/{quote(case, safe='')}/windows?{query}"
        return self._exchange.get_object(path, fields_of(holder, self._exchange))
