"""Life cycles: which step may follow which, as a table.

A record tells of one step, named by its `data.action`. The table maps a step to the states it may
be taken from and the state it leads to; None is the state of what does not exist yet. A state is
called by the step that first leads to it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from liuhen.domain.reading import Members, get_text
from liuhen.domain.rule import Rule

OUT_OF_ORDER = Rule(
    "step-out-of-order",
    "当前状态为“{state_zh}”，不能进行“{action_zh}”；可进行：{allowed_zh}",
    "the state is {state!r}, from which there is no {action!r}; possible: {allowed}",
)

START_ZH, START = "尚未开始", "nothing yet"
"""How the state of what does not exist yet is named in a refusal."""
NONE_ZH, NONE = "无", "nothing"


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
        labels: What each step is called, in Chinese and in English.
    """

    steps: Mapping[str, Step]
    labels: Mapping[str, tuple[str, str]]

    def __post_init__(self) -> None:
        """Hold labels to steps."""
        if self.labels.keys() != self.steps.keys():
            raise ValueError("every step has a label, and nothing else has")

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
            allowed = self.allowed(state)
            raise OUT_OF_ORDER.broken(
                field,
                state=START if state is None else state,
                state_zh=START_ZH if state is None else self.state_zh(state),
                action=action,
                action_zh=self.action_zh(action),
                allowed=", ".join(allowed) or NONE,
                allowed_zh="、".join(map(self.action_zh, allowed)) or NONE_ZH,
            )

    def allowed(self, state: str | None) -> list[str]:
        """Return the steps that may be taken from a state."""
        return [action for action, step in self.steps.items() if state in step.sources]

    def states(self) -> set[str]:
        """Return all states."""
        return {step.target for step in self.steps.values() if step.target is not None}

    def state_zh(self, state: str) -> str:
        """Return what a state is called in Chinese."""
        leads = (action for action, step in self.steps.items() if step.target == state)
        return self.action_zh(next(leads, state))

    def action_zh(self, action: str) -> str:
        """Return what a step is called in Chinese."""
        return self.labels[action][0] if action in self.labels else action
