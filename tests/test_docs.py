"""What README and docs say is so."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from liuhen.adapters.clock import SystemClock
from liuhen.api import problems
from liuhen.api.metrics import AnchorCollector
from liuhen.api.served_log import ServedLogs
from liuhen.app.events import EVENTS
from liuhen.app.verify import Verifier
from liuhen.cli import exits, late_command, main
from liuhen.core import errors
from scripts import readme_blocks

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
ERRORS = [
    thing
    for thing in vars(errors).values()
    if isinstance(thing, type) and issubclass(thing, errors.AuditError)
]
PACKAGE = ROOT / "service" / "liuhen"

LINK = re.compile(r"\]\((?!https?:)(?P<path>[^)#]*)(?:#(?P<heading>[^)]*))?\)")


def headings(page: Path) -> set[str]:
    """Return the headings of a page as the anchors that links use."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def words(command: object, name: str) -> Iterator[str]:
    """Return the full names of a command's commands."""
    if isinstance(command, late_command.LateCommand):
        command = late_command.load(str(command.name))
    inner: dict[str, object] = getattr(command, "commands", {})
    if not inner:
        yield name
    for word, child in inner.items():
        yield from words(child, f"{name} {word}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.finditer(page.read_text(encoding="utf-8")):
        target = (page.parent / link["path"]) if link["path"] else page
        assert target.exists(), f"{page.name}: {link['path']}"
        assert not link["heading"] or link["heading"] in headings(target), link["heading"]


@pytest.mark.parametrize("page", readme_blocks.PAGES, ids=lambda page: page.name)
def test_generated_blocks_are_those_of_today(page: Path) -> None:
    assert "".join(readme_blocks.difference(page)) == ""


def test_every_command_has_a_block() -> None:
    app = next(thing for thing in vars(main).values() if isinstance(thing, typer.Typer))
    pages = "".join(page.read_text(encoding="utf-8") for page in readme_blocks.PAGES)
    assert set(words(typer.main.get_command(app), "liuhen")) <= set(readme_blocks.commands(pages))


def test_every_problem_is_explained_with_its_status_and_exit_code() -> None:
    page = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    assert {code: (int(status), int(exit_code)) for code, status, exit_code in rows} == {
        error.code: (problems.STATUS[error], exits.ERRORS[error]) for error in ERRORS
    }


def test_every_problem_of_http_is_explained() -> None:
    page = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) \| [^\d]", page, re.MULTILINE)
    assert {int(status): code for code, status in rows} == problems.HTTP_CODES


def test_every_exit_code_is_in_the_readme() -> None:
    explained = {int(code) for code in re.findall(r"^\| (\d+) \| ", README, re.MULTILINE)}
    assert explained == {value for value in vars(exits).values() if isinstance(value, int)}


def test_every_ring_is_on_the_map() -> None:
    rings = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    on_the_map = set(re.findall(r"^  (\w+)/ ", README, re.MULTILINE))
    assert rings == on_the_map


def test_every_folder_on_the_map_exists() -> None:
    for folder in re.findall(r"^(\w[\w/]*)/ ", README, re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder


def test_every_script_that_the_readme_names_exists() -> None:
    for name in set(re.findall(r"scripts/(\w+)", README)):
        assert (ROOT / "scripts" / name).is_file(), name


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [path.name[:4] for path in DECISIONS] == [
        f"{n:04}" for n in range(1, len(DECISIONS) + 1)
    ]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name[:4])
def test_a_decision_has_context_choice_and_what_was_rejected(page: Path) -> None:
    parts = re.findall(r"^\*\*(\w+)\.\*\* \S", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert parts == ["Context", "Choice", "Rejected"]


def test_every_decision_is_on_the_list() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    titles = [
        path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ") for path in DECISIONS
    ]
    assert re.findall(r"^- \[(.*)\]\(", index, re.MULTILINE) == titles


def operations_rows(names: str) -> list[tuple[str, ...]]:
    """Return the rows of the page on operations whose first cell is a name of this form."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(rf"^\| `{names}` \|.*\|$", page, re.MULTILINE)
    return [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows]


def test_every_metric_is_explained_as_it_is_served() -> None:
    families = AnchorCollector(ServedLogs([], Verifier([], SystemClock()))).describe()
    served = {
        family.name.removesuffix("_total"): (family.type, family.documentation)
        for family in families
    }
    explained = {
        name.strip("`").removesuffix("_total"): (kind, text)
        for name, kind, _, text in operations_rows("liuhen_[a-z_]+")
    }
    assert explained == served


def test_every_event_is_explained_as_it_is_told() -> None:
    explained = operations_rows(r"[a-z]+(?:\.[a-z_]+)?")
    told = [
        (
            f"`{event.name}`",
            event.severity.name.lower(),
            event.zh,
            event.en,
            ", ".join(f"`{name}`" for name in sorted(event.ended_by)),
        )
        for event in EVENTS
    ]
    assert [row for row in explained if len(row) == 5] == told
