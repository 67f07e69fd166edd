"""What it takes to write one log: its keys, its register, its writer. For serving and for rotating.

Opening is the moment at which a rotated key comes into use: the first entry under it is appended
here, before anybody else's, and the key before it is destroyed.
"""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import NamedTuple

import structlog

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.adapters.clock import SystemClock
from liuhen.adapters.erasures_file import ErasuresFile
from liuhen.adapters.key_history_folder import KeyHistoryFolder
from liuhen.adapters.keys_file import (
    LOOKUP_KEY,
    destroy_retired_key,
    forms_of,
    load_key,
)
from liuhen.adapters.register_file import RegisterFile
from liuhen.adapters.sql.engine import Database
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.app.case_rules import CaseRules
from liuhen.app.digest_key import DigestKey
from liuhen.app.erase import Eraser
from liuhen.app.final_block import NewestFinalBlock
from liuhen.app.log_writer import LogWriter
from liuhen.app.open_log import find_or_create_log, open_log
from liuhen.app.seal import HeadSealer, RetiredHeadKey, RetiredKey, signed_text
from liuhen.core.key_history import KeyHistory, history_of
from liuhen.domain.facts import RuleContext
from liuhen.domain.working_day import Calendar
from liuhen.ports import HeadSigner, TextSigner
from liuhen.wiring.log_places import LogPlace
from liuhen.wiring.nodes import chain_target
from liuhen.wiring.settings import SettingsError
from liuhen.wiring.signers import (
    RETIRED_HEAD,
    RETIRED_LOG,
    open_head_signer,
    open_text_signer,
)


class OpenWriter(NamedTuple):
    """An open log, as far as it takes to write it.

    Attributes:
        log_id: Its number in the database.
        store: The log in the database.
        sealer: Register and keys.
        writer: Its writer, which runs.
        digest_key: Keys what the database may not hold plainly.
        final_block: Where the newest final block is kept.
        clock: The time.
        histories: Its key histories, from serial number 0.
        eraser: Erases in it; it has erased again what a copy of the database brought back.
        rules: What the domain has to say of its records.
    """

    log_id: int
    store: SqlLogStore
    sealer: HeadSealer
    writer: LogWriter
    digest_key: DigestKey
    final_block: NewestFinalBlock
    clock: SystemClock
    histories: tuple[KeyHistory, ...]
    eraser: Eraser
    rules: CaseRules


def open_writer(
    stack: ExitStack,
    place: LogPlace,
    database: Database,
    erase_blob: Callable[[bytes, str], None] | None = None,
    *,
    takes_counted: bool = False,
    calendar: Calendar | None = None,
) -> OpenWriter:
    """Take hold of a log's register, compare it with the database, and start the writer.

    Args:
        stack: Takes what is to be closed.
        place: Where the log's parts lie.
        database: The database of all logs.
        erase_blob: As `Eraser` takes it. None where nothing is served: then erasures that a crash
            or a copy left undone are left to whoever serves.
        takes_counted: Whether records whose number is secret enter without slots.
        calendar: Which days are working days; None: as published.

    Raises:
        SettingsError: The keys are not those of the policy.
        AuditError: Keys, register, database or policy do not allow it.
    """
    policy = place.policy
    signer = open_text_signer(place.keys_dir, policy.origin)
    head_signer = open_head_signer(place.keys_dir)
    _check_keys(signer, head_signer, place)
    register = RegisterFile(place.register_file, policy.origin)
    stack.callback(register.close)
    histories = _key_histories(place, signer, head_signer)
    clock = SystemClock()
    log_id = find_or_create_log(SqlLogs(database), clock, policy.origin).log_id
    store = SqlLogStore(database, log_id)
    digest_key = DigestKey(load_key(place.keys_dir / LOOKUP_KEY))
    final_block = NewestFinalBlock(policy.chain.id)
    retired, retired_head = _retired_key(place), _retired_head_key(place)
    targets = [chain_target(policy)]
    sealer = HeadSealer(
        policy.origin, register, signer, head_signer, targets, retired, retired_head
    )
    rules = CaseRules(RuleContext(calendar or ChinaCalendar(), digest_key.mark), takes_counted)
    writer = LogWriter(policy.origin, store, sealer, clock, rules, after_block=final_block.get)
    journal = ErasuresFile(place.register_file.with_suffix(".erasures"), policy.origin)
    eraser = Eraser(writer, store, journal, digest_key, clock, erase_blob or (lambda *_: None))
    if erase_blob is not None:
        eraser.replay()  # first of all, whatever follows: what was erased must not come back
    open_log(writer, sealer, digest_key, clock, histories[-1] if histories else None)
    stack.callback(writer.stop)
    if erase_blob is not None:
        eraser.complete()
        eraser.start()
        stack.callback(eraser.stop)
    if retired is not None and writer.published.tree.size > retired.last_size:
        destroy_retired_key(place.keys_dir)
    if retired_head is not None and writer.published.tree.size > retired_head.last_size:
        destroy_retired_key(place.keys_dir, RETIRED_HEAD)
    return OpenWriter(
        log_id, store, sealer, writer, digest_key, final_block, clock, histories, eraser, rules
    )


