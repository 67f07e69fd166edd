"""Compare tests/vectors/receipts with what the code makes of it today; `--write` renews it.

A receipt that was issued stays valid for good, so a difference here is a broken promise unless the
case itself was meant to change.
"""

import shutil
import sys

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
    return sorted(name for name in there | made if there.get(name) != made.get(name))


def write() -> None:
    """Make the folder what the code says."""
    for folder in (path for path in FOLDER.iterdir() if path.is_dir()):
        shutil.rmtree(folder)
    for name, body in contents().items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_bytes(body)


def main(arguments: list[str]) -> int:
    """Print what differs, or write it away with --write."""
    if "--write" in arguments:
        write()
    different = differences()
    print(*different, sep="\n" if different else "", end="\n" if different else "")
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
