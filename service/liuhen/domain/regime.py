"""The two legal regimes, and whatever is neither: never one set of rules for both."""

from enum import StrEnum


class Regime(StrEnum):
    """By which law a project is procured."""

    ZB = "ZB"
    """招标投标法: tendering, construction above all."""

    ZC = "ZC"
    """政府采购法: government procurement."""

    OTHER = "other"
    """Neither, or not known: no deadline and no opening up by law is taken for granted."""
