"""The chain through one node, with web3.py.

How calls are made, and how long they may take, is in `node_calls.py`.

Whatever goes wrong is `Unavailable`, or `NodeRefused` where the node itself says so, and the text
names the node's host only: the libraries below put the whole URL, credentials and all, into theirs.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, cast

from eth_typing import ChecksumAddress
from web3 import Web3
from web3.exceptions import (
    BlockNotFound,
    ContractLogicError,
    TransactionNotFound,
    Web3RPCError,
)
from web3.types import RPCEndpoint

from liuhen.adapters.chain.artefact_file import load_abi
from liuhen.adapters.chain.evidence import build_evidence
from liuhen.adapters.chain.node_calls import NodeCalls, host_of
from liuhen.core.chain_evidence import HEAD_ANCHORED, ChainEvidence
from liuhen.core.chain_view import AnchoredHead
from liuhen.core.errors import AuditError, Unavailable
from liuhen.core.json_number import MAX_SAFE_INTEGER
from liuhen.core.keccak import keccak256
from liuhen.core.merkle import EMPTY_ROOT, TreeHead
from liuhen.ports import Block, ChainIdentity, ChainTarget, MinedIn, NodeRefused, TxReceipt

_WORD: Final = 32
_NO_EVENT: Final = -1
_MESSAGE_LETTERS: Final = 200
_MOST_WEI: Final = 2**256 - 1


@dataclass(frozen=True, slots=True)
class Finality:
    """When a block is final.

    Attributes:
        depth: Blocks that must stand on it; 1 for a development chain.
        follow_tag: Also wait for the node's `finalized` block. Where it is the newest one, or the
            node does not know the tag, the depth alone decides.
    """

    depth: int
    follow_tag: bool = False


class Web3Chain:
    """A `Chain`: one node, one contract and log, one rule of finality. For one thread."""

    def __init__(
        self,
        url: str,
        target: ChainTarget,
        finality: Finality,
        *,
        call_seconds: float = 10.0,
    ) -> None:
        """Prepare to talk to a node; nothing is sent yet.

        Args:
            url: http or https URL of the node.
            target: Contract and log.
            finality: When a block counts as final.
            call_seconds: Time allowed to one call of the node as a whole.
        """
        self.target = target
        self._web3 = connect(url, call_seconds)
        self._host = host_of(url)
        self._finality, self._knows_tag = finality, False
        self._address = Web3.to_checksum_address(target.contract)
        self._views = self._web3.eth.contract(address=self._address, abi=load_abi()).functions

    def identity(self) -> ChainIdentity:
        """Return what the node says it is, and whose log this is."""
        genesis = self.block(0)
        if genesis is None:
            raise Unavailable(f"node {self._host} knows no block 0")
        with asking(self._host, "for chain id and code"):
            chain_id = self._number(self._web3.eth.chain_id)
            code = bytes(self._web3.eth.get_code(self._address))
        publisher, signer = self._keys() if code else (bytes(20), bytes(20))
        return ChainIdentity(chain_id, genesis.hash, keccak256(code), publisher, signer)

    def block(self, number: int) -> Block | None:
        """Return the block that stands at a height now; None if there is none."""
        found = self._block(number)
        if found is not None and found.number != number:
            raise Unavailable(f"node {self._host} answers with another block")
        return found

    def newest_block(self) -> Block:
        """Return the newest block."""
        found = self._block("latest")
        if found is None:
            raise Unavailable(f"node {self._host} knows no newest block")
        return found

    def final_block(self) -> Block | None:
        """Return the newest block that is final; block 0 always is, its hash is pinned."""
        final = max(0, self.newest_block().number - self._finality.depth)
        if self._finality.follow_tag:
            final = min(final, self._tagged_final(final))
        return self.block(final)

    def _tagged_final(self, otherwise: int) -> int:
        """Return the height of the block tagged final; 0 before there is one.

        A node that refuses the tag has none, unless it has answered it before.
        """
        try:
            tagged = self._block("finalized")
        except NodeRefused:
            if self._knows_tag:
                raise
            return otherwise
        self._knows_tag = True
        return 0 if tagged is None else tagged.number

    def anchored_head(self) -> TreeHead:
        """Return the log's head in the contract; size 0 before the first."""
        with asking(self._host, "for the newest anchored head"):
            size, root, _, number = self._views.latest(self.target.log_id).call()
            return TreeHead(size, bytes(root)) if number else TreeHead(0, EMPTY_ROOT)

    def head_at(self, size: int) -> AnchoredHead | None:
        """Return the head that the contract keeps for exactly this size."""
        with asking(self._host, "for an anchored head"):
            root, time, number = self._views.headAt(self.target.log_id, size).call()
            return AnchoredHead(bytes(root), number, time) if number else None

    def find_anchoring(self, size: int) -> MinedIn | None:
        """Return where the event stands that anchored this size, whoever sent the tx."""
        kept = self.head_at(size)
        if kept is None:
            return None
        topics = [HEAD_ANCHORED, self.target.log_id, size.to_bytes(_WORD, "big")]
        query = {
            "address": self._address,
            "topics": ["0x" + topic.hex() for topic in topics],
            "fromBlock": hex(kept.block),
            "toBlock": hex(kept.block),
        }
        with asking(self._host, "for the event of an anchor"):
            events = self._web3.eth.get_logs(cast("Any", query))
            tx_hash = bytes(events[0]["transactionHash"]) if events else None
        # Whoever sent the tx may have anchored several sizes in it, one after the other.
        found = None if tx_hash is None else self._tx_receipt(tx_hash, size)
        if found is None or not found.succeeded or found.anchored is None:
            return None
        return found.mined_in

    def evidence(self, place: MinedIn) -> ChainEvidence | None:
        """Return the evidence that a block holds the tx at a place.

        Receipt by receipt, because not every node can give those of a whole block at once.
        """
        with asking(self._host, "for chain evidence"):
            block = self._raw("eth_getBlockByNumber", [hex(place.number), False])
            found = [
                self._raw("eth_getTransactionReceipt", [tx_hash])
                for tx_hash in block["transactions"]
            ]
            return build_evidence(block, found, place.tx_index, place.log_position)

    def next_nonce(self, sender: bytes) -> int:
        """Return the number of mined txs of the sender."""
        with asking(self._host, "for a nonce"):
            count = self._web3.eth.get_transaction_count(_checksum(sender), "latest")
            return self._number(count)

    def balance_wei(self, sender: bytes) -> int:
        """Return what the sender's account holds."""
        with asking(self._host, "for a balance"):
            return self._number(self._web3.eth.get_balance(_checksum(sender), "latest"), _MOST_WEI)

    def tip_wei(self) -> int:
        """Return the priority fee per gas that the node suggests."""
        with asking(self._host, "for a priority fee"):
            try:
                return self._number(int(self._raw("eth_maxPriorityFeePerGas", []), 16))
            except Web3RPCError:
                price = self._number(self._web3.eth.gas_price)  # not every node has the other
        return max(0, price - self.newest_block().base_fee_wei)

    def send(self, raw_tx: bytes) -> None:
        """Hand a signed tx to the node. An error leaves open whether it was taken."""
        with asking(self._host, "to take a tx"):
            self._web3.eth.send_raw_transaction(raw_tx)

    def tx_receipt(self, tx_hash: bytes) -> TxReceipt | None:
        """Return what became of a tx, or None if it is not in a block now."""
        return self._tx_receipt(tx_hash)

    def _tx_receipt(self, tx_hash: bytes, size: int | None = None) -> TxReceipt | None:
        """Do the same for a tx known to anchor this size, perhaps beside others."""
        with asking(self._host, "for a tx receipt"):
            try:
                found = self._web3.eth.get_transaction_receipt(cast("Any", tx_hash))
            except TransactionNotFound:
                return None
            number = self._number(found["blockNumber"])
        block = self.block(number)
        # The time is in the block, not in the receipt; between the two questions the chain may
        # have moved the tx elsewhere.
        if block is None or block.hash != bytes(found["blockHash"]):
            return None
        with asking(self._host, "for a tx receipt"):
            return self._read_receipt(cast("Mapping[str, Any]", found), block, size)

    def mine(self) -> None:
        """Ask a development chain for one more block."""
        with asking(self._host, "for a new block"):
            self._raw("evm_mine", [])

    def _raw(self, method: str, params: list[object]) -> Any:  # noqa: ANN401 -- JSON as it comes
        return self._web3.manager.request_blocking(RPCEndpoint(method), params)

    def _keys(self) -> tuple[bytes, bytes]:
        with asking(self._host, "for the log's keys"):
            _, publisher, signer, _ = self._views.logOf(self.target.log_id).call()
            return _bytes20(publisher), _bytes20(signer)

    def _block(self, position: int | str) -> Block | None:
        with asking(self._host, "for a block"):
            try:
                found = self._web3.eth.get_block(cast("Any", position))
            except BlockNotFound:
                return None
            return Block(
                number=self._number(found["number"]),
                hash=bytes(found["hash"]),
                time=self._number(found["timestamp"]),
                base_fee_wei=self._number(found.get("baseFeePerGas", 0)),
            )

    def _number(self, value: object, most: int = MAX_SAFE_INTEGER) -> int:
        """Read a number; one beyond 2^53 - 1 has no place in a record, and is nobody's height."""
        if type(value) is not int or not 0 <= value <= most:
            raise Unavailable(f"node {self._host} answers with an impossible number")
        return value

    def _read_receipt(self, found: Mapping[str, Any], block: Block, size: int | None) -> TxReceipt:
        position, head = self._find_event(found["logs"], size)
        mined_in = MinedIn(
            number=block.number,
            hash=block.hash,
            time=block.time,
            tx_index=self._number(found["transactionIndex"]),
            log_position=position,
        )
        price = self._number(found["effectiveGasPrice"], _MOST_WEI)
        fee = self._number(found["gasUsed"]) * price
        return TxReceipt(self._number(found["status"]) == 1, mined_in, head, fee)

    def _find_event(
        self, events: list[Mapping[str, Any]], size: int | None
    ) -> tuple[int, TreeHead | None]:
        """Find `HeadAnchored` of our contract and log, for this size or any, in one tx."""
        for position, event in enumerate(events):
            topics = [bytes(topic) for topic in event["topics"]]
            ours = _bytes20(event["address"]) == self.target.contract
            if not ours or topics[:2] != [HEAD_ANCHORED, self.target.log_id]:
                continue
            head = TreeHead(int.from_bytes(topics[2], "big"), bytes(event["data"]))
            if size in (None, head.size):
                return position, head
        return _NO_EVENT, None


