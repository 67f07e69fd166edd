"""How anchoring stands, as lines and tables for a person, or as JSON."""

import io
import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from liuhen.app.describe_anchor import describe_anchor, describe_life, moment_text
from liuhen.cli import anchor_words, exits, talk
from liuhen.cli.language import Language
from liuhen.cli.words import Pair

if TYPE_CHECKING:
    from liuhen.core.canonical import JsonObject, JsonValue
    from liuhen.wiring.anchor_status import AnchorLife, AnchorStatus

SCHEMA: Final = "anchor-status/v1"
_WIDE: Final = 160


def exit_code(status: "AnchorStatus") -> int:
    """Return the exit code of one log's answer."""
    if status.chain.trouble is not None:
        code = exits.of_error(status.chain.trouble)
        return code if code == exits.DIFFERENT else exits.COULD_NOT_CHECK
    return exits.WAITING if status.is_held_up else exits.MATCH


class AnchorReport:
    """Prints answers."""

    def __init__(self, language: Language, *, json: bool) -> None:
        """Take how to print."""
        self._language, self._json = language, json

    def status(self, status: "AnchorStatus") -> None:
        """Print how anchoring of a log stands."""
        if self._json:
            talk.say_json(_to_json(status))
            return
        talk.say(self._say(anchor_words.SENTENCES[exit_code(status)], log=status.log), "bold")
        for line in self._lines(status):
            talk.say(line)
        talk.say()
        if status.newest:
            rows = [self._anchor_row(life) for life in status.newest]
            self._table(anchor_words.ANCHOR_COLUMNS, rows)

    def life(self, log: str, life: "AnchorLife") -> None:
        """Print the whole life of an anchor."""
        from liuhen.adapters.clock import SystemClock

        told = describe_life(life.anchor, life.attempts, log, SystemClock().now())
        if self._json:
            talk.say_json({"schema": SCHEMA, **told})
            return
        known = {**told, "state": self._state(str(told["state"]))}
        talk.say(self._say(anchor_words.LIFE, **known))
        rows = [
            [
                str(attempt.nonce),
                self._state(attempt.state),
                moment_text(attempt.created_at),
                "" if attempt.mined_in is None else str(attempt.mined_in.number),
                str(attempt.max_fee_wei),
                "" if attempt.fee_wei is None else str(attempt.fee_wei),
                "0x" + attempt.tx_hash.hex(),
            ]
            for attempt in life.attempts
        ]
        if rows:
            self._table(anchor_words.ATTEMPT_COLUMNS, rows)

    def _lines(self, status: "AnchorStatus") -> Iterator[str]:
        sizes, chain = status.sizes, status.chain
        yield self._say(
            anchor_words.SIZES,
            size=sizes.size,
            anchored_size=sizes.anchored_size,
            final_size=sizes.final_size,
        )
        if sizes.oldest is None:
            yield self._say(anchor_words.NOTHING_WAITS)
        else:
            yield self._say(
                anchor_words.OLDEST,
                index=sizes.oldest.entry_index,
                at=moment_text(sizes.oldest.recorded_at),
                seconds=int(status.waited_seconds),
                overdue=int(status.overdue_seconds),
            )
        for life in status.under_way:
            yield from self._under_way(status, life)
        if chain.trouble is not None:
            yield self._say(anchor_words.TROUBLE, why=chain.trouble)
        if chain.shortage is not None:
            facts = ", ".join(f"{name} {fact}" for name, fact in chain.shortage.facts.items())
            yield self._say(anchor_words.SHORTAGE, why=f"{chain.shortage.event} ({facts})")
        if chain.balance_wei is not None:
            yield self._say(anchor_words.BALANCE, wei=chain.balance_wei)
        for node in chain.nodes:
            condition = self._say(anchor_words.CONDITIONS[node.condition])
            height = "-" if node.height is None else node.height
            yield self._say(anchor_words.NODE, node=node.host, condition=condition, height=height)

    def _under_way(self, status: "AnchorStatus", life: "AnchorLife") -> Iterator[str]:
        anchor = life.anchor
        yield self._say(
            anchor_words.UNDER_WAY,
            id=anchor.anchor_id,
            size=anchor.head.size,
            state=self._state(anchor.state),
            attempts=len(life.attempts),
            fee=sum(attempt.fee_wei or 0 for attempt in life.attempts),
            age=max(0, int((status.now - anchor.created_at).total_seconds())),
        )
        missing = status.blocks_missing(anchor)
        if missing is not None:
            yield self._say(anchor_words.BLOCKS_MISSING, blocks=missing)

    def _anchor_row(self, life: "AnchorLife") -> list[str]:
        anchor = life.anchor
        return [
            str(anchor.anchor_id),
            str(anchor.head.size),
            self._state(anchor.state),
            moment_text(anchor.created_at),
            "" if anchor.mined_in is None else str(anchor.mined_in.number),
            str(len(life.attempts)),
            str(sum(attempt.fee_wei or 0 for attempt in life.attempts)),
            str(anchor.reorgs),
        ]

    def _table(self, columns: Sequence[Pair], rows: Sequence[Sequence[str]]) -> None:
        """Print a table as wide as the terminal; elsewhere wide enough for all of it."""
        from rich.box import SIMPLE
        from rich.console import Console
        from rich.table import Table

        table = Table(box=SIMPLE, pad_edge=False)
        for column in columns:
            table.add_column(self._say(column), overflow="fold")
        for row in rows:
            table.add_row(*row)
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDE
        text = io.StringIO()
        Console(file=text, width=width, markup=False, highlight=False, emoji=False).print(table)
        for line in text.getvalue().splitlines():
            if line.strip():
                talk.say(line.rstrip())

    def _state(self, state: str) -> str:
        return self._say(anchor_words.STATES[state])

    def _say(self, pair: Pair, **facts: object) -> str:
        return pair.in_language(self._language).format(**facts)


def _to_json(status: "AnchorStatus") -> "JsonObject":
    def described(lives: Sequence["AnchorLife"]) -> "list[JsonValue]":
        return [
            describe_anchor(each.anchor, each.attempts, status.log, status.now) for each in lives
        ]

    sizes, chain = status.sizes, status.chain
    under_way: list[JsonValue] = [
        {
            **describe_life(each.anchor, each.attempts, status.log, status.now),
            "blocks_missing": status.blocks_missing(each.anchor),
        }
        for each in status.under_way
    ]
    nodes: list[JsonValue] = [
        {"node": node.host, "condition": str(node.condition), "height": node.height}
        for node in chain.nodes
    ]
    return {
        "schema": SCHEMA,
        "log": status.log,
        "size": sizes.size,
        "anchored_size": sizes.anchored_size,
        "final_size": sizes.final_size,
        "unanchored": sizes.unanchored,
        "oldest_unanchored_index": None if sizes.oldest is None else sizes.oldest.entry_index,
        "oldest_unanchored_seconds": int(status.waited_seconds),
        "overdue_seconds": int(status.overdue_seconds),
        "under_way": under_way,
        "newest": described(status.newest),
        "trouble": None if chain.trouble is None else str(chain.trouble),
        "trouble_code": None if chain.trouble is None else chain.trouble.code,
        "shortage": None if chain.shortage is None else chain.shortage.event,
        "balance_wei": None if chain.balance_wei is None else str(chain.balance_wei),
        "height": chain.height,
        "final_height": chain.final_height,
        "nodes": nodes,
    }
