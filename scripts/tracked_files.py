"""Fail on what belongs to one machine in files that belong to everybody.

Looked for in every file that git tracks or would track: the address of a package registry or
index, a path of somebody's home or work folder, and a private key. Beside that, the lock of the
npm packages names no download addresses and agrees with package.json.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FORBIDDEN = {
    "a package registry": r"registry\.npmjs|registry\.yarnpkg|pypi\.org|python[h]osted",
    "a path of one machine": r"(?<![\w.])/(?:root|work|home/\w+|Users/\w+)/",
    "a private key": r"BEGIN [A-Z ]*PRIVATE\sKEY",
}
LARGEST_TEXT_BYTES = 4 * 1024 * 1024


def files() -> Iterator[Path]:
    """Yield the files that git tracks or would track."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listing.stdout.split("\0")):
        path = Path(name)
        if path.is_file() and path.stat().st_size <= LARGEST_TEXT_BYTES:
            yield path


def findings(path: Path) -> Iterator[str]:
    """Yield a line for each thing in `path` that belongs to one machine."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return  # a picture, or a vector that is broken on purpose
    for what, pattern in FORBIDDEN.items():
        for match in re.finditer(pattern, text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{path}:{line}: {what}: {match.group()}"


def lock_findings() -> Iterator[str]:
    """Yield what is wrong with package-lock.json."""
    package = json.loads(Path("package.json").read_text(encoding="utf-8"))
    lock = json.loads(Path("package-lock.json").read_text(encoding="utf-8"))
    root = lock["packages"][""]
    for group in ("dependencies", "devDependencies"):
        if package.get(group, {}) != root.get(group, {}):
            yield f"package-lock.json: {group} differ from package.json: run npm install"
    for name, entry in lock["packages"].items():
        if "resolved" in entry:
            yield f"package-lock.json: {name} names a download address"
        # The builds for other systems may be unknown to the registry that the lock was made with.
        if name and "integrity" not in entry and not entry.get("optional"):
            yield f"package-lock.json: {name} has no digest"


def main() -> int:
    """Print every finding; 0 when there is none."""
    found = [line for path in files() for line in findings(path)] + list(lock_findings())
    print("\n".join(found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
