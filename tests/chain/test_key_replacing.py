"""`liuhen key rotate --signer` and `--publisher` on a real chain, killed at every step."""

import itertools
import time as clock
from collections.abc import Iterator
from pathlib import Path

import pytest

from liuhen.adapters import key_history_folder, keys_file
from liuhen.adapters.chain.deploy import fund
from liuhen.adapters.chain.dev_chain import DevChain
from liuhen.adapters.chain.owner_calls import OwnerCalls
from liuhen.adapters.chain.tx_sender import TxSender
from liuhen.adapters.keys_file import OWNER_KEY, create_missing_keys, load_key
from liuhen.adapters.signing.local_key import LocalKey
from liuhen.api.served_log import ServedLogs
from liuhen.app import open_log
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.core.examine import Beside, examine
from liuhen.core.head_checks import check_signer_signature
from liuhen.core.key_history import KeyHistory, verify_histories
from liuhen.core.note import SignedNote
from liuhen.core.policy import SizeRange, TrustPolicy
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import State
from liuhen.wiring import log_writing, owner_account, publisher_rotation, rotation, signer_rotation
from liuhen.wiring.settings import SettingsError
from tests.fakes.clock import FakeClock
from tests.fakes.key_folder import put_keystore
from tests.fakes.operated_log import OperatedLog, run


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevChain]:
    with DevChain.start(tmp_path_factory.mktemp("chain") / "state.json") as running:
        yield running


@pytest.fixture
def log(chain: DevChain, tmp_path: Path) -> OperatedLog:
    made = OperatedLog(tmp_path / "centre", chain.url)
    made.append(2)
    return made


def signer_check(receipt: str, policy: TrustPolicy) -> str:
    verdict = examine(parse_receipt(receipt.encode()), policy, Beside(FakeClock().now()))
    return verdict.check("signer_signature").reason


def agrees(log: OperatedLog) -> bool:
    """Return whether policy, contract, newest history and the key here name the same signers."""
    wanted = [(key.signer, sizes.first) for key, sizes in log.policy.signers]
    with log.serving(anchor=False) as logs:
        history = logs.get(None).key_histories[-1]
    here = LocalKey(load_key(log.keys / "head.key")).address
    texts = [key.to_text() in history for key, _ in log.policy.signers]
    return log.view.signers() == wanted and all(texts) and here == wanted[-1][0]


def leftovers(log: OperatedLog) -> set[str]:
    return {each.name for each in log.keys.iterdir() if "next" in each.name or "ret" in each.name}


def test_the_signer_is_replaced_and_old_and_new_heads_verify(log: OperatedLog) -> None:
    first_policy, anchored, old = log.policy, log.append(), log.append_sealed()
    size = log.place.register_file.read_text().splitlines()[-1].split()[0]
    thief = log.folder / "stolen"
    create_missing_keys(thief)
    (thief / "head.key").write_text((log.keys / "head.key").read_text())
    code, said, cost = log.run("key", "rotate", "--signer", "--dry-run")
    assert (code, "setSigner: costs about" in cost, leftovers(log)) == (0, True, set())
    assert log.policy == first_policy
    code, said, cost = log.run("key", "rotate", "--signer")
    assert (code, f"{int(size) + 1} entries on" in said, "at most" in cost) == (0, True, True)
    assert [sizes for _, sizes in log.policy.signers] == [
        SizeRange(0, int(size)),
        SizeRange(int(size) + 1),
    ]
    assert agrees(log)
    assert not leftovers(log)
    new = log.append()
    assert signer_check(old, log.policy) == signer_check(new, log.policy) == "signed"
    for receipt in (anchored, new):
        file = log.folder / "receipt.json"
        file.write_text(receipt)
        where = ("--policy", log.policy_file, "--rpc", log.url)
        code, said, _ = run("verify", file, *where, "--lang", "en")
        assert code == 0, said
    code, said, _ = run("audit", "--settings", log.settings_file)
    assert code == 0, said
    assert signer_check(new, first_policy) == "no-line-by-a-policy-key"
    stolen = SignedNote.parse(log.sign(int(size) + 9, bytes([7]) * 32, thief))
    check = check_signer_signature(stolen, Checkpoint.parse(stolen.text), log.policy)
    assert (check.state, check.reason) == (State.NOT_CHECKED, "key-not-for-this-size")


