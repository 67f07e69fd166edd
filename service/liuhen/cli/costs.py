"""Telling what a call of the contract costs, before it is sent."""

from typing import TYPE_CHECKING, Annotated

import typer

from liuhen.cli.language import Language

if TYPE_CHECKING:
    from liuhen.adapters.chain.tx_sender import Estimate

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Try it and say what it costs; change and send nothing.")
]


def tell_cost(estimate: "Estimate", language: Language = Language.EN) -> None:
    """Print what a call costs, beside the answer."""
    from liuhen.cli import fork_words, talk

    text = fork_words.COST.in_language(language)
    talk.warn(
        text.format(
            call=estimate.call,
            likely=amount(estimate.likely_wei),
            most=amount(estimate.most_wei),
            gas=estimate.gas,
            gas_limit=estimate.gas_limit,
        )
    )


def amount(wei: int) -> str:
    """Print an amount in a unit that suits it."""
    gwei = wei // 10**9
    return f"{gwei} gwei" if gwei else f"{wei} wei"
