"""The nodes of the chain that the caller names with --rpc."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from liuhen.adapters.rpc import RpcNode
    from liuhen.core.chain_view import ChainQuestion, NodeReport


RpcUrls = Annotated[
    list[str] | None,
    typer.Option(
        "--rpc",
        help="URL of a node of the chain; again for more nodes, which must agree.",
        metavar="URL",
    ),
]
"""`--rpc`, of every command that compares with the chain."""

AnyRpcUrl = Annotated[
    list[str] | None,
    typer.Option(
        "--rpc",
        help="URL of a node of the chain; again for others: the first that answers is used.",
        metavar="URL",
    ),
]
"""`--rpc`, of the commands that send something."""


def open_node(url: str) -> "RpcNode":
    """Prepare to ask a node; a URL that cannot be one is wrong usage."""
    from liuhen.adapters.rpc import RpcNode
    from liuhen.core.errors import Unavailable

    try:
        return RpcNode(url)
    except Unavailable as error:
        raise typer.BadParameter(str(error), param_hint="--rpc") from error


def ask_nodes(nodes: Sequence["RpcNode"], asked: "ChainQuestion") -> Sequence["NodeReport"]:
    """Ask all nodes at once: a silent one costs its own time-out, not everybody's."""
    from concurrent.futures import ThreadPoolExecutor

    if not nodes:
        return []
    with ThreadPoolExecutor(len(nodes)) as pool:
        return list(pool.map(lambda node: node.ask(asked), nodes))
