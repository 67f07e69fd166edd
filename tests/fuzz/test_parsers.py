"""Parsers of foreign bytes: only the documented refusals leave them, and accepting is printing."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.bend import bent
from tests.fuzz.seeds import with_parity
from tests.fuzz.targets import TARGETS

BOUNDED = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_is_accepted(name: str) -> None:
    for seed in TARGETS[name].seeds:
        TARGETS[name].run(seed)


@pytest.mark.parametrize("name", TARGETS)
@BOUNDED
@given(st.data())
def test_a_bent_body_is_read_or_refused_and_nothing_else(name: str, data: st.DataObject) -> None:
    target = TARGETS[name]
    body = data.draw(bent(target.seeds))
    with suppress(*target.refusals):
        target.run(body)


@pytest.mark.parametrize("name", TARGETS)
@BOUNDED
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(name: str, body: bytes) -> None:
    target = TARGETS[name]
    with suppress(*target.refusals):
        target.run(body)


# --- what was found once --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("register", b"audit-register/v1 log.example/logs/kit"),  # torn in its first line
        ("raw tx", with_parity(b"\xff")),
    ],
)
def test_what_was_found_once_is_refused(name: str, body: bytes) -> None:
    target = TARGETS[name]
    with pytest.raises(target.refusals):
        target.run(body)
