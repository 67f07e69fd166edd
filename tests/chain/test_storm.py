"""A short storm; `scripts/storm` makes longer ones, from any seed."""

from pathlib import Path

from tests.chain.storm import weather

SEED, STEPS = 20_261_126, 200


def test_nothing_is_lost_doubled_forked_or_overspent_in_a_storm(tmp_path: Path) -> None:
    counts = weather(tmp_path, SEED, STEPS)
    assert counts["seed"] == SEED
    for event in ("append", "reorganise", "toggle_service", "toggle_anchorer", "restart_node"):
        assert event in str(counts["events"]), f"no {event}: another seed would show more"
