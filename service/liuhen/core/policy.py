"""The trust policy, `audit-policy/v1` (evidence §6): all that a verifier believes beforehand.

A receipt is compared with this and with nothing that the receipt itself says. The file is JSON
with exactly these members:

    schema  require  origin  log_id  hash_algorithm  max_anchor_age_seconds
    log_keys      [{vkey, from_size, to_size}]       Ed25519 keys of the log, one or more
    signers       [{address, from_size, to_size}]    Ethereum keys that sign heads, one or more
    chain         {kind, id, genesis, finality_depth, validators: []}
    contract      {address, code_hash}
    known_blocks  [{number, hash}]                   block hashes the reader vouches for
    witnesses     [vkey]  with  quorum               third parties, and how many must have cosigned

A key is good for heads of `from_size` to `to_size` entries, both included; a `to_size` of null is
open. `validators` has a place and must be empty: their seals cannot be checked yet, and a policy
that seems to count them would mislead. The policy file is where trust begins: get it from the
log's operator *and* from somebody else, and compare.
"""

from dataclasses import dataclass
from enum import StrEnum

from liuhen.core.canonical import JsonValue, canonical_text
from liuhen.core.checkpoint import MAX_SIZE, is_origin
from liuhen.core.cosignature import WitnessKey
from liuhen.core.errors import MalformedKey, MalformedPolicy
from liuhen.core.head_signature import HeadSignerKey, LogKey
from liuhen.core.policy_member import Members
from liuhen.core.strict_json import parse_json

SCHEMA = "audit-policy/v1"
HASH_ALGORITHM = "sha-256"


class Life(StrEnum):
    """How far an entry has come. There are no other words for it."""

    SEALED = "sealed"
    ANCHORED = "anchored"
    FINAL = "final"

    @property
    def rank(self) -> int:
        """0 for sealed, 1 for anchored, 2 for final."""
        return list(Life).index(self)


class ChainKind(StrEnum):
    """Who runs the chain; a development chain proves nothing about time."""

    DEVELOPMENT = "development"
    CONSORTIUM = "consortium"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class SizeRange:
    """The sizes a key is good for, both ends included; `last` None is open."""

    first: int = 0
    last: int | None = None

    def __contains__(self, size: object) -> bool:
        """Return whether a head of `size` entries may be signed by the key."""
        return isinstance(size, int) and self.first <= size <= (
            MAX_SIZE if self.last is None else self.last
        )


@dataclass(frozen=True, slots=True)
class TrustedChain:
    """The chain that anchors are believed on.

    Attributes:
        kind: Who runs it.
        id: EIP-155 chain id.
        genesis: Hash of block 0, 32 bytes.
        finality_depth: Blocks that must follow a block before it counts as final.
    """

    kind: ChainKind
    id: int
    genesis: bytes
    finality_depth: int


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """What a verifier believes beforehand; see the module.

    Attributes:
        require: How far the entry must have come for a match.
        origin: The log's name.
        log_id: Its identifier in the contract, 32 bytes.
        log_keys: Ed25519 keys of the log and their sizes.
        signers: Ethereum keys of the log and their sizes.
        chain: The chain.
        contract: Address of the contract, 20 bytes.
        code_hash: keccak-256 of its deployed code, 32 bytes.
        max_anchor_age_seconds: After this age an entry without the required anchor is overdue.
        known_blocks: Block hashes vouched for, by number.
        witnesses: Keys of witnesses, each of another name and another key.
        quorum: How many of them must have cosigned; 0 where a match asks for none.
    """

    require: Life
    origin: str
    log_id: bytes
    log_keys: tuple[tuple[LogKey, SizeRange], ...]
    signers: tuple[tuple[HeadSignerKey, SizeRange], ...]
    chain: TrustedChain
    contract: bytes
    code_hash: bytes
    max_anchor_age_seconds: int
    known_blocks: tuple[tuple[int, bytes], ...] = ()
    witnesses: tuple[WitnessKey, ...] = ()
    quorum: int = 0

    def to_text(self) -> str:
        """Print the policy file, canonical."""
        return canonical_text(self.to_json())

    def to_json(self) -> dict[str, JsonValue]:
        """Return the policy as the object of the module's description."""
        return {
            "schema": SCHEMA,
            "require": str(self.require),
            "origin": self.origin,
            "log_id": _hex(self.log_id),
            "hash_algorithm": HASH_ALGORITHM,
            "max_anchor_age_seconds": self.max_anchor_age_seconds,
            "log_keys": [{"vkey": key.to_text(), **_range(r)} for key, r in self.log_keys],
            "signers": [{"address": _hex(key.signer), **_range(r)} for key, r in self.signers],
            "chain": {
                "kind": str(self.chain.kind),
                "id": self.chain.id,
                "genesis": _hex(self.chain.genesis),
                "finality_depth": self.chain.finality_depth,
                "validators": [],
            },
            "contract": {"address": _hex(self.contract), "code_hash": _hex(self.code_hash)},
            "known_blocks": [{"number": n, "hash": _hex(h)} for n, h in self.known_blocks],
            "witnesses": [key.to_text() for key in self.witnesses],
            "quorum": self.quorum,
        }


