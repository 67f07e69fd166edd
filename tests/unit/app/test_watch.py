"""The watch over what waits for its anchor: told when it is too long, and when that is over."""

from liuhen.app.anchoring import AnchoredSizes, OldestWaiting
from liuhen.app.watch import AnchorWatch
from liuhen.core.errors import Unavailable
from tests.fakes.clock import FakeClock


class Watched:
    """A log whose oldest record can be anchored."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.oldest: OldestWaiting | None = OldestWaiting(3, self.clock.now())
        self.away = False
        self.told: list[tuple[str, dict[str, object]]] = []
        self.watch = AnchorWatch(
            self.read, 100.0, self.clock, lambda event, facts: self.told.append((event, facts))
        )

    def read(self) -> AnchoredSizes:
        if self.away:
            raise Unavailable("the database is away")
        return AnchoredSizes(5, 3, 3, 2 if self.oldest else 0, self.oldest)

    def events(self) -> list[str]:
        return [event for event, _ in self.told]


def test_overdue_is_told_once_and_its_end_once() -> None:
    watched = Watched()
    watched.watch._once()
    watched.clock.move(seconds=100)
    watched.watch._once()
    assert watched.events() == []
    watched.clock.move(seconds=1)
    watched.watch._once()
    watched.watch._once()
    facts = {"size": 5, "anchored_size": 3, "waited_seconds": 101, "overdue_seconds": 100}
    assert watched.told == [("anchor.overdue", facts)]
    watched.oldest = None
    watched.watch._once()
    watched.watch._once()
    assert watched.events() == ["anchor.overdue", "anchor.caught_up"]


def test_a_store_that_is_away_is_neither_overdue_nor_caught_up() -> None:
    watched = Watched()
    watched.clock.move(seconds=101)
    watched.watch._once()
    watched.away = True
    watched.watch._once()
    watched.watch._once()
    watched.away = False
    watched.watch._once()
    assert watched.events() == ["anchor.overdue", "watch.waiting"]
    assert watched.watch.failure is None


def test_a_clock_that_was_set_back_makes_nothing_older_than_new() -> None:
    watched = Watched()
    watched.clock.move(days=-1)
    watched.watch._once()
    assert watched.events() == []
    assert watched.read().waited_seconds(watched.clock.now()) == 0