@contextmanager
def asking(host: str, what: str) -> Iterator[None]:
    """Turn every foreign exception into `Unavailable`; errors of ours pass."""
    try:
        yield
    except AuditError:
        raise
    except (Web3RPCError, ContractLogicError) as error:
        raise NodeRefused(f"node {host}, asked {what}: {_reason(error)}") from None
    # The ABI decoder and plain attribute errors over an odd answer all mean one thing here: the
    # node has told us nothing. The cause is cut off because its text, and so every printed
    # traceback, may have the URL with the credentials in it.
    except Exception as error:  # noqa: BLE001
        raise Unavailable(f"node {host}, asked {what}: {_reason(error)}") from None


def connect(url: str, call_seconds: float = 10.0) -> Web3:
    """Return a web3 whose calls end in time and are never made twice."""
    # No middleware: its validation refuses the long `extraData` of consortium chains.
    return Web3(NodeCalls(url, call_seconds), middleware=[])


def _reason(error: Exception) -> str:
    """Return the node's own words if it gave any, else only the kind of failure."""
    if isinstance(error, Web3RPCError) and error.rpc_response:
        refusal: object = error.rpc_response.get("error")
        if isinstance(refusal, dict):
            return str(refusal.get("message"))[:_MESSAGE_LETTERS]
    return type(error).__name__


def _checksum(account: bytes) -> ChecksumAddress:
    return Web3.to_checksum_address(account)


def _bytes20(address: str) -> bytes:
    return bytes.fromhex(address.removeprefix("0x"))
