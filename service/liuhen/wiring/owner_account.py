"""An account that changes a log in its contract, and waits until the change is final.

What it does is told by the contract itself. So a run that was killed at any point is run again: it
waits for the tx that is under way, looks whether the change is there, and calls only if it is not.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from liuhen.adapters.chain.log_view import At
from liuhen.adapters.chain.owner_calls import Call, OwnerCalls
from liuhen.adapters.chain.tx_sender import Estimate, TxSender
from liuhen.adapters.chain.web3_chain import Finality, Web3Chain
from liuhen.adapters.keys_file import forms_of
from liuhen.adapters.signing.secp256k1 import DigestKey
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.core.policy import ChainKind, TrustPolicy
from liuhen.wiring.log_places import LogPlace
from liuhen.wiring.nodes import chain_target
from liuhen.wiring.settings import Settings
from liuhen.wiring.signers import OWNER, open_key, open_key_file

_MINED_SECONDS: Final = 300.0
_FINAL_SECONDS: Final = 3600.0
_POLL_SECONDS: Final = 0.5

TellCost = Callable[[Estimate], None]
"""Is told what a call costs before it is sent."""


class OwnerAccount:
    """An account, a log in its contract, and a node of the policy's chain. For one thread."""

    def __init__(
        self,
        calls: OwnerCalls,
        chain: Web3Chain,
        *,
        development: bool,
        tell: TellCost,
        final_seconds: float = _FINAL_SECONDS,
    ) -> None:
        """Join the parts.

        Args:
            calls: The contract, through the account.
            chain: The same node; says when a block is final.
            development: The chain is ours and makes blocks on request.
            tell: Is told what a call costs.
            final_seconds: Time allowed for a block to become final.
        """
        self.calls, self._chain, self._development = calls, chain, development
        self._tell, self._final_seconds = tell, final_seconds

    @property
    def address(self) -> bytes:
        """The account."""
        return self.calls.sender.address

    def tell(self, call: Call) -> None:
        """Try a call without sending it, and tell what it costs.

        Raises:
            ContractRefused: The contract would refuse it.
            Unavailable: The node does not answer.
        """
        self._tell(self.calls.estimate(call))

    def bring_about(self, call: Call, is_done: Callable[[At], bool]) -> None:
        """Call unless it is done, and wait until that is final.

        Args:
            call: The call.
            is_done: Looks at the contract as of a block, whether it has done what it shall.

        Raises:
            ContractRefused: The contract would refuse it; nothing was sent.
            AnchorMismatch: It was mined and refused.
            Unavailable: The node does not answer, or it takes too long: run it again.
        """
        self.send(call, is_done)
        self.wait_final(is_done)

    def send(self, call: Call, is_done: Callable[[At], bool]) -> None:
        """Call unless it is done; errors as `bring_about`."""
        self.calls.sender.settle()
        if not is_done("latest"):
            self.tell(call)
            self.calls.send(call)

    def wait_final(self, is_true: Callable[[At], bool]) -> None:
        """Wait until what the contract says now is final.

        Raises:
            Unavailable: It takes too long, or the chain took it back meanwhile.
        """
        since = self._chain.newest_block()
        if not is_true(since.number):
            raise Unavailable("the chain has taken it back, or the node is behind: run this again")
        deadline = time.monotonic() + self._final_seconds
        while (final := self._chain.final_block()) is None or final.number < since.number:
            if time.monotonic() > deadline:
                raise Unavailable("it is mined and not final yet: run this again later")
            if self._development:
                self._chain.mine()
            else:
                time.sleep(_POLL_SECONDS)
        now = self._chain.block(since.number)
        if now is None or now.hash != since.hash:
            raise Unavailable("the chain was reorganised meanwhile: run this again")


def open_account(
    policy: TrustPolicy, urls: Sequence[str], key: DigestKey, tell: TellCost
) -> OwnerAccount:
    """Return an account, at the first of the nodes that answers.

    Args:
        policy: The log's trust policy.
        urls: Nodes of the chain, the preferred one first.
        key: The account's key.
        tell: Is told what a call costs before it is sent.

    Raises:
        HistoryMismatch: A node is on another chain, or there is another contract.
        Unavailable: None answers.
    """
    trusted, target = policy.chain, chain_target(policy)
    development = trusted.kind is ChainKind.DEVELOPMENT
    finality = Finality(trusted.finality_depth, follow_tag=not development)
    silence = Unavailable("name a node of the chain")
    for url in urls:
        chain = Web3Chain(url, target, finality)
        try:
            found = chain.identity()
        except Unavailable as error:
            silence = error
            continue
        pinned = (trusted.id, trusted.genesis, policy.code_hash)
        if (found.chain_id, found.genesis_hash, found.code_hash) != pinned:
            raise HistoryMismatch(
                "the node is on another chain than the policy's, or another contract is at the"
                " policy's address: check the RPC address"
            )
        calls = OwnerCalls(TxSender(url, key, wait_seconds=_MINED_SECONDS), target)
        return OwnerAccount(calls, chain, development=development, tell=tell)
    raise silence


def find_owner(settings: Settings, place: LogPlace, named: Path | None) -> DigestKey:
    """Return the owner's key: of the file that was named, else beside the log's keys.

    Raises:
        Unavailable: There is none, or it cannot be used.
    """
    if named is not None:
        return open_key_file(named)
    folders = dict.fromkeys((place.keys_dir, settings.keys_dir))
    for folder in folders:
        if forms_of(folder, OWNER):
            return open_key(folder, OWNER)
    looked = " nor ".join(str(folder) for folder in folders)
    raise Unavailable(f"there is no key of the log's owner in {looked}: name it with --owner-key")
