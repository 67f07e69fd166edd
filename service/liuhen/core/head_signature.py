"""The two signature lines of a head (evidence §7): Ed25519 over the note, EIP-712 over the head.

    line 1   type 0x01   Ed25519 over the checkpoint's text (c2sp.org/signed-note)
    line 2   type 0xff   secp256k1 over the EIP-712 digest of (logId, origin, size, root)

The second lets a *contract* judge a signed head (`reportFork`), so a fork can be proven on chain.
There is one such line for each (chain, contract). Verifier keys ("vkeys") of both types have one
text form: `<name>+<key ID, 8 hex>+<base64(type ‖ key)>`.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import TypeVar

from coincurve import PublicKey
from Crypto.Hash import keccak
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import MalformedKey, MalformedNote, SignatureMismatch
from liuhen.core.note import NoteSignature, decode_base64, encode_base64, is_key_name

ED25519 = b"\x01"
EIP712 = b"\xff"
ADDRESS_BYTES = 20
_IDENTIFIER = b"eip712-checkpoint/v1"
_IDENTIFIER_BYTES = len(_IDENTIFIER) + 8 + ADDRESS_BYTES

_FIELD_PRIME = 2**255 - 19
_HALF_CURVE_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_SMALL_ORDER_Y = frozenset(
    [
        0,
        1,
        _FIELD_PRIME - 1,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    ]
)
_VKEY = re.compile(r"(?P<name>[^+]+)\+(?P<key_id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})")


def keccak256(data: bytes) -> bytes:
    """Hash with keccak-256, Ethereum's hash (not SHA3-256)."""
    return keccak.new(digest_bits=256, data=data).digest()


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
        y = int.from_bytes(self.public, "little") & (2**255 - 1)
        if len(self.public) != 32 or y >= _FIELD_PRIME or y in _SMALL_ORDER_Y:
            raise MalformedKey("an Ed25519 key of small order, or not 32 canonical bytes")
        _check_name(self.name)

    @property
    def key_id(self) -> bytes:
        """First 4 bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key)."""
        return _key_id(self.name, ED25519 + self.public)

    def to_text(self) -> str:
        """Print the vkey."""
        return _vkey(self.name, ED25519 + self.public)

    @staticmethod
    def parse(text: str) -> "LogKey":
        """Read a vkey; the exact inverse of `to_text`.

        Raises:
            MalformedKey: Not a vkey of type 0x01, or its key ID is not its own.
        """
        name, key = _parse_vkey(text)
        if key[:1] != ED25519:
            raise MalformedKey("not an Ed25519 key")
        return _same_text(LogKey(name, key[1:]), text)

    def line(self, signature: bytes) -> NoteSignature:
        """Make the signature line from the 64 bytes that signed the text."""
        return NoteSignature(self.name, self.key_id, signature)

    def verify(self, text: str, line: NoteSignature) -> None:
        """Check a line with this key's name and key ID.

        Raises:
            SignatureMismatch: The signature is not this key's over `text`.

        Source: c2sp.org/signed-note; RFC 8032.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(line.signature, text.encode())
        except InvalidSignature as error:
            raise SignatureMismatch(f"the Ed25519 signature of {self.name} is not valid") from error


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
        _check_name(self.name)

    @property
    def _key(self) -> bytes:
        chain = self.chain_id.to_bytes(8, "big")
        return EIP712 + _IDENTIFIER + chain + self.contract + self.signer

    @property
    def key_id(self) -> bytes:
        """First 4 bytes of SHA-256(name ‖ 0x0A ‖ 0xff ‖ identifier ‖ signer)."""
        return _key_id(self.name, self._key)

    def to_text(self) -> str:
        """Print the vkey."""
        return _vkey(self.name, self._key)

    @staticmethod
    def parse(text: str) -> "HeadSignerKey":
        """Read a vkey; the exact inverse of `to_text`.

        Raises:
            MalformedKey: Not a vkey of this type, or its key ID is not its own.
        """
        name, key = _parse_vkey(text)
        body = key[1:]
        if key[:1] != EIP712 or not body.startswith(_IDENTIFIER):
            raise MalformedKey("not a key of type eip712-checkpoint/v1")
        chain = int.from_bytes(body[len(_IDENTIFIER) :][:8], "big")
        contract = body[_IDENTIFIER_BYTES - ADDRESS_BYTES : _IDENTIFIER_BYTES]
        return _same_text(HeadSignerKey(name, chain, contract, body[_IDENTIFIER_BYTES:]), text)

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


def _key_id(name: str, key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]


def _vkey(name: str, key: bytes) -> str:
    return f"{name}+{_key_id(name, key).hex()}+{encode_base64(key)}"


def _check_name(name: str) -> None:
    if not is_key_name(name):
        raise MalformedKey("a key's name has no space, no plus sign, and is not empty")


def _parse_vkey(text: str) -> tuple[str, bytes]:
    match = _VKEY.fullmatch(text)
    if match is None:
        raise MalformedKey(f"not a verifier key: {text[:80]!r}")
    try:
        return match["name"], decode_base64(match["key"])
    except MalformedNote as error:
        raise MalformedKey(f"not a verifier key: {error}") from error


_Key = TypeVar("_Key", LogKey, HeadSignerKey)


def _same_text(key: _Key, text: str) -> _Key:
    if key.to_text() != text:
        raise MalformedKey("the key ID is not that of the key")
    return key


_DOMAIN_TYPE = keccak256(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_CHECKPOINT_TYPE = keccak256(b"Checkpoint(bytes32 logId,string origin,uint64 size,bytes32 root)")
_NAME = keccak256(b"AuditLog")
_VERSION = keccak256(b"1")
