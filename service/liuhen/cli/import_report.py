"""What `liuhen import` prints: the rows that were refused, and the account of each file."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from liuhen.cli import exits, talk
from liuhen.cli.import_reading import Reading, Row
from liuhen.cli.import_sending import Sender, Sent
from liuhen.core.canonical import JsonObject
from liuhen.core.errors import AuditError
from liuhen.domain.mapping.account import Account

if TYPE_CHECKING:
    from liuhen.client import Liuhen

_ENTERED, _REPLAYED, _REFUSED = "entered", "replayed", "refused"


def show_file(file: Path, read: Callable[[Path], Reading], *, json: bool) -> list[int]:
    """Print the account of a file without sending anything; return exit codes."""

    def seen(rows: Iterable[Row]) -> Iterator[Sent]:
        return (Sent(row, error=row.error) for row in rows)

    return _report(file, read, seen, json=json, dry_run=True)


def import_file(
    file: Path,
    read: Callable[[Path], Reading],
    service: "Liuhen",
    log_name: str | None,
    *,
    json: bool,
) -> list[int]:
    """Send a file, print what became of it, return exit codes."""
    return _report(file, read, Sender(service, log_name).send, json=json, dry_run=False)


def _report(
    file: Path,
    read: Callable[[Path], Reading],
    send: Callable[[Iterable[Row]], Iterator[Sent]],
    *,
    json: bool,
    dry_run: bool,
) -> list[int]:
    codes: list[int] = []
    outcomes: Counter[str] = Counter()
    account = Account(file.name)
    try:
        reading = read(file)
        account = reading.account
        for sent in send(reading.rows):
            outcomes[_outcome(sent)] += 1
            if sent.error is not None:
                codes.append(exits.of_error(sent.error))
            _tell_row(file, sent, json=json, dry_run=dry_run)
    except AuditError as error:
        talk.warn(f"{file}: {error} [{error.code}]")
        codes.append(exits.of_error(error))
    done: dict[str, int] = (
        {} if dry_run else {name: outcomes[name] for name in (_ENTERED, _REPLAYED)}
    )
    _tell_file(file, account, {**done, _REFUSED: outcomes[_REFUSED]}, json=json)
    return codes


def _outcome(sent: Sent) -> str:
    if sent.error is not None:
        return _REFUSED
    return _REPLAYED if sent.replayed else _ENTERED


def _tell_row(file: Path, sent: Sent, *, json: bool, dry_run: bool) -> None:
    error = sent.error
    if error is not None:
        talk.warn(f"{file}: {sent.row.place}: {error} [{error.code}]")
    if json and not dry_run:
        row: JsonObject = {
            "file": str(file),
            "place": sent.row.place,
            "outcome": _outcome(sent),
            "record_id": sent.record_id,
        }
        if error is not None:
            row |= {"code": error.code, "error": str(error)}
        talk.say_json(row)


def _tell_file(file: Path, account: Account, outcomes: Mapping[str, int], *, json: bool) -> None:
    if json:
        talk.say_json({**account.to_json(), "file": str(file), **outcomes})
        return
    talk.say(f"{file}: {account.holds}, {account.items} items")
    if account.records:
        talk.say(f"  records  {_counts(account.records)}")
    if account.generic:
        talk.say(f"  generic  {_counts(account.generic)}")
    if account.holds == "codelist":
        talk.say("  a codelist tells of no process: nothing to import")
    talk.say(f"  result   {_counts(outcomes)}")


def _counts(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {counted[name]}" for name in sorted(counted))
