"""New record numbers: UUIDs of version 7, whose first 48 bits are the time (RFC 9562 §5.7)."""

from datetime import datetime

RECORD_ID_NOISE = 10
"""Random bytes in a record number."""

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62


def new_record_id(now: datetime, noise: bytes) -> str:
    """Make a record number.

    Args:
        now: The present; only tells neighbours in time, never what counts as recorded.
        noise: 10 fresh random bytes.
    """
    random = int.from_bytes(noise)
    high, low = random >> 68, random & (2**62 - 1)
    number = int(now.timestamp() * 1000) << 80 | _VERSION | high << 64 | _VARIANT | low
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
