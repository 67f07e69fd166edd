"""Compare the generated blocks of README and docs with what they are generated from.

`--write` renews them. There are three kinds: what a command prints for `--help`, as a fenced text,
the table of all settings, and the tables of all record types. Each stands after a comment that
names it:

    <!-- help: liuhen verify -->
    <!-- settings -->
    <!-- record types -->
"""

import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

from pydantic_core import PydanticUndefined

from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.field import Field
from liuhen.domain.record_type import COMMON, RecordType
from liuhen.domain.sight import Sight
from liuhen.wiring.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", ROOT / "docs" / "commands.md", ROOT / "docs" / "record-types.md")
HELP = re.compile(r"(<!-- help: (?P<command>liuhen[^>]*?) -->\n+```text\n).*?(\n```)", re.DOTALL)
SETTINGS = re.compile(r"(<!-- settings -->\n).*?(\n<!-- /settings -->)", re.DOTALL)
RECORD_TYPES = re.compile(r"(<!-- record types -->\n).*?(\n<!-- /record types -->)", re.DOTALL)
WIDTH = 80


def help_text(command: str) -> str:
    """Run `command --help` as a person in a terminal of WIDTH columns would see it."""
    program, *words = command.split()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(PREFIX)},
        "COLUMNS": str(WIDTH),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *words, "--help"],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
    )
    if done.returncode:
        return f"broke down: {done.stderr.strip().splitlines()[-1:]}"
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines())


def default_text(value: object) -> str:
    """Return a setting's default as the table shows it."""
    if value is PydanticUndefined:
        return "none: must be set"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if value not in ("", (), None) else "empty"


def settings_table() -> str:
    """Return all settings as a table: variable, default, meaning."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {default_text(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["", "| setting | default | meaning |", "|---|---|---|", *rows, ""])


def record_types() -> str:
    """Return every record type with the table of its fields."""
    types = [each for each in CATALOGUE.values() if not each.name.startswith("log.")]
    return "\n".join(["", *(line for each in types for line in _type_lines(each))])


def _type_lines(record_type: RecordType) -> list[str]:
    flags = []
    if record_type.counts_before_opening:
        flags.append("Its very number is secret before the opening.")
    if record_type.counts_elements:
        flags.append("How many elements it has is secret: its commitment is padded.")
    head = [
        f"## `{record_type.name}` {record_type.zh}",
        "",
        " ".join([f"{record_type.en}.", *flags]),
    ]
    if record_type.any_data:
        return [*head, "", "`data` may be any JSON.", ""]
    head += ["", "| field | 中文 | English | form | shown |", "|---|---|---|---|---|"]
    fields = [*record_type.fields, *COMMON]
    return [*head, *(line for each in fields for line in _field_lines(each, "", None)), ""]


def _field_lines(field: Field, before: str, inherited: Sight | None) -> list[str]:
    """Return the row of a field and, below, those of its own fields."""
    sight = field.sight or inherited
    name = f"{before}{field.name}" + ("[]" if field.many else "")
    words = ", ".join(f"`{word}` {label.zh}" for word, label in (field.options or {}).items())
    form = words or field.form_name
    marks = " **needed**" * field.required + " kept" * field.kept
    row = f"| `{name}`{marks} | {field.zh} | {field.en} | {form} | {_letters(sight)} |"
    inner = (line for each in field.fields for line in _field_lines(each, f"{name}.", sight))
    return [row, *inner]


def _letters(sight: Sight | None) -> str:
    if sight is None:
        return "S"
    texts = [letters[0] if len(set(letters)) == 1 else letters for letters in (sight.zb, sight.zc)]
    return texts[0] if texts[0] == texts[1] else f"ZB {texts[0]}, ZC {texts[1]}"


def commands(page: str) -> list[str]:
    """Return the commands that have a block on the page."""
    return [block["command"] for block in HELP.finditer(page)]


def renewed(page: str) -> str:
    """Return the page with every block as it is generated today."""
    page = HELP.sub(lambda block: f"{block[1]}{help_text(block['command'])}{block[3]}", page)
    page = SETTINGS.sub(lambda block: f"{block[1]}{settings_table()}{block[2]}", page)
    return RECORD_TYPES.sub(lambda block: f"{block[1]}{record_types()}{block[2]}", page)


def difference(path: Path) -> list[str]:
    """Return how a page differs from what is generated today, as lines of a diff."""
    old = path.read_text(encoding="utf-8")
    lines = old.splitlines(keepends=True), renewed(old).splitlines(keepends=True)
    return list(difflib.unified_diff(*lines, path.name, "generated today"))


def main(arguments: list[str]) -> int:
    """Print the differences, or write them away with --write."""
    if "--write" in arguments:
        for path in PAGES:
            path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
        return 0
    differences = [line for path in PAGES for line in difference(path)]
    sys.stdout.writelines(differences)
    return int(bool(differences))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
