"""Record numbers."""

import uuid
from datetime import UTC, datetime

import pytest

from liuhen.core.record_id import new_record_id

NOW = datetime(2026, 3, 2, 6, 5, 7, 123_456, tzinfo=UTC)


@pytest.mark.parametrize("noise", [bytes(10), b"\xff" * 10, bytes(range(10))])
def test_a_record_number_is_a_uuid_of_version_7(noise: bytes) -> None:
    made = uuid.UUID(new_record_id(NOW, noise))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == int(NOW.timestamp() * 1000)
    assert str(made) == new_record_id(NOW, noise)


def test_the_noise_is_all_there() -> None:
    made = uuid.UUID(new_record_id(NOW, bytes(range(10))))
    random = int.from_bytes(bytes(range(10)))
    assert made.int >> 64 & 0xFFF == random >> 68
    assert made.int & (2**62 - 1) == random & (2**62 - 1)


def test_the_example_of_the_standard() -> None:
    # RFC 9562, appendix A.6: 2022-02-22T19:22:22.00Z, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F
    now = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    noise = (0xCC3 << 68 | 0x18C4DC0C0C07398F).to_bytes(10)
    assert new_record_id(now, noise) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
