"""Replacing the key that pays for anchors, with the service stopped.

    1  publisher.next.key is drawn, unless there is a publisher.next.* already
    2  the owner calls setPublisher, and it becomes final
    3  the files of the next key take the place of the present one's

The present key is kept as publisher.retired-<address>.*: there may be money on it. Killed anywhere,
it is run again; a service does not start in the middle, for the contract names another publisher.
"""

from typing import Final

from liuhen.adapters.keys_file import PLAIN, create_missing_keys, forms_of, replace_role
from liuhen.adapters.register_file import RegisterFile
from liuhen.wiring.log_places import LogPlace
from liuhen.wiring.owner_account import OwnerAccount
from liuhen.wiring.signers import NEXT_PUBLISHER, PUBLISHER, open_publisher

_SOMEBODY: Final = bytes(19) + b"\x01"


def rotate_publisher(place: LogPlace, owner: OwnerAccount) -> bytes:
    """Give a log a new publisher; return its address.

    Args:
        place: Where the log's parts lie.
        owner: The owner's account.

    Raises:
        ContractRefused: The contract refuses; nothing was sent.
        Unavailable: The service runs, or file, key or node cannot be used.
    """
    register = RegisterFile(place.register_file, place.policy.origin)
    try:
        if not forms_of(place.keys_dir, NEXT_PUBLISHER):
            create_missing_keys(place.keys_dir, [NEXT_PUBLISHER + PLAIN])
        address = _address(place, NEXT_PUBLISHER)
        owner.bring_about(
            owner.calls.set_publisher(address), lambda at: owner.calls.keys(at)[1] == address
        )
        replace_role(place.keys_dir, PUBLISHER, NEXT_PUBLISHER, _retired(place))
    finally:
        register.close()
    return address


def tell_publisher_rotation(place: LogPlace, owner: OwnerAccount) -> None:
    """Tell what it would cost; nothing is changed. Errors as `rotate_publisher`."""
    has_next = bool(forms_of(place.keys_dir, NEXT_PUBLISHER))
    address = _address(place, NEXT_PUBLISHER) if has_next else _SOMEBODY
    owner.tell(owner.calls.set_publisher(address))


def _address(place: LogPlace, role: str) -> bytes:
    policy = place.policy
    return open_publisher(
        place.keys_dir, chain_id=policy.chain.id, contract=policy.contract, role=role
    ).address


def _retired(place: LogPlace) -> str:
    """Name the role that the present key's files get; a name of its own for each key."""
    if not forms_of(place.keys_dir, PUBLISHER):
        return PUBLISHER  # an earlier run has moved them already
    return f"{PUBLISHER}.retired-{_address(place, PUBLISHER).hex()}"
