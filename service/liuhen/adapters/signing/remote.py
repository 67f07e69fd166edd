"""Signers that stand elsewhere: web3signer, op-signer, Clef, by JSON-RPC.

    eth_signTransaction     [{from, to, gas, maxFeePerGas, …}]  →  raw tx, or {"raw": raw tx}
    eth_signTypedData_v4    [address, typed data]               →  r ‖ s ‖ v

The service is trusted with the key and with nothing else. What it returns is read back and compared
with what was asked, field by field, and its signer with the address that the operator named, before
anything is stored or published. A rule of its own should let it sign only this: calls of `anchor`
of one contract, of value 0, below some fee; heads of one log.
"""

from typing import Final

from liuhen.adapters.chain.anchor_tx import anchor_calldata
from liuhen.adapters.chain.transaction_signer import check_target
from liuhen.adapters.signing.remote_call import RemoteCall
from liuhen.adapters.signing.secp256k1 import normalised
from liuhen.app.audit.raw_tx import RawAnchorTx
from liuhen.core.canonical import JsonObject, JsonValue, canonical_text
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import AnchorMismatch, MalformedReceipt, SignatureMismatch
from liuhen.core.head_signature import checkpoint_digest
from liuhen.ports import AnchorTx, ChainTarget

SIGN_TRANSACTION: Final = "eth_signTransaction"
SIGN_TYPED_DATA: Final = "eth_signTypedData_v4"
_SIGNATURE_BYTES: Final = 65


class RemoteTransactionSigner:
    """A `TransactionSigner` that asks a service."""

    def __init__(
        self,
        call: RemoteCall,
        address: bytes,
        *,
        chain_id: int,
        contract: bytes,
        method: str = SIGN_TRANSACTION,
    ) -> None:
        """Sign for one contract on one chain only.

        Args:
            call: The service.
            address: The sender, 20 bytes.
            chain_id: EIP-155 chain id.
            contract: Address of the contract, 20 bytes.
            method: What the service calls it.
        """
        self._call, self._method, self.address = call, method, address
        self._chain_id, self._contract = chain_id, contract

    def sign_anchor(self, tx: AnchorTx) -> tuple[bytes, bytes]:
        """Return the raw tx and its hash."""
        check_target(tx, self._chain_id, self._contract)
        result = self._call(self._method, [_request(tx, self.address)])
        if isinstance(result, dict):
            result = result.get("raw")
        raw = self._call.data(result)
        try:
            found = RawAnchorTx.parse(raw)
        except (AnchorMismatch, MalformedReceipt, SignatureMismatch) as error:
            raise self._call.refused(f"another tx than was asked for: {error}") from error
        for name, value, wanted in _compared(found, tx, self.address):
            if value != wanted:
                raise self._call.refused(f"a tx with another {name} than was asked for")
        return raw, found.tx_hash


class RemoteHeadSigner:
    """A `HeadSigner` that asks a service."""

    def __init__(
        self,
        call: RemoteCall,
        address: bytes,
        *,
        method: str = SIGN_TYPED_DATA,
        as_text: bool = False,
    ) -> None:
        """Prepare.

        Args:
            call: The service.
            address: Of the key, 20 bytes.
            method: What the service calls it.
            as_text: Whether it takes the typed data as a string that holds JSON.
        """
        self._call, self._method, self._as_text = call, method, as_text
        self.address = address

    def sign_head(self, checkpoint: Checkpoint, target: ChainTarget) -> bytes:
        """Sign a head for one contract; 65 bytes."""
        typed = typed_data(checkpoint, target)
        asked: JsonValue = canonical_text(typed) if self._as_text else typed
        signature = self._call.data(self._call(self._method, [_hex(self.address), asked]))
        if len(signature) != _SIGNATURE_BYTES:
            raise self._call.refused("a signature that is not 65 bytes")
        digest = checkpoint_digest(checkpoint, target.log_id, target.chain_id, target.contract)
        # Services disagree on v (0 or 27, some none): it is found anew.
        return normalised(signature[:-1], digest, self.address, self._call.who)


def typed_data(checkpoint: Checkpoint, target: ChainTarget) -> JsonObject:
    """Return a head as EIP-712 typed data; its digest is `checkpoint_digest`."""
    return {
        "types": {
            "EIP712Domain": _members(
                ("name", "string"),
                ("version", "string"),
                ("chainId", "uint256"),
                ("verifyingContract", "address"),
            ),
            "Checkpoint": _members(
                ("logId", "bytes32"), ("origin", "string"), ("size", "uint64"), ("root", "bytes32")
            ),
        },
        "primaryType": "Checkpoint",
        "domain": {
            "name": "AuditLog",
            "version": "1",
            "chainId": target.chain_id,
            "verifyingContract": _hex(target.contract),
        },
        "message": {
            "logId": _hex(target.log_id),
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": _hex(checkpoint.root),
        },
    }


def _request(tx: AnchorTx, sender: bytes) -> JsonObject:
    return {
        "from": _hex(sender),
        "to": _hex(tx.target.contract),
        "value": "0x0",
        "data": _hex(anchor_calldata(tx)),
        "gas": hex(tx.gas_limit),
        "nonce": hex(tx.nonce),
        "maxFeePerGas": hex(tx.max_fee_wei),
        "maxPriorityFeePerGas": hex(tx.tip_wei),
        "chainId": hex(tx.target.chain_id),
    }


def _compared(found: RawAnchorTx, tx: AnchorTx, sender: bytes) -> list[tuple[str, object, object]]:
    """Return name, found and wanted of all that `RawAnchorTx.parse` does not settle itself."""
    return [
        ("chain id", found.chain_id, tx.target.chain_id),
        ("nonce", found.nonce, tx.nonce),
        ("tip", found.tip_wei, tx.tip_wei),
        ("fee cap", found.max_fee_wei, tx.max_fee_wei),
        ("gas limit", found.gas_limit, tx.gas_limit),
        ("contract", found.contract, tx.target.contract),
        ("log", found.log_id, tx.target.log_id),
        ("old size", found.old_size, tx.old_size),
        ("head", found.head, tx.head),
        ("proof", found.consistency, tuple(tx.consistency)),
        ("sender", found.sender, sender),
    ]


def _members(*members: tuple[str, str]) -> list[JsonValue]:
    return [{"name": name, "type": kind} for name, kind in members]


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
