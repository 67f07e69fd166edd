"""What a service has to say of cases: its check, the replay of its evaluation, their receipts.

Check and replay are the service's word. With the receipts of a case anybody can do the same without
it, as `liuhen case check --here` does.
"""

from urllib.parse import quote, urlencode

from liuhen.client.case_receipts import CaseReceipts, fetch_case
from liuhen.client.exchange import Exchange
from liuhen.client.key_holder import KeyHolder, fields_of
from liuhen.core.canonical import JsonObject


class Cases:
    """The cases of one service."""

    def __init__(self, exchange: Exchange) -> None:
        """Take the connection."""
        self._exchange = exchange

    def check(
        self,
        case: str,
        *,
        holder: KeyHolder | None = None,
        as_of: str | None = None,
        late_after_hours: float | None = None,
        contents: bool = False,
        log_name: str | None = None,
    ) -> JsonObject:
        """Have a case checked.

        Args:
            case: Case code.
            holder: Who reads with the operator's key; without it, only the chain of projects after
                their opening is told of.
            as_of: The time to speak of, with its offset; None is now.
            late_after_hours: How many hours after an event its record is late; None is two.
            contents: Whether to hold every record against the entry that commits to it.
            log_name: Last part of the log's origin; None is the service's default log.

        Raises:
            Unknown: There is no such case, or it is not to be known.
            Unavailable: The key would go over a network in clear; nothing was sent.
        """
        asked = {"as_of": as_of, "late_after_hours": late_after_hours, "log": log_name}
        query = {name: str(value) for name, value in asked.items() if value is not None}
        if contents:
            query["contents"] = "true"
        return self._get(case, "check", query, holder)

    def evaluation(
        self, case: str, *, holder: KeyHolder | None = None, log_name: str | None = None
    ) -> JsonObject:
        """Have the evaluation of a case replayed; arguments and errors as for `check`.

        Raises:
            NotYet: Its result is not published.
        """
        query = {} if log_name is None else {"log": log_name}
        return self._get(case, "evaluation", query, holder)

    def receipts(
        self, case: str, *, holder: KeyHolder | None = None, log_name: str | None = None
    ) -> CaseReceipts:
        """Fetch the receipts of a case; arguments as for `check`.

        Raises:
            Unknown: There is no such case, or it is not to be known.
            Malformed: The service answers what is no receipt, or without end.
        """
        return fetch_case(self._exchange, case, holder, log_name)

    def _get(
        self, case: str, what: str, query: dict[str, str], holder: KeyHolder | None
    ) -> JsonObject:
        path = f"/v1/cases/{quote(case, safe='')}/{what}"
        fields = fields_of(holder, self._exchange)
        return self._exchange.get_object(f"{path}?{urlencode(query)}" if query else path, fields)
