"""Content that stays with the client: number, secret and time of its own (evidence §1)."""

import secrets
from datetime import UTC, datetime
from typing import Final

from liuhen.core.commitment import SECRET_BYTES
from liuhen.core.detached import Detached, detach
from liuhen.core.record_id import RECORD_ID_NOISE, new_record_id

_NONCE_BYTES: Final = 16


def now() -> datetime:
    """Return the present by this machine's clock, which is the client's."""
    return datetime.now(UTC)  # noqa: TID251 -- the SDK stands on the core alone, where no Clock is


def new_content(body: bytes, origin: str, moment: datetime) -> Detached:
    """Make content from a submission, with a fresh number, secret and nonce.

    Args:
        body: The submission.
        origin: The log's origin.
        moment: The client's present, aware.

    Raises:
        MalformedJson: The body is not strict JSON.
        MalformedRecord: It is not a submission.
    """
    noise = secrets.token_bytes(RECORD_ID_NOISE + SECRET_BYTES + _NONCE_BYTES)
    return detach(
        body,
        origin=origin,
        record_id=new_record_id(moment, noise[:RECORD_ID_NOISE]),
        secret=noise[RECORD_ID_NOISE:-_NONCE_BYTES],
        nonce=noise[-_NONCE_BYTES:].hex(),
        recorded_at=_utc(moment),
    )


def _utc(moment: datetime) -> str:
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