def _check_keys(signer: TextSigner, head_signer: HeadSigner, place: LogPlace) -> None:
    """Do not sign with keys that no verifier would accept for the next head."""
    ranges = {key.to_text(): sizes for key, sizes in place.policy.log_keys}
    signers = {key.signer: sizes for key, sizes in place.policy.signers}
    sizes, head_sizes = ranges.get(signer.log_key.to_text()), signers.get(head_signer.address)
    if sizes is None or head_sizes is None:
        raise SettingsError(
            f"the keys in {place.keys_dir} are not those of the policy {place.policy_file}"
        )
    if sizes.last is not None:
        raise SettingsError(
            f"the policy {place.policy_file} has retired the key in {place.keys_dir}: a rotation"
            " was begun and not finished. Run `liuhen key rotate` again"
        )
    if head_sizes.last is not None:
        raise SettingsError(
            f"the policy {place.policy_file} has retired the Ethereum key in {place.keys_dir}: a"
            " rotation was begun and not finished. Run `liuhen key rotate --signer` again"
        )


def _retired_head_key(place: LogPlace) -> RetiredHeadKey | None:
    """Return the key before the newest that signs heads for contracts, while it is needed."""
    if not forms_of(place.keys_dir, RETIRED_HEAD):
        return None
    signer = open_head_signer(place.keys_dir, RETIRED_HEAD)
    for key, sizes in place.policy.signers:
        if key.signer == signer.address and sizes.last is not None:
            return RetiredHeadKey(signer, sizes.last)
    return None


def _retired_key(place: LogPlace) -> RetiredKey | None:
    """Return the key before the newest while it is still needed."""
    if not forms_of(place.keys_dir, RETIRED_LOG):
        return None
    signer = open_text_signer(place.keys_dir, place.policy.origin, RETIRED_LOG)
    for key, sizes in place.policy.log_keys:
        if key == signer.log_key and sizes.last is not None:
            return RetiredKey(signer, sizes.last)
    return None


def _key_histories(
    place: LogPlace, signer: TextSigner, head_signer: HeadSigner
) -> tuple[KeyHistory, ...]:
    """Return the log's key histories; make the first where there is none yet.

    Raises:
        SettingsError: The newest is not of the keys that sign.
    """
    folder = KeyHistoryFolder(place.key_history_dir)
    found = folder.read_all()
    if not found:
        first = history_of(place.policy)
        if first.serial:
            structlog.get_logger("liuhen.serve").warning(
                "key_histories_lost", origin=place.policy.origin, folder=str(place.key_history_dir)
            )
            return ()
        folder.put(first.signed_by(partial(signed_text, signer), signer.log_key))
        found = folder.read_all()
    newest = found[-1]
    signers = {key.signer for key, sizes in newest.signers if sizes.last is None}
    if newest.newest != signer.log_key or head_signer.address not in signers:
        raise SettingsError(
            f"the newest key history in {place.key_history_dir} is not of the keys in"
            f" {place.keys_dir}: a rotation was begun and not finished, or a folder is an older"
            " copy. Run `liuhen key rotate` again, or put the newer folder back"
        )
    return found
