"""Compare made vectors with what makes them today; `--write` renews them.

tests/vectors/receipts   by the code itself: a receipt that was issued stays valid for good, so
                         a difference is a broken promise unless the case was meant to change
tests/vectors/rules      by the second implementation in tests/reference
tests/vectors/mapping    by the code itself, from the sample data, where that is at hand
"""

import shutil
import sys

from tests.made_vectors import every as rules
from tests.mapping_kit import EXPECTED, SHARED_DATA, account_text
from tests.receipt_corpus import FOLDER, contents

BY_HAND = {"README.md"}


def on_disk() -> dict[str, bytes]:
    """Return the files of the corpus as they are."""
    paths = [path for path in FOLDER.rglob("*") if path.is_file()]
    return {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in paths
        if path.name not in BY_HAND
    }


def differences() -> list[str]:
    """Return the paths that differ, are missing or are too many."""
    there, made = on_disk(), contents()
    different = [name for name in there | made if there.get(name) != made.get(name)]
    of_rules = {path.name: path.read_bytes() for path in rules.FOLDER.glob("*.json")}
    made = rules.contents()
    different += [
        f"rules/{name}" for name in of_rules | made if of_rules.get(name) != made.get(name)
    ]
    if SHARED_DATA.is_dir() and EXPECTED.read_bytes() != account_text(SHARED_DATA):
        different.append(f"mapping/{EXPECTED.name}")
    return sorted(different)


def write() -> None:
    """Make the folder what the code says."""
    for folder in (path for path in FOLDER.iterdir() if path.is_dir()):
        shutil.rmtree(folder)
    for name, body in contents().items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_bytes(body)
    rules.FOLDER.mkdir(exist_ok=True)
    for path in rules.FOLDER.glob("*.json"):
        path.unlink()
    for name, body in rules.contents().items():
        (rules.FOLDER / name).write_bytes(body)
    if SHARED_DATA.is_dir():
        EXPECTED.write_bytes(account_text(SHARED_DATA))


def main(arguments: list[str]) -> int:
    """Print what differs, or write it away with --write."""
    if "--write" in arguments:
        write()
    different = differences()
    print(*different, sep="\n" if different else "", end="\n" if different else "")
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
