"""The chain's nodes of the settings: for whoever follows the chain, and for whoever asks once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from liuhen.adapters.chain.endpoint import PinnedChain
from liuhen.adapters.chain.node_calls import host_of
from liuhen.adapters.chain.several_nodes import SeveralNodes
from liuhen.adapters.chain.web3_chain import Finality, Web3Chain
from liuhen.adapters.rpc import RpcNode
from liuhen.app.tell import Tell, tell_nobody
from liuhen.core.chain_view import ChainQuestion, NodeAnswer, NodeReport
from liuhen.core.policy import ChainKind, TrustPolicy
from liuhen.ports import ChainTarget
from liuhen.wiring.settings import Settings


def chain_target(policy: TrustPolicy) -> ChainTarget:
    """Return where heads of the log are anchored."""
    return ChainTarget(policy.chain.id, policy.contract, policy.log_id)


def open_chain(
    settings: Settings,
    policy: TrustPolicy,
    tell: Tell = tell_nobody,
    urls: Sequence[str] = (),
) -> SeveralNodes:
    """Return the chain, for one thread.

    Args:
        settings: The settings.
        policy: Of the log.
        tell: Takes what the operator should know of the nodes.
        urls: Nodes to ask in place of those in the settings.
    """
    target, chain = chain_target(policy), policy.chain
    # The tag of a development chain may lag far behind, and nobody else builds on that chain.
    follow_tag = chain.kind is not ChainKind.DEVELOPMENT
    finality = Finality(chain.finality_depth, follow_tag=follow_tag)
    seconds = settings.rpc_timeout_seconds
    return SeveralNodes(
        [
            (host_of(url), Web3Chain(url, target, finality, call_seconds=seconds))
            for url in urls or settings.rpc_urls
        ],
        PinnedChain(chain.id, chain.genesis, policy.code_hash),
        chain.finality_depth,
        tell,
    )


def ask_nodes(settings: Settings) -> Callable[[ChainQuestion], Sequence[NodeReport]]:
    """Return a way to ask all our nodes at once; each question has connections of its own.

    Those that answer must agree. One that is silent hinders nobody as long as another answers: it
    is the operator's node, and whoever does not believe the operator asks nodes of his own.
    """

    def ask(question: ChainQuestion) -> Sequence[NodeReport]:
        def ask_one(url: str) -> NodeReport:
            seconds = settings.rpc_timeout_seconds
            node = RpcNode(url, seconds, ask_seconds=seconds)
            try:
                return node.ask(question)
            finally:
                node.close()

        with ThreadPoolExecutor(len(settings.rpc_urls)) as pool:
            reports = list(pool.map(ask_one, settings.rpc_urls))
        return [report for report in reports if isinstance(report, NodeAnswer)] or reports

    return ask
