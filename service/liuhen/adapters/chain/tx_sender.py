"""An account that sends txs one at a time, and waits for each. Everything here spends gas.

No tx is sent while another of the account is under way: so a run that was killed after sending is
continued by the next, which waits, looks at what came of it, and sends nothing twice.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from web3 import Web3
from web3.exceptions import TransactionNotFound, Web3RPCError
from web3.types import RPCEndpoint

from liuhen.adapters.chain.call_tx import CallTx, call_digest, signed_call
from liuhen.adapters.chain.node_calls import host_of
from liuhen.adapters.chain.refusal import refusal_of
from liuhen.adapters.chain.web3_chain import asking, connect
from liuhen.adapters.signing.secp256k1 import DigestKey
from liuhen.core.errors import AnchorMismatch, Unavailable
from liuhen.ports import NodeRefused

_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a call costs.

    Attributes:
        call: Name of the contract's function.
        gas: Gas that it takes now, by the node's estimate.
        gas_limit: Gas that it may take.
        fee_wei: Fee per gas now.
        max_fee_wei: Largest fee per gas that is offered.
    """

    call: str
    gas: int
    gas_limit: int
    fee_wei: int
    max_fee_wei: int

    @property
    def likely_wei(self) -> int:
        """What it costs now."""
        return self.gas * self.fee_wei

    @property
    def most_wei(self) -> int:
        """What it can cost at most."""
        return self.gas_limit * self.max_fee_wei


class TxSender:
    """An account on one chain, through one node. For one thread."""

    def __init__(self, url: str, key: DigestKey, *, wait_seconds: float = 60.0) -> None:
        """Prepare; nothing is sent yet.

        Args:
            url: http or https URL of a node.
            key: The account's key.
            wait_seconds: Time allowed for a tx to be mined.
        """
        self.web3, self.host = connect(url), host_of(url)
        self.address = key.address
        self._key, self._wait_seconds = key, wait_seconds

    def nonce(self, at: str = "latest") -> int:
        """Return how many txs of the account are mined; with `pending`, sent."""
        with asking(self.host, "for a nonce"):
            account = Web3.to_checksum_address(self.address)
            return int(self.web3.eth.get_transaction_count(account, cast("Any", at)))

    def balance_wei(self, account: bytes) -> int:
        """Return what an account holds."""
        with asking(self.host, "for a balance"):
            return int(self.web3.eth.get_balance(Web3.to_checksum_address(account)))

    def settle(self) -> None:
        """Wait until no tx of the account is under way.

        Raises:
            Unavailable: One still is, or the node does not answer.
        """
        self._wait(
            lambda: self.nonce("pending") <= self.nonce(),
            f"a tx of 0x{self.address.hex()} is under way and not mined yet; run this again later",
        )

    def simulate(self, to: bytes, data: bytes, gas: int) -> None:
        """Have the node try a call; nothing is sent.

        Raises:
            ContractRefused: The contract would refuse it.
            Unavailable: The node does not answer, or refuses for reasons of its own.
        """
        self._ask("eth_call", [self._request(to, data, gas), "latest"])

    def estimate(self, name: str, to: bytes, data: bytes, gas_limit: int) -> Estimate:
        """Return what a call costs now, and at most; errors as `simulate`."""
        answer = self._ask("eth_estimateGas", [self._request(to, data, gas_limit)])
        base, tip = self._fees()
        with asking(self.host, "for an estimate"):
            return Estimate(name, int(answer, 16), gas_limit, base + tip, 2 * base + tip)

    def send(self, to: bytes, data: bytes, gas: int) -> None:
        """Send a tx and wait until it is mined; the caller looks at what it did.

        Args:
            to: The contract, 20 bytes; empty to make one.
            data: The call.
            gas: Gas it may use.

        Raises:
            AnchorMismatch: It was mined and refused.
            Unavailable: It was not taken, or is not mined in time.
        """
        nonce, (base, tip) = self.nonce(), self._fees()
        with asking(self.host, "for its chain id"):
            chain_id = int(self.web3.eth.chain_id)
        tx = CallTx(chain_id, nonce, tip, 2 * base + tip, gas, to, data)
        raw, tx_hash = signed_call(tx, self._key.sign_digest(call_digest(tx)))
        try:
            with asking(self.host, "to take a tx"):
                self.web3.eth.send_raw_transaction(raw)
        except NodeRefused:
            if not self._is_known(tx_hash):
                raise
        waiting = f"tx 0x{tx_hash.hex()} is not mined yet; run this again later"
        self._wait(lambda: self._is_mined(tx_hash), waiting)

    def _fees(self) -> tuple[int, int]:
        """Return base fee and priority fee per gas."""
        with asking(self.host, "for fees"):
            base = int(self.web3.eth.get_block("latest").get("baseFeePerGas", 0))
            try:
                return base, int(self.web3.eth.max_priority_fee)
            except Web3RPCError:  # not every node has it
                return base, max(0, int(self.web3.eth.gas_price) - base)

    def _request(self, to: bytes, data: bytes, gas: int) -> dict[str, str]:
        hexed = {"from": self.address, "to": to, "data": data}
        return {**{name: "0x" + value.hex() for name, value in hexed.items()}, "gas": hex(gas)}

    def _ask(self, method: str, params: list[object]) -> str:
        answer: Any = self.web3.provider.make_request(RPCEndpoint(method), params)
        if isinstance(answer.get("result"), str):
            return str(answer["result"])
        refusal = refusal_of(answer.get("error"))
        if refusal is not None:
            raise refusal
        message = answer["error"].get("message") if isinstance(answer.get("error"), dict) else None
        raise NodeRefused(f"node {self.host}, asked to try a call: {str(message)[:200]}")

    def _wait(self, is_over: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + self._wait_seconds
        while not is_over():
            if time.monotonic() > deadline:
                raise Unavailable(otherwise)
            time.sleep(_POLL_SECONDS)

    def _is_known(self, tx_hash: bytes) -> bool:
        with asking(self.host, "for a tx"):
            try:
                self.web3.eth.get_transaction(cast("Any", tx_hash))
            except TransactionNotFound:
                return False
            return True

    def _is_mined(self, tx_hash: bytes) -> bool:
        with asking(self.host, "for a tx receipt"):
            try:
                found = self.web3.eth.get_transaction_receipt(cast("Any", tx_hash))
            except TransactionNotFound:
                return False
            if int(found["status"]) != 1:
                raise AnchorMismatch(f"tx 0x{tx_hash.hex()} was mined and refused")
            return True
