"""May I still object, challenge, complain (还能质疑吗)."""

from liuhen.domain.case_dates import CaseDates
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis
from liuhen.domain.window_answer import MATTERS, Asker, Matter, Window
from liuhen.domain.window_zb import window_zb
from liuhen.domain.window_zc import window_zc
from liuhen.domain.working_day import Calendar

_WHICH_LAW = Basis(
    "招标投标法；政府采购法（案卷未载明适用法律）",
    "Tendering Law or Procurement Law (the case does not say which)",
)


def windows(
    dates: CaseDates, matter: Matter | None, asker: Asker, calendar: Calendar
) -> list[Window]:
    """Return the windows of a case for one matter, or for all that its law knows.

    Args:
        dates: What is known of the case.
        matter: The matter; None: all of its regime.
        asker: The day asked of, and what the asker knows besides.
        calendar: Which days are working days.
    """
    regime = dates.regime
    if regime is None or regime is Regime.OTHER:
        asked = [matter] if matter is not None else [*Matter]
        return [Window(matter=each, basis=_WHICH_LAW, missing=("regime",)) for each in asked]
    answer = window_zb if regime is Regime.ZB else window_zc
    known = MATTERS[regime] if matter is None else (_known(regime, matter),)
    return [window for each in known for window in answer(dates, each, asker, calendar)]


def _known(regime: Regime, matter: Matter) -> Matter:
    """Return the matter as its law calls it."""
    return matter if matter in MATTERS[regime] else _CALLED[matter]


_CALLED = {
    Matter.OPENING: Matter.PROCESS,  # in ZC one step of the process
    Matter.PREQUALIFICATION: Matter.DOCUMENT,  # in ZC one of the documents
    Matter.PROCESS: Matter.COMPLAINT,  # in ZB it goes straight to the authority
}