def test_the_key_history_of_a_new_signer_is_proven_from_the_first_policy(log: OperatedLog) -> None:
    first_policy = log.policy
    for _ in range(2):
        assert log.run("key", "rotate", "--signer")[0] == 0
    assert log.run("key", "rotate")[0] == 0
    with log.serving(anchor=False) as logs:
        histories = [KeyHistory.parse(each) for each in logs.get(None).key_histories]
    assert [history.serial for history in histories] == [0, 1, 2, 3]
    for policy in (first_policy, log.policy):
        assert verify_histories(histories, policy).signers == log.policy.signers
    assert agrees(log)


def test_a_key_that_lies_ready_is_taken_in_whatever_form(log: OperatedLog) -> None:
    key = put_keystore(log.keys, "head.next")
    assert log.run("key", "rotate", "--signer")[0] == 0
    assert log.view.signers()[-1][0] == LocalKey(key).address
    assert {"head.keystore.json", "head.password"} <= {each.name for each in log.keys.iterdir()}
    assert not (log.keys / "head.key").exists()
    assert signer_check(log.append(), log.policy) == "signed"
    assert log.run("key", "rotate", "--signer")[0] == 0
    assert {each.name for each in log.keys.glob("head.*")} == {"head.key"}
    assert agrees(log)


class Killed(BaseException):
    """The process ends here."""


SIGNER_STEPS = [
    (signer_rotation, "open_whole", 1),
    (signer_rotation, "create_missing_keys", 1),
    (OwnerCalls, "check", 1),
    (rotation, "write_durably", 1),
    (TxSender, "settle", 1),
    (TxSender, "send", 1),
    (TxSender, "_wait", 2),
    (owner_account.OwnerAccount, "wait_final", 1),
    (key_history_folder, "write_durably", 1),
    *((keys_file, "_rename", time) for time in (2, 4)),
    (signer_rotation, "replace_role", 1),
    (open_log, "_append", 1),
    (log_writing, "destroy_retired_key", 1),
]
PUBLISHER_STEPS = [
    (publisher_rotation, "create_missing_keys", 1),
    (TxSender, "send", 1),
    (TxSender, "_wait", 2),
    (owner_account.OwnerAccount, "wait_final", 1),
    *((keys_file, "_rename", time) for time in (2, 4)),
]
"""Where the process ends: module or class, function, and which of its calls."""


def kill(monkeypatch: pytest.MonkeyPatch, where: object, name: str, time: int, after: bool) -> None:
    real, calls = getattr(where, name), itertools.count(1)

    def killed(*given: object, **named: object) -> object:
        if next(calls) < time:
            return real(*given, **named)
        if after:
            real(*given, **named)
        raise Killed

    monkeypatch.setattr(where, name, killed)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("where", "name", "time"), SIGNER_STEPS)
def test_a_signer_rotation_killed_at_any_step_is_finished_by_the_next(
    log: OperatedLog,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    name: str,
    time: int,
    after: bool,
) -> None:
    old = log.append_sealed()
    kill(monkeypatch, where, name, time, after)
    with pytest.raises(Killed):
        signer_rotation.rotate_signer(log.settings, log.place, log.owner)
    monkeypatch.undo()
    signer_rotation.rotate_signer(log.settings, log.place, log.owner)
    assert agrees(log)
    assert not leftovers(log)
    new = log.append()
    assert signer_check(old, log.policy) == signer_check(new, log.policy) == "signed"


