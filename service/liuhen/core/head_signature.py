"""The two signature lines of a head (evidence §7): Ed25519 over the note, EIP-712 over the head.

    line 1   type 0x01   Ed25519 over the checkpoint's text (c2sp.org/signed-note)
    line 2   type 0xff   secp256k1 over the EIP-712 digest of (logId, origin, size, root)

The second lets a *contract* judge a signed head (`reportFork`), so a fork can be proven on chain.
There is one such line for each (chain, contract). Verifier keys ("vkeys") of both types have one
text form: `<name>+<key ID, 8 hex>+<base64(type ‖ key)>`.
"""

from dataclasses import dataclass

from coincurve import PublicKey

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import MalformedKey, SignatureMismatch
from liuhen.core.keccak import keccak256
from liuhen.core.note import NoteSignature
from liuhen.core.verifier_key import (
    check_ed25519,
    check_key_name,
    key_id_of,
    parse_vkey,
    same_text,
    verify_ed25519,
    vkey_text,
)

ED25519 = b"\x01"
EIP712 = b"\xff"
ADDRESS_BYTES = 20
_IDENTIFIER = b"eip712-checkpoint/v1"
_IDENTIFIER_BYTES = len(_IDENTIFIER) + 8 + ADDRESS_BYTES

_HALF_CURVE_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


