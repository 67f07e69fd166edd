"""Locks: why something is not shown, by the law that holds for the case."""

import pytest

from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.lock import locks_of
from liuhen.domain.regime import Regime
from liuhen.domain.role import Role
from liuhen.domain.stage import Stage
from liuhen.domain.visibility import Level, visibility

OF_EVALUATION = ("score_sheet", "clarification", "evaluation_report", "media_manifest")
OF_COMMITTEE = ("expert_draw", "seat_assignment")
OF_BIDS = ("bid_receipt", "bid_rejection", "credit_commitment")
OF_DISPUTES = ("objection", "challenge", "complaint")


def bases(name: str, regime: Regime | None) -> set[tuple[str, str]]:
    found = set()
    for lock in locks_of(regime, name, Stage.EVALUATION, Role.PUBLIC, owns=False):
        assert lock.rule.basis is not None
        found.add((lock.rule.basis.zh, lock.rule.basis.en))
    return found


@pytest.mark.parametrize("name", [*OF_EVALUATION, *OF_COMMITTEE, *OF_BIDS, *OF_DISPUTES])
def test_a_lock_cites_the_law_of_its_regime_and_no_other(name: str) -> None:
    ((zb, zb_en),) = bases(name, Regime.ZB)
    ((zc, zc_en),) = bases(name, Regime.ZC)
    assert "招标投标法" in zb
    assert "Tendering" in zb_en
    for other in ("87号令", "政府采购法", "Order 87", "Procurement"):
        assert other not in zb + zb_en
    assert zc.startswith(("87号令", "政府采购法"))
    assert zc_en.startswith(("Order 87", "Procurement Law"))
    assert "招标投标" not in zc


@pytest.mark.parametrize("name", OF_EVALUATION)
def test_the_evaluation_is_locked_by_the_article_on_its_secrecy(name: str) -> None:
    assert bases(name, Regime.ZB) == {("招标投标法第44条", "Tendering Law art. 44")}
    assert bases(name, Regime.ZC) == {("87号令第66条", "Order 87 art. 66")}


@pytest.mark.parametrize("regime", [Regime.ZB, Regime.ZC])
@pytest.mark.parametrize("name", [*OF_EVALUATION, *OF_COMMITTEE])
def test_before_the_result_a_record_of_the_evaluation_is_listed_and_tells_nothing(
    name: str, regime: Regime
) -> None:
    def seen(path: tuple[str, ...]) -> Level:
        return visibility(regime, name, path, Stage.EVALUATION, Role.PUBLIC)

    for member in ("type", "occurred_at", "recorded_at", "case_seq", "case_prev"):
        assert seen((member,)) is Level.PUBLIC
    for path in (("submitter", "organisation"), ("attachments",), ("record_id",), ("supersedes",)):
        assert seen(path) is Level.SECRET
    fields = CATALOGUE[name].table.by_name.keys() - {"imported", "section"}
    assert "action" in fields
    for each in fields:
        assert seen(("data", each)) is Level.SECRET, "a draft and a locked sheet look alike"


def test_where_no_regime_is_known_both_laws_are_cited() -> None:
    both = ("招标投标法第44条；87号令第66条", "Tendering Law art. 44; Order 87 art. 66")
    assert bases("score_sheet", None) == {both}
