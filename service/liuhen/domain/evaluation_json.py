"""The JSON form of a replay, as the API and `liuhen case replay --json` print it."""

from decimal import Decimal

from liuhen.core.canonical import JsonValue
from liuhen.domain.evaluation import BidScore
from liuhen.domain.evaluation_outlier import Outlier
from liuhen.domain.evaluation_replay import EvaluationReplay, Figure, LateChange

SCHEMA = "evaluation-replay/v1"


def replay_to_json(case: str, replay: EvaluationReplay) -> dict[str, JsonValue]:
    """Return the JSON form; numbers with a point are texts."""
    return {
        "schema": SCHEMA,
        "case": case,
        "outcome": str(replay.outcome),
        "missing": [{"zh": zh, "en": en} for zh, en in replay.missing],
        "scores": [_score(each) for each in replay.scores],
        "figures": [_figure(each) for each in replay.figures],
        "outliers": [_outlier(each) for each in replay.outliers],
        "late_changes": [_change(each) for each in replay.late_changes],
    }


def _score(score: BidScore) -> dict[str, JsonValue]:
    return {
        "bid_id": score.bid,
        "price": _text(score.price),
        "price_score": _text(score.price_score),
        "quality_average": _text(score.quality_average),
        "total": _text(score.total),
        "evaluated_price": _text(score.evaluated_price),
        "rank": score.rank,
    }


def _figure(figure: Figure) -> dict[str, JsonValue]:
    return {
        "bid_id": figure.bid,
        "figure": figure.name,
        "agreement": str(figure.agreement),
        "reported": figure.reported,
        "computed": figure.computed,
    }


def _outlier(outlier: Outlier) -> dict[str, JsonValue]:
    return {
        "seat": outlier.seat,
        "bid_id": outlier.bid,
        "factor": outlier.factor,
        "points": _text(outlier.points),
        "median": _text(outlier.median),
        "is_objective": outlier.is_objective,
    }


def _change(change: LateChange) -> dict[str, JsonValue]:
    return {
        "seat": change.seat,
        "record": change.record,
        "replaces": change.replaces,
        "reason": change.reason,
        "after_report": change.after_report,
        "points": [
            {
                "bid_id": each.bid,
                "factor": each.factor,
                "before": _text(each.before),
                "after": _text(each.after),
            }
            for each in change.points
        ],
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
