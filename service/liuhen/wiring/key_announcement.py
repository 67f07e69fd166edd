"""Putting a log's Ed25519 key on record in the contract (`setLogKey`).

Nothing depends on it: key histories prove themselves. It is for people who look for the history of
a log's keys on the chain.
"""

import hashlib

from liuhen.core.head_signature import ED25519
from liuhen.core.key_history import history_of
from liuhen.core.policy import TrustPolicy
from liuhen.wiring.owner_account import OwnerAccount


def announce_log_key(policy: TrustPolicy, owner: OwnerAccount, *, dry_run: bool = False) -> bool:
    """Put the newest Ed25519 key of a policy on record; return whether it was not there yet.

    Args:
        policy: The log's trust policy.
        owner: The owner's account.
        dry_run: Only tell what it would cost.

    Raises:
        ContractRefused: The contract refuses; nothing was sent.
        Unavailable: The node does not answer.
    """
    key, sizes = history_of(policy).log_keys[-1]
    key_hash = hashlib.sha256(ED25519 + key.public).digest()
    owner.calls.sender.settle()
    if owner.calls.is_on_record(key_hash, sizes.first):
        return False
    call = owner.calls.set_log_key(key_hash, sizes.first)
    if dry_run:
        owner.tell(call)
    else:
        owner.send(call, lambda _: owner.calls.is_on_record(key_hash, sizes.first))
    return True
