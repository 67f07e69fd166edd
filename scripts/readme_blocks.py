"""Compare the generated blocks of README and docs with what they are generated from.

`--write` renews them. There are two kinds: what a command prints for `--help`, as a fenced text,
and the table of all settings. Each stands after a comment that names it:

    <!-- help: liuhen verify -->
    <!-- settings -->
"""

import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

from pydantic_core import PydanticUndefined

from liuhen.wiring.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", ROOT / "docs" / "commands.md")
HELP = re.compile(r"(<!-- help: (?P<command>liuhen[^>]*?) -->\n+```text\n).*?(\n```)", re.DOTALL)
SETTINGS = re.compile(r"(<!-- settings -->\n).*?(\n<!-- /settings -->)", re.DOTALL)
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


def commands(page: str) -> list[str]:
    """Return the commands that have a block on the page."""
    return [block["command"] for block in HELP.finditer(page)]


def renewed(page: str) -> str:
    """Return the page with every block as it is generated today."""
    page = HELP.sub(lambda block: f"{block[1]}{help_text(block['command'])}{block[3]}", page)
    return SETTINGS.sub(lambda block: f"{block[1]}{settings_table()}{block[2]}", page)


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
