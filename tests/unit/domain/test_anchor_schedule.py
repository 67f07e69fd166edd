"""When an anchor is due."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest

from liuhen.domain.anchor_schedule import AnchorSchedule, Pending

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # 09:30 in Beijing
BEIJING = timezone(timedelta(hours=8))


def pending(entries: int = 1, quiet: float = 0.0, begun: timedelta | None = None) -> Pending:
    return Pending(entries, quiet, None if begun is None else NOW - begun)


def test_nothing_to_anchor_is_never_due() -> None:
    every = AnchorSchedule(0.1, 1, 0.0, (time(9, tzinfo=BEIJING),))
    assert not every.is_due(pending(0, 10**6, timedelta(days=9)), NOW)
    assert not every.is_due(pending(0), NOW)


@pytest.mark.parametrize(("seconds", "due"), [(0, False), (59, False), (60, True), (10**6, True)])
def test_an_interval_counts_from_the_beginning_of_the_last_anchor(
    *, seconds: int, due: bool
) -> None:
    schedule = AnchorSchedule(interval_seconds=60)
    assert schedule.is_due(pending(begun=timedelta(seconds=seconds)), NOW) is due


def test_the_first_anchor_waits_for_no_interval() -> None:
    assert AnchorSchedule(interval_seconds=3600).is_due(pending(), NOW)


def test_a_clock_that_was_set_back_does_not_hold_anchoring_up() -> None:
    schedule = AnchorSchedule(interval_seconds=60)
    assert schedule.is_due(pending(begun=timedelta(days=-300)), NOW)


@pytest.mark.parametrize(("entries", "due"), [(1, False), (99, False), (100, True), (101, True)])
def test_enough_entries_are_due_at_any_time(*, entries: int, due: bool) -> None:
    assert AnchorSchedule(entries=100).is_due(pending(entries), NOW) is due
    both = AnchorSchedule(interval_seconds=3600, entries=100)
    assert both.is_due(pending(entries, begun=timedelta(seconds=1)), NOW) is due


@pytest.mark.parametrize(("quiet", "due"), [(0.0, False), (4.9, False), (5.0, True)])
def test_a_pause_is_due_when_it_is_long_enough(*, quiet: float, due: bool) -> None:
    assert AnchorSchedule(quiet_seconds=5.0).is_due(pending(1, quiet), NOW) is due


@pytest.mark.parametrize(
    ("begun", "due"),
    [
        (timedelta(minutes=29), False),  # begun at 09:01: this morning's is done
        (timedelta(minutes=30), False),  # begun at 09:00 sharp
        (timedelta(minutes=31), True),  # begun at 08:59: 09:00 has passed since
        (timedelta(days=3), True),
        (timedelta(hours=-1), False),
        (timedelta(hours=-24), False),
        (timedelta(days=-400), True),  # the clock was wrong then
    ],
)
def test_a_time_of_day_is_due_once_a_day(*, begun: timedelta, due: bool) -> None:
    schedule = AnchorSchedule(times=(time(9, tzinfo=BEIJING),))
    assert schedule.is_due(pending(begun=begun), NOW) is due


def test_a_time_of_day_yet_to_come_counts_from_yesterday() -> None:
    schedule = AnchorSchedule(times=(time(17, 30, tzinfo=BEIJING),))
    assert schedule.is_due(pending(begun=timedelta(hours=16, minutes=1)), NOW)
    assert not schedule.is_due(pending(begun=timedelta(hours=15, minutes=59)), NOW)


def test_times_of_day_alone_anchor_at_no_other_moment() -> None:
    schedule = AnchorSchedule(times=(time(9, tzinfo=BEIJING), time(17, 30, tzinfo=BEIJING)))
    moments = [NOW + timedelta(minutes=minute) for minute in range(3 * 24 * 60)]
    begun, beginnings = NOW, []
    for moment in moments:
        if schedule.is_due(Pending(10**6, 10**6, begun), moment):
            begun = moment
            beginnings.append(moment.astimezone(BEIJING).strftime("%H:%M"))
    assert beginnings == ["17:30", "09:00"] * 3


def test_nothing_set_is_never_due() -> None:
    assert not AnchorSchedule().is_due(pending(10**6, 10**6, timedelta(days=9)), NOW)
    assert not AnchorSchedule().is_due(pending(), NOW)
