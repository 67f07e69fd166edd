"""Who reads with the operator's key: the service believes what they say, and logs it."""

from dataclasses import dataclass, field
from typing import Final

from liuhen.client.exchange import Exchange
from liuhen.core.errors import Unavailable

AUDITOR: Final = "auditor"


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Somebody who reads with the operator's key.

    Attributes:
        key: The operator's key, 32 bytes.
        name: Who reads. Reads of what is restricted are logged under it, and refused without.
        role: As what.
        party: The firm, person or seat they stand for, as records name it.
        ground: Why; logged too.
    """

    key: bytes = field(repr=False)
    name: str
    role: str = AUDITOR
    party: str | None = None
    ground: str | None = None


def fields_of(holder: KeyHolder | None, exchange: Exchange) -> dict[str, str]:
    """Return the fields of a request that say who reads; none for anybody.

    Raises:
        Unavailable: The key would go over a network in clear; nothing was sent.
    """
    if holder is None:
        return {}
    if not exchange.keeps_secrets:
        raise Unavailable("the operator's key goes over https, or to this machine, only")
    told = {
        "authorization": f"Bearer {holder.key.hex()}",
        "liuhen-role": holder.role,
        "liuhen-reader": holder.name,
        "liuhen-party": holder.party,
        "liuhen-ground": holder.ground,
    }
    return {name: value for name, value in told.items() if value is not None}
