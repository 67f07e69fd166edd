"""The stages of a project: who may see what, and what may still happen, hangs on them."""

from enum import IntEnum


class Stage(IntEnum):
    """How far a project has come; it never goes back."""

    PREPARATION = 1
    """项目进场: registered, nothing published."""

    BIDDING = 2
    """投标: documents published, bids come in."""

    OPENED = 3
    """开标: the deadline has passed and bids are opened."""

    EVALUATION = 4
    """评标: seats score."""

    RESULT = 5
    """结果公示: candidates (ZB) or the award (ZC) are published."""

    DISPUTE = 6
    """质疑投诉: somebody objects to what was published."""

    CONTRACT = 7
    """合同履约: the contract is signed."""

    ARCHIVE = 8
    """归档: the file is closed."""


STAGE_LABELS = {
    Stage.PREPARATION: ("项目进场", "preparation"),
    Stage.BIDDING: ("投标", "open for bids"),
    Stage.OPENED: ("开标", "opened"),
    Stage.EVALUATION: ("评标", "evaluation"),
    Stage.RESULT: ("结果公示", "result published"),
    Stage.DISPUTE: ("质疑投诉", "challenge and complaint"),
    Stage.CONTRACT: ("合同履约", "contract"),
    Stage.ARCHIVE: ("归档", "archive"),
}
"""What people call them, in Chinese and in English."""