def chain_log_id(owner: bytes, origin: str) -> bytes:
    """Return the log's identifier in the contract: keccak256(abi.encode(owner, origin))."""
    text = origin.encode()
    padded = text.ljust(-(-len(text) // 32) * 32, b"\0")
    return keccak256(owner.rjust(32, b"\0") + _word(64) + _word(len(text)) + padded)


def checkpoint_digest(
    checkpoint: Checkpoint, log_id: bytes, chain_id: int, contract: bytes
) -> bytes:
    """Return the 32 bytes that a head's signer signs.

    Args:
        checkpoint: The head.
        log_id: The log's identifier in the contract, 32 bytes.
        chain_id: EIP-155 chain id.
        contract: Address of the contract, 20 bytes.

    Source: EIP-712; domain and type as evidence §7.
    """
    domain = keccak256(
        _DOMAIN_TYPE + _NAME + _VERSION + _word(chain_id) + contract.rjust(32, b"\0")
    )
    struct = keccak256(
        _CHECKPOINT_TYPE
        + log_id
        + keccak256(checkpoint.origin.encode())
        + _word(checkpoint.size)
        + checkpoint.root
    )
    return keccak256(b"\x19\x01" + domain + struct)


@dataclass(frozen=True, slots=True)
class LogKey:
    """An Ed25519 key of a log.

    Attributes:
        name: The key's name, equal to the log's origin.
        public: 32 bytes: a y below 2^255 - 19, so that no key has two spellings, and not that of a
            point of small order, for which verifiers disagree.
    """

    name: str
    public: bytes

    def __post_init__(self) -> None:
        check_ed25519(self.public)
        check_key_name(self.name)

    @property
    def key_id(self) -> bytes:
        """First 4 bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key)."""
        return key_id_of(self.name, ED25519 + self.public)

    def to_text(self) -> str:
        """Print the vkey."""
        return vkey_text(self.name, ED25519 + self.public)

    @staticmethod
    def parse(text: str) -> "LogKey":
        """Read a vkey; the exact inverse of `to_text`.

        Raises:
            MalformedKey: Not a vkey of type 0x01, or its key ID is not its own.
        """
        name, key = parse_vkey(text)
        if key[:1] != ED25519:
            raise MalformedKey("not an Ed25519 key")
        return same_text(LogKey(name, key[1:]), text)

    def line(self, signature: bytes) -> NoteSignature:
        """Make the signature line from the 64 bytes that signed the text."""
        return NoteSignature(self.name, self.key_id, signature)

    def verify(self, text: str, line: NoteSignature) -> None:
        """Check a line with this key's name and key ID.

        Raises:
            SignatureMismatch: The signature is not this key's over `text`.

        Source: c2sp.org/signed-note; RFC 8032.
        """
        verify_ed25519(self.name, self.public, line.signature, text.encode())


@dataclass(frozen=True, slots=True)
class HeadSignerKey:
    """An Ethereum key that signs heads of one log for one contract.

    Attributes:
        name: The key's name, equal to the log's origin.
        chain_id: EIP-155 chain id, unsigned 64 bits.
        contract: Address of the contract, 20 bytes.
        signer: Address of the key, 20 bytes.
    """

    name: str
    chain_id: int
    contract: bytes
    signer: bytes

    def __post_init__(self) -> None:
        sizes = len(self.contract), len(self.signer)
        if sizes != (ADDRESS_BYTES, ADDRESS_BYTES) or not 0 < self.chain_id < 2**64:
            raise MalformedKey("an address is not 20 bytes, or the chain id not 1 to 2^64 - 1")
        check_key_name(self.name)

    @property
    def _key(self) -> bytes:
        chain = self.chain_id.to_bytes(8, "big")
        return EIP712 + _IDENTIFIER + chain + self.contract + self.signer

    @property
    def key_id(self) -> bytes:
        """First 4 bytes of SHA-256(name ‖ 0x0A ‖ 0xff ‖ identifier ‖ signer)."""
        return key_id_of(self.name, self._key)

    def to_text(self) -> str:
        """Print the vkey."""
        return vkey_text(self.name, self._key)

    @staticmethod
    def parse(text: str) -> "HeadSignerKey":
        """Read a vkey; the exact inverse of `to_text`.

        Raises:
            MalformedKey: Not a vkey of this type, or its key ID is not its own.
        """
        name, key = parse_vkey(text)
        body = key[1:]
        if key[:1] != EIP712 or not body.startswith(_IDENTIFIER):
            raise MalformedKey("not a key of type eip712-checkpoint/v1")
        chain = int.from_bytes(body[len(_IDENTIFIER) :][:8], "big")
        contract = body[_IDENTIFIER_BYTES - ADDRESS_BYTES : _IDENTIFIER_BYTES]
        return same_text(HeadSignerKey(name, chain, contract, body[_IDENTIFIER_BYTES:]), text)

    def line(self, signature: bytes) -> NoteSignature:
        """Make the signature line from r ‖ s ‖ v (65 bytes, low s, v 27 or 28)."""
        return NoteSignature(self.name, self.key_id, signature)

    def verify(self, checkpoint: Checkpoint, log_id: bytes, line: NoteSignature) -> None:
        """Check a line with this key's name and key ID.

        Raises:
            SignatureMismatch: Not r ‖ s ‖ v with low s, or by another key.
        """
        digest = checkpoint_digest(checkpoint, log_id, self.chain_id, self.contract)
        if recover_signer(digest, line.signature) != self.signer:
            raise SignatureMismatch(f"the EIP-712 signature of {self.name} is by another key")


def recover_signer(digest: bytes, signature: bytes) -> bytes:
    """Return the address whose key made r ‖ s ‖ v over `digest`.

    Raises:
        SignatureMismatch: Not 65 bytes, v not 27 or 28, s in the upper half (EIP-2), or no key
            can have made it.
    """
    if len(signature) != 65 or signature[64] not in (27, 28):
        raise SignatureMismatch("an EIP-712 signature is r ‖ s ‖ v, 65 bytes, v 27 or 28")
    if int.from_bytes(signature[32:64], "big") > _HALF_CURVE_ORDER:
        raise SignatureMismatch("an EIP-712 signature with s in the upper half")
    recoverable = signature[:64] + bytes([signature[64] - 27])
    try:
        key = PublicKey.from_signature_and_message(recoverable, digest, hasher=None)
    except Exception as error:  # coincurve raises bare Exception and ValueError
        raise SignatureMismatch("no key can have made this EIP-712 signature") from error
    return address_of(key)


def address_of(key: PublicKey) -> bytes:
    """Return the Ethereum address of a secp256k1 public key, 20 bytes."""
    return keccak256(key.format(compressed=False)[1:])[12:]


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")


_DOMAIN_TYPE = keccak256(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_CHECKPOINT_TYPE = keccak256(b"Checkpoint(bytes32 logId,string origin,uint64 size,bytes32 root)")
_NAME = keccak256(b"AuditLog")
_VERSION = keccak256(b"1")
