"""Print the part of requirements.lock that the base install needs, hashes and all.

Pip takes hashes from requirements and not from constraints, so the closure of the base
dependencies is cut out of the lock instead of being resolved a second time.
"""

import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]


def locked() -> dict[str, str]:
    """Return each package's paragraph of the lock by its name."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    paragraphs = re.findall(r"^(?=\w)(?:.*\\\n)*.*\n", text, re.MULTILINE)
    return {canonicalize_name(re.split(r"[=\[ ]", text)[0]): text for text in paragraphs}


def needed(requirement: Requirement, extra: str = "") -> bool:
    """Return whether `requirement` applies to this interpreter."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def closure(requirements: list[str]) -> set[str]:
    """Return the names of all packages that `requirements` lead to, themselves included."""
    found: set[str] = set()
    open_ends = [Requirement(text) for text in requirements]
    while open_ends:
        requirement = open_ends.pop()
        name = canonicalize_name(requirement.name)
        if name in found or not needed(requirement):
            continue
        found.add(name)
        for text in metadata.requires(name) or []:
            inner = Requirement(text)
            if any(needed(inner, extra) for extra in ("", *requirement.extras)):
                inner.marker = None
                open_ends.append(inner)
    return found


def main() -> None:
    """Print the paragraphs in the order of the lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = closure(project["dependencies"])
    sys.stdout.writelines(text for name, text in locked().items() if name in names)


if __name__ == "__main__":
    main()
