"""Rotating the Ed25519 key of a log, with the service stopped.

    1  the log is opened with the present key, so that all that is stored is signed
    2  log.next.key is drawn
    3  policy file: the present key ends with the present size, the next begins after it
    4  key history: the same, signed by both keys
    5  the next key takes the place of the present one, which is kept as log.retired.key
    6  the log is opened with the next key: its first entry is a `log.keys` record
    7  log.retired.key is destroyed

Every step can be done again. Killed before 3, nothing has changed; after it the service refuses to
start (or, after 5, does 6 and 7 itself) until the rotation is run again. The retired key is needed
in 6 because a service signs the head it finds once more, and that is of the old key's sizes.
"""

from contextlib import ExitStack
from dataclasses import replace

from liuhen.adapters.durable import write_durably
from liuhen.adapters.key_history_folder import KeyHistoryFolder
from liuhen.adapters.keys_file import (
    LOG_KEY,
    NEXT_LOG_KEY,
    RETIRED_LOG_KEY,
    create_missing_keys,
    load_key,
    put_next_key_in_place,
)
from liuhen.adapters.register_file import RegisterFile
from liuhen.adapters.signing.local_key import LocalTextSigner
from liuhen.core.canonical import canonical
from liuhen.core.errors import NotYet, Unavailable
from liuhen.core.head_signature import LogKey
from liuhen.core.key_history import KeyHistory, history_of
from liuhen.core.policy import SizeRange, TrustPolicy
from liuhen.wiring.file_keeping import open_files
from liuhen.wiring.log_places import LogPlace, read_log_places, read_policy
from liuhen.wiring.log_writing import OpenWriter, open_writer
from liuhen.wiring.service import open_database
from liuhen.wiring.settings import Settings, SettingsError
from liuhen.wiring.signers import LOG, find_form


def rotate_log_key(settings: Settings, place: LogPlace) -> KeyHistory:
    """Give a log a new Ed25519 key; return its newest key history.

    Args:
        settings: The settings.
        place: Where the log's parts lie.

    Raises:
        SettingsError: Keys and policy do not belong together, or the key is not in `log.key`.
        NotYet: The log has no entries.
        Unavailable: The service runs, or a file cannot be used.
        AuditError: The log cannot be opened.
    """
    _check_plain(place)
    swapped = (place.keys_dir / RETIRED_LOG_KEY).exists() and not _is_begun(place)
    if not swapped:
        _swap(settings, place)
    place = replace(place, policy=read_policy(place.policy_file, development=True))
    with ExitStack() as stack:
        return open_whole(stack, settings, place).histories[-1]


def _check_plain(place: LogPlace) -> None:
    path = find_form(place.keys_dir, LOG)
    if path.name != LOG_KEY:
        raise SettingsError(
            f"the log's key is in {path.name}: only one in {LOG_KEY} can be rotated by this program"
        )


def open_whole(stack: ExitStack, settings: Settings, place: LogPlace) -> OpenWriter:
    """Open the log; an erasure that a copy of the database undid takes its file along."""
    database = open_database(stack, settings.data_dir)
    places = read_log_places(settings, development=True)
    return open_writer(stack, place, database, open_files(settings, places, database).release)


def _is_begun(place: LogPlace) -> bool:
    """Return whether an earlier run has drawn the next key and not yet put it in place."""
    return (place.keys_dir / NEXT_LOG_KEY).exists()


def _swap(settings: Settings, place: LogPlace) -> None:
    """Take steps 1 to 5, or those that are left of them."""
    with ExitStack() as stack:
        if _next_in_policy(place) is None:
            log = open_whole(stack, settings, place)
            size = log.writer.published.tree.size
            create_missing_keys(place.keys_dir, [NEXT_LOG_KEY])
            policy = _with_next_key(place, size)
            write_policy(place, policy)
        else:
            register = RegisterFile(place.register_file, place.policy.origin)
            stack.callback(register.close)
            policy = place.policy
        present, following = _signer(place, LOG_KEY), _signer(place, NEXT_LOG_KEY)
        history = history_of(policy).signed_by(present.sign_text, present.log_key)
        signed = history.signed_by(following.sign_text, following.log_key)
        KeyHistoryFolder(place.key_history_dir).put(signed)
        put_next_key_in_place(place.keys_dir)


def _next_in_policy(place: LogPlace) -> LogKey | None:
    """Return the next key if it is drawn and the policy names it."""
    if not _is_begun(place):
        return None
    key = _signer(place, NEXT_LOG_KEY).log_key
    return key if key in [known for known, _ in place.policy.log_keys] else None


def _with_next_key(place: LogPlace, size: int) -> TrustPolicy:
    """Return the policy in which the next key follows the present one after a size.

    Raises:
        NotYet: The present key has not signed a head of its own yet.
    """
    *older, (present, sizes) = history_of(place.policy).log_keys
    if size < max(sizes.first, 1):
        raise NotYet("the present key of the log has not signed anything yet")
    following = (_signer(place, NEXT_LOG_KEY).log_key, SizeRange(size + 1))
    keys = (*older, (present, SizeRange(sizes.first, size)), following)
    return replace(place.policy, log_keys=keys)


def write_policy(place: LogPlace, policy: TrustPolicy) -> None:
    """Put a log's policy in place, durably.

    Raises:
        Unavailable: It cannot be written.
    """
    try:
        write_durably(place.policy_file, canonical(policy.to_json()) + b"\n")
    except OSError as error:
        raise Unavailable(f"{place.policy_file} cannot be written: {error.strerror}") from error


def _signer(place: LogPlace, name: str) -> LocalTextSigner:
    """Return a signer with one of the log's Ed25519 keys."""
    return LocalTextSigner(place.policy.origin, load_key(place.keys_dir / name))


def find_log(places: tuple[LogPlace, ...], name: str | None) -> LogPlace:
    """Return the log of a name; None is the only one.

    Raises:
        SettingsError: There is none, or several and none was named.
    """
    if name is None and len(places) == 1:
        return places[0]
    for place in places:
        if place.name == name:
            return place
    names = ", ".join(place.name for place in places)
    raise SettingsError(f"name one of the logs with --log: {names}")
