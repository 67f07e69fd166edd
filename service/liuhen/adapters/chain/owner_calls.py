"""What the contract lets people do to a log.

The owner appoints keys, hands the log over and ends it; anybody reports two signed histories. How
much gas a call may use is fixed here, well above what it takes.
"""

from collections.abc import Sequence
from typing import NamedTuple

from web3 import Web3

from liuhen.adapters.chain.log_view import LogView
from liuhen.adapters.chain.tx_sender import Estimate, TxSender
from liuhen.core.merkle import TreeHead
from liuhen.ports import ChainTarget


class Call(NamedTuple):
    """A call of the contract.

    Attributes:
        name: Of the function.
        data: Selector and arguments.
        gas: Gas that it may use.
    """

    name: str
    data: bytes
    gas: int


class SignedHead(NamedTuple):
    """A head and a signature over it, as the contract takes them.

    Attributes:
        head: The head.
        signature: r ‖ s ‖ v, 65 bytes.
    """

    head: TreeHead
    signature: bytes


class OwnerCalls(LogView):
    """One log in one contract, as an account sees it. For one thread."""

    def __init__(self, sender: TxSender, target: ChainTarget) -> None:
        """Prepare; nothing is sent yet.

        Args:
            sender: The account.
            target: Contract and log.
        """
        super().__init__(sender.web3, sender.host, target)
        self.sender = sender

    # What there is to call

    def set_publisher(self, publisher: bytes) -> Call:
        """Appoint a publisher."""
        return self._call("setPublisher", 100_000, _text(publisher))

    def set_signer(self, signer: bytes, to_size: int) -> Call:
        """Appoint a signer of heads; the present one ends with `to_size`."""
        return self._call("setSigner", 150_000, _text(signer), to_size)

    def set_log_key(self, key_hash: bytes, from_size: int) -> Call:
        """Put an Ed25519 key on record."""
        return self._call("setLogKey", 80_000, key_hash, from_size)

    def transfer_owner(self, proposed: bytes) -> Call:
        """Offer the log to an account; zero takes the offer back."""
        return self._call("transferOwner", 100_000, _text(proposed))

    def accept_owner(self) -> Call:
        """Accept the log."""
        return self._call("acceptOwner", 100_000)

    def close(self, final_size: int, successor: bytes) -> Call:
        """End the log."""
        return self._call("close", 200_000, final_size, successor)

    def report_fork(
        self, signed: SignedHead, true_root: bytes, proof: Sequence[bytes], anchored_size: int
    ) -> Call:
        """Mark the log by a signed head that the anchored history contradicts."""
        (size, root), signature = signed
        given = (size, root, signature, true_root, list(proof), anchored_size)
        return self._call("reportFork", 600_000, *given)

    def report_double_sign(self, one: SignedHead, other: SignedHead) -> Call:
        """Mark the log by two signed heads of one size."""
        given = (one.head.size, one.head.root, one.signature, other.head.root, other.signature)
        return self._call("reportDoubleSign", 400_000, *given)

    # Calling it

    def check(self, call: Call) -> None:
        """Have the node try a call, without sending it.

        Raises:
            ContractRefused: The contract would refuse it.
            Unavailable: The node does not answer.
        """
        self.sender.simulate(self.target.contract, call.data, call.gas)

    def estimate(self, call: Call) -> Estimate:
        """Return what a call costs; errors as `check`, which is done first."""
        self.check(call)
        return self.sender.estimate(call.name, self.target.contract, call.data, call.gas)

    def send(self, call: Call) -> None:
        """Call, and wait until it is mined.

        Raises:
            ContractRefused: The contract would refuse it; nothing was sent.
            AnchorMismatch: It was mined and refused.
            Unavailable: The node does not answer, or it is not mined in time.
        """
        self.check(call)
        self.sender.send(self.target.contract, call.data, call.gas)

    def _call(self, name: str, gas: int, *given: object) -> Call:
        data = self.contract.encode_abi(name, [self.target.log_id, *given])
        return Call(name, bytes.fromhex(data[2:]), gas)


def _text(account: bytes) -> str:
    return str(Web3.to_checksum_address(account))