def parse_policy(body: bytes) -> TrustPolicy:
    """Read a policy file; any JSON layout, exactly the members of the module's description.

    Raises:
        MalformedPolicy: A member is missing, unknown or of the wrong form; the message names it.
        MalformedJson: Not strict JSON.
    """
    top = Members(parse_json(body), "")
    top.one_of("schema", [SCHEMA])
    top.one_of("hash_algorithm", [HASH_ALGORITHM])
    contract = top.members("contract")
    chain = _chain(top.members("chain"))
    origin = top.text("origin")
    if not is_origin(origin):
        raise MalformedPolicy("origin: must be <host>/logs/<name> in lower-case ASCII")
    address = contract.bytes("address", 20)
    log_keys = top.one_or_more("log_keys", lambda item: _log_key(item, origin))
    policy = TrustPolicy(
        require=Life(top.one_of("require", Life)),
        origin=origin,
        log_id=top.bytes("log_id", 32),
        log_keys=log_keys,
        signers=top.one_or_more("signers", lambda item: _signer(item, origin, chain.id, address)),
        chain=chain,
        contract=address,
        code_hash=contract.bytes("code_hash", 32),
        max_anchor_age_seconds=top.integer("max_anchor_age_seconds"),
        known_blocks=top.each("known_blocks", _known_block),
        witnesses=_witnesses(top.texts("witnesses"), log_keys),
        quorum=top.integer("quorum"),
    )
    contract.end()
    top.end()
    if policy.quorum > len(policy.witnesses):
        raise MalformedPolicy("quorum: more than there are witnesses")
    return policy


def _chain(members: Members) -> TrustedChain:
    chain = TrustedChain(
        kind=ChainKind(members.one_of("kind", ChainKind)),
        id=members.integer("id"),
        genesis=members.bytes("genesis", 32),
        finality_depth=members.integer("finality_depth"),
    )
    if members.take("validators") != []:
        raise MalformedPolicy("chain/validators: must be [], seals are not supported yet")
    members.end()
    if chain.id == 0:
        raise MalformedPolicy("chain/id: must not be 0")
    return chain


def _log_key(members: Members, origin: str) -> tuple[LogKey, SizeRange]:
    try:
        key = LogKey.parse(members.text("vkey"))
    except MalformedKey as error:
        raise MalformedPolicy(f"{members.place}/vkey: {error}") from error
    if key.name != origin:
        raise MalformedPolicy(f"{members.place}/vkey: the key's name must be the origin")
    return key, _size_range(members)


def _witnesses(
    texts: tuple[str, ...], log_keys: tuple[tuple[LogKey, SizeRange], ...]
) -> tuple[WitnessKey, ...]:
    """Read the keys of witnesses; who could be counted twice would make a quorum alone."""
    keys: list[WitnessKey] = []
    known: set[str | bytes] = set()
    for i, text in enumerate(texts):
        try:
            keys.append(WitnessKey.parse(text))
        except MalformedKey as error:
            raise MalformedPolicy(f"witnesses/{i}: {error}") from error
        own: set[str | bytes] = {keys[-1].name, keys[-1].public}
        if known & own:
            raise MalformedPolicy(f"witnesses/{i}: has the name or the key of another witness")
        if any(key.public == keys[-1].public for key, _ in log_keys):
            raise MalformedPolicy(f"witnesses/{i}: has the key of the log, which is no witness")
        known |= own
    return tuple(keys)


def _signer(
    members: Members, origin: str, chain_id: int, contract: bytes
) -> tuple[HeadSignerKey, SizeRange]:
    signer = members.bytes("address", 20)
    return HeadSignerKey(origin, chain_id, contract, signer), _size_range(members)


def _known_block(members: Members) -> tuple[int, bytes]:
    return members.integer("number"), members.bytes("hash", 32)


def _size_range(members: Members) -> SizeRange:
    first, last = members.integer("from_size"), members.take("to_size")
    if last is not None and (type(last) is not int or last < first):
        raise MalformedPolicy(f"{members.place}/to_size: must be null or at least from_size")
    return SizeRange(first, last)


def _hex(value: bytes) -> str:
    return "0x" + value.hex()


def _range(sizes: SizeRange) -> dict[str, JsonValue]:
    return {"from_size": sizes.first, "to_size": sizes.last}
