"""`liuhen log close` and `liuhen log own` on a real chain, and what a service does after."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from liuhen.adapters.chain.deploy import Deployer
from liuhen.adapters.chain.dev_chain import DevChain
from liuhen.adapters.chain.tx_sender import TxSender
from liuhen.adapters.keys_file import OWNER_KEY, load_key
from liuhen.adapters.signing.local_key import LocalKey
from liuhen.core.errors import RecordRefused
from liuhen.wiring.app import build_app
from liuhen.wiring.closing import close_log
from tests.chain.test_key_replacing import Killed, kill
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


def test_a_log_is_ended_and_takes_no_records_any_more(log: OperatedLog) -> None:
    deployer = Deployer(log.url, load_key(log.key_with_money("next-owner.key")))
    key = deployer.address
    successor = deployer.register(log.policy.contract, "log.example/logs/next", key, key)
    size, old = log.view.latest().size, log.note()
    words = ("log", "close", "--successor", "0x" + successor.hex())
    code, said, cost = log.run(*words, "--dry-run")
    assert (code, "close: costs about" in cost, log.view.closing()) == (0, True, None)
    log.append_sealed()
    code, _, why = log.run(*words)
    assert (code, "liuhen anchor status" in why, log.view.closing()) == (4, True, None)
    log.append()
    size = log.view.latest().size
    code, said, _ = log.run(*words)
    assert (code, f"ended with {size} entries" in said) == (0, True)
    assert log.view.closing() == (size, successor)
    refused = f"ended with {size} entries and takes no more; it goes on as log 0x{successor.hex()}"
    with log.serving() as logs:
        with pytest.raises(RecordRefused, match=refused):
            logs.get(None).append.append_here(b'{"data":1}')
        with TestClient(build_app(logs, hosts=["testserver"])) as client:
            answer = client.post("/v1/records", content=b'{"data":1}')
            assert answer.status_code == 422
            assert refused in answer.json()["detail"]
        assert logs.get(None).prove.tree().size == size
    assert log.note() != old
    sent = log.owner().calls.sender.nonce()
    code, said, cost = log.run(*words)
    assert (code, cost, log.owner().calls.sender.nonce()) == (0, "", sent)
    code, _, why = log.run("log", "close", "--successor", "0x" + "11" * 32)
    assert (code, "has ended already" in why) == (3, True)


def test_a_service_asks_the_contract_whether_its_log_has_ended(log: OperatedLog) -> None:
    closing = log.place.register_file.with_suffix(".closed")
    size = log.view.latest().size + 5
    code, said, _ = log.run("log", "close", "--final-size", str(size))
    assert (code, f"ended with {size} entries and takes no more" in said) == (0, True)
    for away in (False, True):
        with log.serving(anchor=False) as logs, pytest.raises(RecordRefused, match="has ended"):
            logs.get(None).append.append_here(b'{"data":1}')
        if not away:
            closing.unlink()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("where", "name", "time"),
    [(TxSender, "send", 1), (TxSender, "_wait", 3), (TxSender, "settle", 2)],
)
def test_an_ending_that_was_killed_is_finished_by_the_next(
    log: OperatedLog,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    name: str,
    time: int,
    after: bool,
) -> None:
    size = log.view.latest().size
    kill(monkeypatch, where, name, time, after)
    with pytest.raises(Killed):
        close_log(log.place, log.owner())
    monkeypatch.undo()
    assert close_log(log.place, log.owner()) == (size, bytes(32)) == log.view.closing()


def test_a_running_log_is_not_ended_under_its_feet(log: OperatedLog) -> None:
    with log.serving():
        code, _, why = log.run("log", "close")
    assert (code, "another process" in why, log.view.closing()) == (6, True, None)


def test_what_the_contract_refuses_ends_nothing_here_either(log: OperatedLog) -> None:
    for words, why in (
        (("--successor", "0x" + "11" * 32), "NotASuccessor"),
        (("--final-size", "1"), "FinalSize"),
        (("--owner-key", str(log.key_with_money("somebody.key"))), "NotOwner"),
    ):
        code, _, said = log.run("log", "close", *words)
        assert (code, why in said) == (6, True)
    assert log.run("log", "close", "--successor", "nobody")[0] == 2
    log.append()


def test_a_log_is_handed_over_in_two_steps(log: OperatedLog) -> None:
    where = ("--policy", log.policy_file, "--rpc", log.url)
    owner_key, heir_key = log.keys / OWNER_KEY, log.key_with_money("heir.key")
    heir = LocalKey(load_key(heir_key)).address
    offer = ("log", "own", *where, "--key", owner_key, "--to", "0x" + heir.hex())
    code, said, cost = run(*offer, "--dry-run")
    assert (code, "nothing was sent" in said, "transferOwner" in cost) == (0, True, True)
    assert run(*offer)[0] == 0
    assert log.view.proposed_owner() == heir
    code, said, _ = run("log", "own", *where, "--key", heir_key, "--accept")
    assert (code, f"owned by 0x{heir.hex()} now" in said) == (0, True)
    assert log.view.keys()[0] == heir
    code, _, cost = run("log", "own", *where, "--key", heir_key, "--accept")
    assert (code, cost) == (0, "")
    assert run(*offer)[0] == 6
    assert run("log", "own", *where, "--key", heir_key)[0] == 2
    code, _, _ = log.run("key", "rotate", "--publisher", "--owner-key", heir_key)
    assert code == 0
