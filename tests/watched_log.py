"""A log in a folder, signed with both keys as a service signs it, for those who watch logs."""

from collections.abc import Sequence
from pathlib import Path

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.head_signature import HeadSignerKey
from liuhen.core.key_history import KeyHistory, history_of
from liuhen.core.log_standing import AppointedSigner, LogStanding
from liuhen.core.merkle import TreeHead, root_hash
from liuhen.core.note import SignedNote
from liuhen.core.policy import (
    ChainKind,
    Life,
    SizeRange,
    TrustedChain,
    TrustPolicy,
)
from liuhen.ports import ChainTarget
from tests.fakes.head_signer import KnownSigner
from tests.log_folder import write_log_folder

ORIGIN = "log.example/logs/watched"
CHAIN_ID = 20231
CONTRACT = bytes(19) + b"\x07"
LOG_ID = bytes(31) + b"\x09"
GENESIS = bytes(31) + b"\x01"
CODE_HASH = bytes(31) + b"\x02"


def signer(number: int = 1, origin: str = ORIGIN) -> KnownSigner:
    """Return a signer whose Ed25519 key has a number; the other key is always the same."""
    return KnownSigner(origin, number, secret=bytes([77]) * 32)


def policy_of(
    *keys: tuple[KnownSigner, SizeRange], origin: str = ORIGIN, quorum: int = 0
) -> TrustPolicy:
    """Return a policy with these keys of the log; by default that of `signer(1)` for all sizes."""
    given = keys or ((signer(1, origin), SizeRange()),)
    head_key = HeadSignerKey(origin, CHAIN_ID, CONTRACT, given[0][0].address)
    return TrustPolicy(
        require=Life.SEALED,
        origin=origin,
        log_id=LOG_ID,
        log_keys=tuple((each.log_key, sizes) for each, sizes in given),
        signers=((head_key, SizeRange()),),
        chain=TrustedChain(ChainKind.CONSORTIUM, CHAIN_ID, GENESIS, 1),
        contract=CONTRACT,
        code_hash=CODE_HASH,
        max_anchor_age_seconds=3600,
        quorum=quorum,
    )


def standing_of(by: KnownSigner | None = None) -> LogStanding:
    """Return what the contract says of the log: one signer for all sizes, no fork, no end."""
    return LogStanding(signers=(AppointedSigner((by or signer(1)).address, 0),))


def signed_note(head: TreeHead, by: KnownSigner | None = None, origin: str = ORIGIN) -> str:
    """Sign a head with both keys."""
    own = by or signer(1, origin)
    checkpoint = Checkpoint(origin, head.size, head.root)
    text = checkpoint.to_text()
    target = ChainTarget(CHAIN_ID, CONTRACT, LOG_ID)
    head_key = HeadSignerKey(origin, CHAIN_ID, CONTRACT, own.address)
    lines = (
        own.log_key.line(own.sign_text(text.encode())),
        head_key.line(own.sign_head(checkpoint, target)),
    )
    return SignedNote(text, lines).to_text()


def write_log(folder: Path, entries: Sequence[bytes], by: KnownSigner | None = None) -> Path:
    """Write a signed log of these entries, with its first key history."""
    head = TreeHead(len(entries), root_hash(entries))
    write_log_folder(folder, entries, signed_note(head, by))
    keys = folder / "keys"
    keys.mkdir(exist_ok=True)
    (keys / "0").write_text(first_history().to_text(), "utf-8")
    return folder


def first_history() -> KeyHistory:
    """Return the log's first key history, signed."""
    own = signer(1)
    return history_of(policy_of()).signed_by(own.sign_text, own.log_key)
