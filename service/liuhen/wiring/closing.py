"""Ending a log in the contract, and remembering that it has ended.

    1  the newest signed head is anchored, and that is final; else nothing is done
    2  <register>.closed is written beside the register: no service takes records any more
    3  the owner calls `close`, and it becomes final

Killed after 2, it is run again. A service looks at the contract too when it starts, so that a log
that was ended from another machine takes no records either.
"""

from pathlib import Path
from typing import Final

from liuhen.adapters.chain.log_view import Closing, LogView
from liuhen.adapters.chain.node_calls import host_of
from liuhen.adapters.chain.web3_chain import connect
from liuhen.adapters.durable import write_durably
from liuhen.adapters.register_file import RegisterFile
from liuhen.core.canonical import canonical
from liuhen.core.errors import HistoryMismatch, NotYet, Unavailable
from liuhen.core.policy import TrustPolicy
from liuhen.core.policy_member import Members
from liuhen.core.strict_json import parse_json
from liuhen.wiring.log_places import LogPlace
from liuhen.wiring.nodes import chain_target
from liuhen.wiring.owner_account import OwnerAccount
from liuhen.wiring.settings import Settings

NO_SUCCESSOR: Final = bytes(32)


def close_log(
    place: LogPlace,
    owner: OwnerAccount,
    successor: bytes = NO_SUCCESSOR,
    final_size: int | None = None,
    *,
    dry_run: bool = False,
) -> Closing:
    """End a log, once.

    Args:
        place: Where the log's parts lie.
        owner: The owner's account.
        successor: The log's identifier that goes on in its place, 32 bytes; zero for none.
        final_size: The last size that may be anchored; None is that of the newest signed head,
            which must be anchored.
        dry_run: Only tell what it would cost.

    Raises:
        NotYet: The newest head is not anchored, or that is not final.
        HistoryMismatch: The log has ended already, in another way.
        ContractRefused: The contract refuses; nothing was sent.
        Unavailable: The service runs, or file, key or node cannot be used.
    """
    register = RegisterFile(place.register_file, place.policy.origin)
    try:
        owner.calls.sender.settle()
        newest, anchored = register.newest(), owner.calls.latest()
        there = owner.calls.closing()
        if final_size is None:
            final_size = there.final_size if there else newest.size if newest else 0
            if there is None and (newest is None or anchored != newest):
                raise NotYet(
                    f"the newest signed head has {final_size} entries, and {anchored.size} are"
                    " anchored: start the service, wait until `liuhen anchor status` says that all"
                    " is anchored, stop it, and run this again; or say --final-size"
                )
        wanted = Closing(final_size, successor)
        if there not in (None, wanted):
            raise HistoryMismatch(f"the log has ended already: {describe(there)}")
        call = owner.calls.close(*wanted)
        if dry_run:
            if there is None:
                owner.tell(call)
            return wanted
        if there is None:
            owner.wait_final(lambda at: owner.calls.latest(at) == anchored)
            owner.calls.check(call)
        _remember(place, wanted)
        owner.bring_about(call, lambda at: owner.calls.closing(at) == wanted)
    finally:
        register.close()
    return wanted


def find_closing(settings: Settings, place: LogPlace) -> Closing | None:
    """Return how a log ended, as far as this machine or the contract knows; None if it has not.

    Raises:
        Unavailable: The file beside the register cannot be read.
        Malformed: It is damaged.
    """
    return _remembered(place) or _ask(settings, place.policy)


def describe(closing: Closing) -> str:
    """Return how a log ended, in words."""
    ended = f"this log has ended with {closing.final_size} entries and takes no more"
    if closing.successor == NO_SUCCESSOR:
        return ended
    return f"{ended}; it goes on as log 0x{closing.successor.hex()} of the same contract"


def _ask(settings: Settings, policy: TrustPolicy) -> Closing | None:
    """Ask the first node that answers; a chain that is away is no reason to refuse."""
    for url in settings.rpc_urls:
        web3 = connect(url, settings.rpc_timeout_seconds)
        try:
            return LogView(web3, host_of(url), chain_target(policy)).closing()
        except Unavailable:
            continue
    return None


def _file(place: LogPlace) -> Path:
    return place.register_file.with_suffix(".closed")


def _remember(place: LogPlace, closing: Closing) -> None:
    content = canonical(
        {"final_size": closing.final_size, "successor": "0x" + closing.successor.hex()}
    )
    try:
        write_durably(_file(place), content + b"\n")
    except OSError as error:
        raise Unavailable(f"{_file(place)} cannot be written: {error.strerror}") from error


def _remembered(place: LogPlace) -> Closing | None:
    try:
        content = _file(place).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unavailable(f"{_file(place)} cannot be read: {error.strerror}") from error
    members = Members(parse_json(content), "")
    closing = Closing(members.integer("final_size"), members.bytes("successor", 32))
    members.end()
    return closing
