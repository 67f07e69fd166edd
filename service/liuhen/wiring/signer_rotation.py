"""Rotating the Ethereum key that signs heads, with the service stopped.

    1  the log is opened with the present key, so that all that is stored is signed
    2  head.next.key is drawn, unless there is a head.next.* already
    3  the contract is asked whether it would take the key; if not, nothing has changed
    4  policy file: the present key ends with the present size, the next begins after it
    5  the owner calls setSigner with that size, and it becomes final
    6  key history: the same, signed by the log's key
    7  the files of the next key take the place of the present one's, which become head.retired.*
    8  the log is opened with the next key: its first entry is a `log.keys` record
    9  head.retired.* are destroyed

The policy comes before the contract because it is what a later run goes by: the size that is sent
is the one it holds, so two runs send the same. From then on no service starts with the present key,
which may sign nothing more; after 7 a service does 8 and 9 itself.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Final

from liuhen.adapters.key_history_folder import KeyHistoryFolder
from liuhen.adapters.keys_file import PLAIN, create_missing_keys, forms_of, replace_role
from liuhen.adapters.register_file import RegisterFile
from liuhen.app.seal import signed_text
from liuhen.core.errors import HistoryMismatch, NotYet
from liuhen.core.head_signature import HeadSignerKey
from liuhen.core.key_history import KeyHistory, history_of
from liuhen.core.policy import SizeRange, TrustPolicy
from liuhen.wiring.log_places import LogPlace, read_policy
from liuhen.wiring.owner_account import OwnerAccount
from liuhen.wiring.rotation import open_whole, write_policy
from liuhen.wiring.settings import Settings
from liuhen.wiring.signers import (
    HEAD,
    NEXT_HEAD,
    RETIRED_HEAD,
    open_head_signer,
    open_text_signer,
)

OpenOwner = Callable[[], OwnerAccount]
"""Gives the owner's account; asked only where the contract is to be called."""

_SOMEBODY: Final = bytes(19) + b"\x01"


def rotate_signer(settings: Settings, place: LogPlace, owner: OpenOwner) -> KeyHistory:
    """Give a log a new Ethereum key for its heads; return its newest key history.

    Args:
        settings: The settings.
        place: Where the log's parts lie.
        owner: The owner's account.

    Raises:
        SettingsError: Keys and policy do not belong together.
        NotYet: The present key has not signed a head of its own yet.
        ContractRefused: The contract would refuse the next key; nothing was changed.
        Unavailable: The service runs, or file, key or node cannot be used.
        AuditError: The log cannot be opened.
    """
    swapped = forms_of(place.keys_dir, RETIRED_HEAD) and not forms_of(place.keys_dir, NEXT_HEAD)
    if not swapped:
        _swap(settings, place, owner())
    place = replace(place, policy=read_policy(place.policy_file, development=True))
    with ExitStack() as stack:
        return open_whole(stack, settings, place).histories[-1]


def tell_signer_rotation(place: LogPlace, owner: OwnerAccount) -> None:
    """Tell what a rotation would cost; nothing is changed. Errors as `rotate_signer`."""
    keys = history_of(place.policy).signers
    if _is_in_policy(place):
        size = keys[-1][1].first - 1
    else:
        register = RegisterFile(place.register_file, place.policy.origin)
        newest = register.newest()
        register.close()
        size = 0 if newest is None else newest.size
        _check_used(keys[-1][1], size)
    has_next = bool(forms_of(place.keys_dir, NEXT_HEAD))
    signer = open_head_signer(place.keys_dir, NEXT_HEAD).address if has_next else _SOMEBODY
    owner.tell(owner.calls.set_signer(signer, size))


def _swap(settings: Settings, place: LogPlace, owner: OwnerAccount) -> None:
    """Take steps 1 to 7, or those that are left of them."""
    with ExitStack() as stack:
        policy = place.policy
        if _is_in_policy(place):
            register = RegisterFile(place.register_file, policy.origin)
            stack.callback(register.close)
        else:
            log = open_whole(stack, settings, place)
            size = log.writer.published.tree.size
            if not forms_of(place.keys_dir, NEXT_HEAD):
                create_missing_keys(place.keys_dir, [NEXT_HEAD + PLAIN])
            following = open_head_signer(place.keys_dir, NEXT_HEAD).address
            policy = _with_next_signer(policy, following, size)
            owner.calls.check(owner.calls.set_signer(following, size))
            write_policy(place, policy)
        _appoint(policy, owner)
        signer = open_text_signer(place.keys_dir, policy.origin)
        history = history_of(policy).signed_by(partial(signed_text, signer), signer.log_key)
        KeyHistoryFolder(place.key_history_dir).put(history)
        replace_role(place.keys_dir, HEAD, NEXT_HEAD, RETIRED_HEAD)


def _appoint(policy: TrustPolicy, owner: OwnerAccount) -> None:
    """Have the contract say of its signers what the policy says."""
    wanted = [(key.signer, sizes.first) for key, sizes in history_of(policy).signers]
    following, first = wanted[-1]
    owner.bring_about(
        owner.calls.set_signer(following, first - 1),
        lambda at: owner.calls.signers(at)[-1:] == [(following, first)],
    )
    if owner.calls.signers() != wanted:
        raise HistoryMismatch(
            "policy and contract name different signers for earlier sizes: use the policy that goes"
            " with the contract"
        )


def _is_in_policy(place: LogPlace) -> bool:
    """Return whether an earlier run has written the next key into the policy."""
    if not forms_of(place.keys_dir, NEXT_HEAD):
        return False
    following = open_head_signer(place.keys_dir, NEXT_HEAD).address
    return following in [key.signer for key, _ in place.policy.signers]


def _with_next_signer(policy: TrustPolicy, following: bytes, size: int) -> TrustPolicy:
    """Return the policy in which the next key follows the present one after a size.

    Raises:
        NotYet: The present key has not signed a head of its own yet.
    """
    *older, (present, sizes) = history_of(policy).signers
    _check_used(sizes, size)
    key = HeadSignerKey(policy.origin, policy.chain.id, policy.contract, following)
    closed = (present, SizeRange(sizes.first, size))
    return replace(policy, signers=(*older, closed, (key, SizeRange(size + 1))))


def _check_used(sizes: SizeRange, size: int) -> None:
    if size < max(sizes.first, 1):
        raise NotYet("the present Ethereum key of the log has not signed anything yet")
