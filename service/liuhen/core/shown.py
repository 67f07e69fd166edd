"""What a receipt's rows say openly about the record: the members that are always shown.

Format, type, record_id, origin, recorded_at, version, supersedes and after_block are shown in
every disclosure (evidence §2); a receipt without them is malformed, because the checks need them.
Everything else may be hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from liuhen.core.canonical import JsonValue
from liuhen.core.disclosure import Closed, Row, Shown, Withheld
from liuhen.core.errors import MalformedReceipt, MalformedRecord
from liuhen.core.pointer import to_pointer
from liuhen.core.record import RULES

_ALWAYS_SHOWN = ("format", "type", "record_id", "origin", "recorded_at", "version", "supersedes")
_AFTER_BLOCK = ("chain_id", "number", "hash")
MOST_NAMED = 50
"""So many withheld fields are named in a verdict, which tells their number in any case."""


@dataclass(frozen=True, slots=True)
class NamedBlock:
    """The block that a record names as older than itself.

    Attributes:
        chain_id: EIP-155 chain id.
        number: Block number.
        hash: Block hash, 32 bytes.
    """

    chain_id: int
    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """The always-shown members of a record, checked by the rules of `record.py`.

    Attributes:
        type: Record type.
        record_id: UUIDv7.
        origin: Name of the log.
        recorded_at: When the log took it, by the service's clock.
        after_block: The block named as older; None where none was known.
        case: The case; None where there is none or it is hidden.
        withheld: Number of withheld rows: name and place are shown, the value is not.
        closed: Number of closed rows: not even the name is shown.
        withheld_fields: JSON pointers of the first withheld rows.
    """

    type: str
    record_id: str
    origin: str
    recorded_at: datetime
    after_block: NamedBlock | None
    case: str | None
    withheld: int
    closed: int
    withheld_fields: tuple[str, ...] = ()

    @staticmethod
    def of(rows: Sequence[Row]) -> "ShownRecord":
        """Read the members from rows.

        Raises:
            MalformedReceipt: One is not shown, or breaks its rule.
        """
        shown = {row.path: row.value for row in rows if isinstance(row, Shown)}
        values = {name: _always(shown, (name,)) for name in _ALWAYS_SHOWN}
        after = {name: _always(shown, ("after_block", name)) for name in _AFTER_BLOCK}
        try:
            for name, value in {**values, "after_block": after}.items():
                RULES[name](f"/{name}", value)
        except MalformedRecord as error:
            raise MalformedReceipt(f"rows: {error}") from error
        case = shown.get(("case",))
        withheld = [row for row in rows if isinstance(row, Withheld)]
        return ShownRecord(
            type=str(values["type"]),
            record_id=str(values["record_id"]),
            origin=str(values["origin"]),
            recorded_at=datetime.fromisoformat(str(values["recorded_at"])),
            after_block=_named_block(after),
            case=case if isinstance(case, str) else None,
            withheld=len(withheld),
            closed=sum(isinstance(row, Closed) for row in rows),
            withheld_fields=tuple(to_pointer(row.path) for row in withheld[:MOST_NAMED]),
        )

    def facts(self) -> dict[str, JsonValue]:
        """Return the members for a verdict."""
        return {
            "origin": self.origin,
            "record_id": self.record_id,
            "type": self.type,
            "case": self.case,
            "recorded_at": self.recorded_at.isoformat(timespec="milliseconds").replace(
                "+00:00", "Z"
            ),
            "withheld": self.withheld,
            "withheld_fields": list(self.withheld_fields),
            "closed": self.closed,
        }


def _always(shown: dict[tuple[str | int, ...], JsonValue], path: tuple[str, ...]) -> JsonValue:
    if path not in shown:
        raise MalformedReceipt(f"rows: {'/'.join(path)} must be shown")
    return shown[path]


def _named_block(after: dict[str, JsonValue]) -> NamedBlock | None:
    chain_id, number, digest = after["chain_id"], after["number"], after["hash"]
    if not (isinstance(chain_id, int) and isinstance(number, int) and isinstance(digest, str)):
        return None
    return NamedBlock(chain_id, number, bytes.fromhex(digest.removeprefix("0x")))
