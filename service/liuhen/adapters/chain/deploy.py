"""Put the contract on a chain and register a log in it. Everything here spends gas.

Idempotent: what is there already is found, by the deployer's account and the log's id, and left
alone; a run that was killed half-way is simply run again.
"""

from dataclasses import dataclass
from typing import Any, Final

from web3 import Web3
from web3.types import RPCEndpoint

from liuhen.adapters.chain.artefact_file import expected_code_hash, load_abi, load_bytecode
from liuhen.adapters.chain.evidence import shortest_bytes
from liuhen.adapters.chain.node_calls import host_of
from liuhen.adapters.chain.tx_sender import TxSender
from liuhen.adapters.chain.web3_chain import asking, connect
from liuhen.adapters.signing.local_key import LocalKey
from liuhen.core import rlp
from liuhen.core.errors import AnchorMismatch, Unavailable
from liuhen.core.head_signature import chain_log_id
from liuhen.core.keccak import keccak256

_DEPLOY_GAS: Final = 2_500_000
_REGISTER_GAS: Final = 400_000
_WEI_A_COIN: Final = 10**18


@dataclass(frozen=True, slots=True)
class Deployment:
    """A contract with one log registered: what a trust policy needs to know.

    Attributes:
        chain_id: EIP-155 chain id.
        genesis_hash: Hash of block 0, 32 bytes.
        contract: Address, 20 bytes.
        code_hash: keccak-256 of its code, 32 bytes.
        log_id: The log's identifier in it, 32 bytes.
        owner: Account that owns the log, 20 bytes; the deployer.
    """

    chain_id: int
    genesis_hash: bytes
    contract: bytes
    code_hash: bytes
    log_id: bytes
    owner: bytes


class Deployer:
    """An account that deploys and registers on one chain."""

    def __init__(self, url: str, private_key: bytes, *, wait_seconds: float = 60.0) -> None:
        """Prepare; nothing is sent yet.

        Args:
            url: http or https URL of a node.
            private_key: secp256k1, 32 bytes; owns the logs it registers.
            wait_seconds: Time allowed for a tx to be mined.
        """
        self._sender = TxSender(url, LocalKey(private_key), wait_seconds=wait_seconds)
        self._web3, self._host = self._sender.web3, self._sender.host
        self.address = self._sender.address

    def deploy(self) -> bytes:
        """Return the address of the contract, deploying it if this account has not yet.

        Raises:
            AnchorMismatch: The account's first tx made something else.
            Unavailable: The node does not answer, or the tx is not mined in time.
        """
        address = contract_address(self.address, 0)
        if not self._code(address) and self._sender.nonce() == 0:
            self._sender.send(b"", load_bytecode(), _DEPLOY_GAS)
        if keccak256(self._code(address)) != expected_code_hash():
            raise AnchorMismatch(
                f"0x{address.hex()} holds another contract than this version's: go on with the"
                " version that put it there, or begin a new chain (for `liuhen dev`, remove the"
                " folder `chain`: the log goes on and is anchored anew)"
            )
        return address

    def register(self, contract: bytes, origin: str, publisher: bytes, signer: bytes) -> bytes:
        """Return the id of the deployer's log `origin`, registering it if it is not there.

        Raises:
            AnchorMismatch: It is registered with other keys, or the contract refuses it.
            Unavailable: The node does not answer, or the tx is not mined in time.
        """
        log_id = chain_log_id(self.address, origin)
        if self._keys(contract, log_id) is None:
            views = self._contract(contract)
            data = views.encode_abi("register", [origin, _text(publisher), _text(signer)])
            self._sender.send(contract, bytes.fromhex(data[2:]), _REGISTER_GAS)
        if self._keys(contract, log_id) != (publisher, signer):
            raise AnchorMismatch(f"the log {origin} is registered with other keys")
        return log_id

    def knows(self, contract: bytes, log_id: bytes, genesis: bytes) -> bool:
        """Return whether the chain begins with this block 0 and has the log registered.

        Raises:
            Unavailable: The node does not answer.
        """
        with asking(self._host, "for block 0"):
            found = bytes(self._web3.eth.get_block(0)["hash"])
        return (
            found == genesis and bool(self._code(contract)) and bool(self._keys(contract, log_id))
        )

    def set_up(
        self, origin: str, publisher: bytes, signer: bytes, contract: bytes | None = None
    ) -> Deployment:
        """Register a log in `contract`, or in one deployed by this account; see the two steps."""
        contract = self.deploy() if contract is None else contract
        log_id = self.register(contract, origin, publisher, signer)
        with asking(self._host, "for chain id and block 0"):
            chain_id = int(self._web3.eth.chain_id)
            genesis = bytes(self._web3.eth.get_block(0)["hash"])
        code_hash = keccak256(self._code(contract))
        return Deployment(chain_id, genesis, contract, code_hash, log_id, self.address)

    def _contract(self, address: bytes) -> Any:  # noqa: ANN401 -- web3 makes the class at run time
        return self._web3.eth.contract(address=Web3.to_checksum_address(address), abi=load_abi())

    def _keys(self, contract: bytes, log_id: bytes) -> tuple[bytes, bytes] | None:
        with asking(self._host, "for a log's keys"):
            owner, publisher, signer, _ = self._contract(contract).functions.logOf(log_id).call()
            if not int(owner, 16):
                return None
            return bytes.fromhex(publisher[2:]), bytes.fromhex(signer[2:])

    def _code(self, address: bytes) -> bytes:
        with asking(self._host, "for code"):
            return bytes(self._web3.eth.get_code(Web3.to_checksum_address(address)))


def fund(url: str, account: bytes, wei: int = 1_000 * _WEI_A_COIN) -> None:
    """Give an account of a development chain at least `wei`; only such a chain can do this."""
    web3, host = connect(url), host_of(url)
    with asking(host, "to set a balance"):
        if int(web3.eth.get_balance(Web3.to_checksum_address(account))) >= wei:
            return
        method = RPCEndpoint("hardhat_setBalance")  # anvil knows it by this name too
        answer = web3.provider.make_request(method, [_text(account), hex(wei)])
        if "error" in answer:
            raise Unavailable(f"node {host} is not a development chain: it mints nothing")


def contract_address(deployer: bytes, nonce: int) -> bytes:
    """Return the address of the contract that an account's tx of this nonce makes."""
    return keccak256(rlp.encode([deployer, shortest_bytes(nonce)]))[12:]


def _text(account: bytes) -> str:
    return str(Web3.to_checksum_address(account))
