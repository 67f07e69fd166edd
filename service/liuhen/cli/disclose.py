"""`liuhen disclose`: from a receipt, one that shows some fields and hides the rest. Offline."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.existing import STDIN, existing

if TYPE_CHECKING:
    from liuhen.core.receipt import Receipt

HELP: Final = """Example: liuhen disclose receipt.json --show /data/scores/2 -o for-bidder-2.json

Make a receipt that shows some fields of the record and hides the others. Nothing is sent anywhere.

POINTER is a JSON pointer of a field, or of an object or array with all that is in it: in
/data/scores/2 the 2 is a position where scores is an array, and a name where it is an object.
Without --show only what every receipt shows is left. Hidden fields keep their names unless
--hide-names is given or the record is padded, because the number of its fields is secret.

Beside a detached record the fields are those of the content; what both have, such as /submitter,
is shown of both.

The new receipt proves what the old one did, and can be narrowed again. It cannot be widened: keep
the old one.
"""


def disclose(
    receipt: Annotated[
        Path,
        typer.Argument(help="Receipt file; - is stdin.", metavar="RECEIPT", callback=existing),
    ],
    show: Annotated[
        list[str] | None,
        typer.Option(
            "--show", help="Field or container to show; as often as needed.", metavar="POINTER"
        ),
    ] = None,
    hide_names: Annotated[
        bool | None,
        typer.Option("--hide-names/--keep-names", help="Hide the names of hidden fields too."),
    ] = None,
    hide_case: Annotated[
        bool,
        typer.Option("--hide-case", help="Hide the case, and the record's place in it."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File to write; else stdout.", dir_okay=False),
    ] = None,
) -> None:
    """Select, print the exact bytes of a receipt."""
    from liuhen.cli import talk
    from liuhen.cli.input_file import read_file
    from liuhen.cli.output_file import write_file
    from liuhen.core.receipt import MAX_RECEIPT_BYTES, parse_receipt

    given = parse_receipt(read_file(receipt, MAX_RECEIPT_BYTES))
    made = _select(given, show or [], hide_names=hide_names, hide_case=hide_case)
    if out is None or out == STDIN:
        typer.echo(made.to_text(), nl=False)
        return
    write_file(out, made.to_text().encode())
    talk.say(str(out))


def _select(
    receipt: "Receipt", pointers: list[str], *, hide_names: bool | None, hide_case: bool
) -> "Receipt":
    """Select in the record, or in the content that stays beside a detached one."""
    from dataclasses import replace

    from liuhen.core.content_check import COMMITMENT_PATH
    from liuhen.core.pointer import to_pointer
    from liuhen.core.selection import is_shown, select

    if receipt.content is None:
        rows = select(receipt.rows, pointers, hide_names=hide_names, hide_case=hide_case)
        return replace(receipt, rows=rows)
    content = select(receipt.content, pointers, hide_names=hide_names, hide_case=hide_case)
    both = [pointer for pointer in pointers if is_shown(pointer, receipt.rows)]
    rows = select(receipt.rows, [to_pointer(COMMITMENT_PATH), *both], hide_case=hide_case)
    return replace(receipt, rows=rows, content=content)
