"""The sample projects: submissions in their order, and others that must be refused.

A line of a file is `{"key", "submission", "supersedes"?, "version"?}`; `supersedes` is the key of
an earlier line, whose record number is known only once that is entered. A line of `refused.jsonl`
also says after which line it comes, and which rule refuses it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).resolve().parent / "sample"
PROJECTS = ("zc", "zb")


@dataclass(frozen=True)
class Sample:
    """One submission.

    Attributes:
        key: Its name, and its idempotency key.
        submission: What is sent, but for what only the log knows.
        supersedes: Key of the line that it replaces.
        after: Key of the line that it comes after, where it must be refused.
        rule: Code of the rule that refuses it; empty where none does.
    """

    key: str
    submission: dict[str, Any]
    supersedes: str | None = None
    after: str = ""
    rule: str = ""

    def sent(self, numbers: Mapping[str, str]) -> dict[str, Any]:
        """Return the submission with the number of the record that it replaces.

        Args:
            numbers: Numbers of the records entered so far, by key.
        """
        if self.supersedes is None:
            return self.submission
        return {**self.submission, "supersedes": numbers[self.supersedes]}

    @property
    def title(self) -> str:
        """What to call it in a list."""
        return f"{self.submission['case']}  {self.submission['type']}  {self.key}"


def project(name: str) -> Iterator[Sample]:
    """Return the submissions of a project, in their order."""
    return _read(SAMPLE / name / "project.jsonl")


def refused(name: str) -> Iterator[Sample]:
    """Return submissions that break a rule of the project, each once."""
    return _read(SAMPLE / name / "refused.jsonl")


def _read(file: Path) -> Iterator[Sample]:
    for line in file.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        submission = told["submission"]
        if "version" in told:
            submission["version"] = told["version"]
        yield Sample(
            told["key"],
            submission,
            told.get("supersedes"),
            told.get("after", ""),
            told.get("rule", ""),
        )
