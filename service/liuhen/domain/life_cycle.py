"""Life cycles: which step may follow which, as a table.

A record tells of one step, named by its `data.action`. The table maps a step to the states it may
be taken from and the state it leads to; None is the state of what does not exist yet.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from liuhen.domain.reading import Members, get_text
from liuhen.domain.rule import Rule

OUT_OF_ORDER = Rule(
    "step-out-of-order",
    "当前状态为“{state}”，不能进行“{action}”；可进行：{allowed}",
    "the state is {state!r}, from which there is no {action!r}; possible: {allowed}",
)

START = "—"
"""How the state of what does not exist yet is named in a refusal."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        sources: States it may be taken from; None: before there is anything.
        target: State it leads to; None: it stays as it is.
    """

    sources: Collection[str | None]
    target: str | None


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """A table of steps.

    Attributes:
        steps: By action; a record that names none takes the first.
    """

    steps: Mapping[str, Step]

    def action_of(self, data: Members) -> str:
        """Return the step that a record tells of."""
        return get_text(data, "action") or next(iter(self.steps))

    def after(self, state: str | None, action: str) -> str | None:
        """Return the state after a step, whether or not it may be taken."""
        step = self.steps.get(action)
        return state if step is None or step.target is None else step.target

    def check(self, state: str | None, action: str, field: str = "/data/action") -> None:
        """Check that a step may be taken.

        Raises:
            RecordRefused: It may not; names the steps that may.
        """
        step = self.steps.get(action)
        if step is None or state not in step.sources:
            allowed = ", ".join(self.allowed(state)) or START
            shown = START if state is None else state
            raise OUT_OF_ORDER.broken(field, state=shown, action=action, allowed=allowed)

    def allowed(self, state: str | None) -> list[str]:
        """Return the steps that may be taken from a state."""
        return [action for action, step in self.steps.items() if state in step.sources]

    def states(self) -> set[str]:
        """Return all states."""
        return {step.target for step in self.steps.values() if step.target is not None}