def test_no_service_starts_with_a_signer_that_was_replaced(
    log: OperatedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill(monkeypatch, TxSender, "send", 1, after=False)
    with pytest.raises(Killed):
        signer_rotation.rotate_signer(log.settings, log.place, log.owner)
    monkeypatch.undo()
    with pytest.raises(HistoryMismatch, match="signer in the contract"):
        log.append_sealed()
    log.more = {"rpc_url": "http://127.0.0.1:9", "rpc_timeout_seconds": 0.5}
    with pytest.raises(SettingsError, match="liuhen key rotate --signer"):
        log.append_sealed()


def test_a_tx_that_was_sent_before_the_kill_is_waited_for_and_not_sent_twice(
    log: OperatedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.ask("evm_setAutomine", False)
    try:
        kill(monkeypatch, TxSender, "_wait", 2, after=False)
        with pytest.raises(Killed):
            signer_rotation.rotate_signer(log.settings, log.place, log.owner)
        monkeypatch.undo()
        sender = TxSender(log.url, LocalKey(load_key(log.keys / OWNER_KEY)), wait_seconds=0.2)
        assert sender.nonce("pending") == sender.nonce() + 1
        with pytest.raises(Unavailable, match="under way"):
            sender.settle()
        log.ask("evm_mine")
    finally:
        log.ask("evm_setAutomine", True)
    before = sender.nonce()
    signer_rotation.rotate_signer(log.settings, log.place, log.owner)
    assert sender.nonce() == before
    assert agrees(log)


def test_an_owner_that_is_not_the_owner_changes_nothing(log: OperatedLog) -> None:
    policy, key = log.policy, log.key_with_money("somebody.key")
    code, _, why = log.run("key", "rotate", "--signer", "--owner-key", key)
    assert (code, "NotOwner" in why) == (6, True)
    assert log.policy == policy
    assert signer_check(log.append(), policy) == "signed"


def test_a_chain_that_is_away_is_found_before_anything_changes(log: OperatedLog) -> None:
    policy = log.policy
    log.settings_file.write_text(
        log.settings_file.read_text().replace(log.url, "http://127.0.0.1:9")
    )
    for role in ("--signer", "--publisher"):
        code, _, why = log.run("key", "rotate", role)
        assert (code, "127.0.0.1:9" in why) == (6, True)
    assert (log.policy, leftovers(log)) == (policy, set())


def test_the_log_key_is_put_on_record_after_its_rotation(log: OperatedLog) -> None:
    code, said, cost = log.run("key", "rotate")
    assert (code, "setLogKey" in cost) == (0, True)
    before = log.block_number()
    code, said, _ = log.run("key", "announce")
    assert (code, "on record already" in said, log.block_number()) == (0, True, before)
    owner_key = log.folder / "owner.key"
    (log.keys / OWNER_KEY).rename(owner_key)
    code, _, why = log.run("key", "rotate")
    assert (code, "not on record" in why, "liuhen key announce" in why) == (0, True, True)
    code, said, _ = log.run("key", "announce", "--owner-key", owner_key)
    assert (code, "on record now" in said) == (0, True)


# The publisher ------------------------------------------------------------------------------


def test_anchoring_goes_on_with_a_new_publisher(log: OperatedLog) -> None:
    old = load_key(log.keys / "publisher.key")
    code, _, cost = log.run("key", "rotate", "--publisher", "--dry-run")
    assert (code, "setPublisher: costs about" in cost, leftovers(log)) == (0, True, set())
    code, said, _ = log.run("key", "rotate", "--publisher")
    assert (code, "it holds       0 wei" in said) == (0, True)
    new = LocalKey(load_key(log.keys / "publisher.key")).address
    assert log.view.keys()[1] == new != LocalKey(old).address
    kept = log.keys / f"publisher.retired-{LocalKey(old).address.hex()}.key"
    assert load_key(kept) == old
    fund(log.url, new)
    before = log.view.latest().size
    log.append()
    assert log.view.latest().size > before


def test_a_stuck_attempt_of_the_old_publisher_is_given_up(log: OperatedLog) -> None:
    before, old = log.view.latest().size, log.view.keys()[1]
    log.ask("evm_setAutomine", False)
    try:
        with log.serving() as logs:
            logs.get(None).append.append_here(b'{"data":1}')
            while attempts_of(logs, old)[-1] != "sent":
                clock.sleep(0.02)
        for tx in log.ask("txpool_content")["pending"].values():
            for each in tx.values():
                log.ask("hardhat_dropTransaction", each["hash"])
    finally:
        log.ask("evm_setAutomine", True)
    assert log.run("key", "rotate", "--publisher")[0] == 0
    new = LocalKey(load_key(log.keys / "publisher.key")).address
    fund(log.url, new)
    log.append()
    assert log.view.latest().size > before
    with log.serving(anchor=False) as logs:
        assert attempts_of(logs, old)[-1] == "replaced"
        assert set(attempts_of(logs, new)) == {"final"}
    code, said, _ = run("audit", "--settings", log.settings_file)
    assert code == 0, said


def attempts_of(logs: ServedLogs, sender: bytes) -> list[str]:
    (anchors,) = logs.get(None).anchors
    return [str(each.state) for each in anchors.attempts_with(sender, 0)]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("where", "name", "time"), PUBLISHER_STEPS)
def test_a_publisher_rotation_killed_at_any_step_is_finished_by_the_next(
    log: OperatedLog,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    name: str,
    time: int,
    after: bool,
) -> None:
    kill(monkeypatch, where, name, time, after)
    with pytest.raises(Killed):
        publisher_rotation.rotate_publisher(log.place, log.owner())
    monkeypatch.undo()
    address = publisher_rotation.rotate_publisher(log.place, log.owner())
    here = LocalKey(load_key(log.keys / "publisher.key")).address
    assert log.view.keys()[1] == address == here
    assert not list(log.keys.glob("publisher.next*"))
