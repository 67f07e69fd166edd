"""The answer where there was nothing to examine: what the verdict table calls malformed."""

from collections.abc import Mapping

from liuhen.cli import talk
from liuhen.cli.language import Language
from liuhen.cli.report_details import one_line
from liuhen.cli.words import Pair
from liuhen.core.canonical import JsonValue
from liuhen.core.errors import Malformed
from liuhen.core.verdict import SCHEMA


def say_malformed(
    error: Malformed, sentence: Pair, language: Language, inputs: Mapping[str, JsonValue] | None
) -> None:
    """Print it.

    Args:
        error: What was wrong.
        sentence: What to call it, for people.
        language: The language for them.
        inputs: What the caller named, for the answer in JSON; None for the answer in words.
    """
    if inputs is None:
        talk.say(sentence.in_language(language), "bold")
        talk.say(one_line(str(error)))
        return
    facts: JsonValue = {"detail": str(error)}
    answer: dict[str, JsonValue] = {"schema": SCHEMA, "outcome": "malformed", "life": None}
    talk.say_json({**answer, "reason": error.code, "facts": facts, "checks": [], **inputs})
