"""What the contract says of one log, now or as of a block."""

from typing import Any, Final, Literal, NamedTuple

from eth_typing import HexStr
from web3 import Web3

from liuhen.adapters.chain.artefact_file import load_abi
from liuhen.adapters.chain.web3_chain import asking
from liuhen.core.keccak import keccak256
from liuhen.core.log_standing import ForkMark
from liuhen.core.merkle import EMPTY_ROOT, TreeHead
from liuhen.ports import ChainTarget

At = int | Literal["latest"]
"""A block's number, or the newest block."""

_KEY_SET: Final = keccak256(b"KeySet(bytes32,uint8,bytes32,uint64)")
_LOG_KEY_ROLE: Final = 2
_WORD: Final = 32


class Closing(NamedTuple):
    """How a log ended.

    Attributes:
        final_size: No larger tree is anchored.
        successor: The log that goes on in its place, 32 bytes; zero if there is none.
    """

    final_size: int
    successor: bytes


class LogView:
    """One log in one contract, through one node. For one thread."""

    def __init__(self, web3: Web3, host: str, target: ChainTarget) -> None:
        """Prepare; nothing is asked yet.

        Args:
            web3: The node.
            host: How to name it.
            target: Contract and log.
        """
        self.target, self._web3, self._host = target, web3, host
        address = Web3.to_checksum_address(target.contract)
        self.contract = web3.eth.contract(address=address, abi=load_abi())

    def keys(self, at: At = "latest") -> tuple[bytes, bytes, bytes]:
        """Return owner, publisher and signer; zero for a log that is not known."""
        owner, publisher, signer, _ = self._view("logOf", at)
        return _bytes20(owner), _bytes20(publisher), _bytes20(signer)

    def signers(self, at: At = "latest") -> list[tuple[bytes, int]]:
        """Return every key that signs heads, and the first size that each is good for."""
        return [(_bytes20(signer), int(first)) for signer, first in self._view("signersOf", at)]

    def proposed_owner(self, at: At = "latest") -> bytes:
        """Return the account that the log is offered to; zero if none."""
        return _bytes20(self._view("proposedOwnerOf", at))

    def closing(self, at: At = "latest") -> Closing | None:
        """Return how the log ended; None if it has not."""
        final_size, successor, block = self._view("closingOf", at)
        return Closing(int(final_size), bytes(successor)) if block else None

    def mark(self, at: At = "latest") -> ForkMark | None:
        """Return the mark of the log; None if it has none."""
        signer, size, root, other, block = self._view("markOf", at)
        if not block:
            return None
        return ForkMark(_bytes20(signer), int(size), bytes(root), bytes(other), int(block))

    def latest(self, at: At = "latest") -> TreeHead:
        """Return the head anchored last; size 0 before the first."""
        size, root, _, block = self._view("latest", at)
        return TreeHead(int(size), bytes(root)) if block else TreeHead(0, EMPTY_ROOT)

    def root_at(self, size: int) -> bytes | None:
        """Return the root hash anchored at exactly this size."""
        with asking(self._host, "for an anchored head"):
            found = self.contract.functions.headAt(self.target.log_id, size).call()
            return bytes(found[0]) if found[2] else None

    def is_on_record(self, key_hash: bytes, from_size: int) -> bool:
        """Return whether the owner has put this Ed25519 key on record."""
        role = _LOG_KEY_ROLE.to_bytes(_WORD)
        topics = [HexStr("0x" + topic.hex()) for topic in (_KEY_SET, self.target.log_id, role)]
        with asking(self._host, "for keys on record"):
            address = self.contract.address
            found = self._web3.eth.get_logs(
                {"address": address, "topics": topics, "fromBlock": 0, "toBlock": "latest"}
            )
            wanted = key_hash + from_size.to_bytes(_WORD)
            return any(bytes(event["data"]) == wanted for event in found)

    def _view(self, name: str, at: At) -> Any:  # noqa: ANN401 -- as the ABI decodes it
        with asking(self._host, f"for {name}"):
            view = self.contract.functions[name](self.target.log_id)
            return view.call(block_identifier=at)


def _bytes20(address: str) -> bytes:
    return bytes.fromhex(address.removeprefix("0x"))
