"""Several logs on one server: nothing of one is ever taken for the other's."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from liuhen.adapters.keys_file import PUBLISHER_KEY
from liuhen.api.served_log import ServedLogs
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import HistoryMismatch, MalformedPolicy, Unavailable
from liuhen.core.examine import Beside, examine
from liuhen.core.note import SignedNote
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import Outcome
from liuhen.wiring.app import build_app
from liuhen.wiring.log_places import read_log_places
from liuhen.wiring.serve import anchor
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import SettingsError
from tests.fakes.clock import FakeClock
from tests.fakes.several_logs import several_logs, several_settings, write_policies

NAMES = ["north", "south"]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedLogs]:
    with several_logs(tmp_path_factory.mktemp("several"), NAMES) as served:
        yield served


@pytest.fixture(scope="module")
def client(logs: ServedLogs) -> Iterator[TestClient]:
    app = build_app(logs, hosts=["testserver"])
    with TestClient(app, raise_server_exceptions=False) as test_client:
        yield test_client


def append(client: TestClient, query: str, data: object, case: str = "P-1") -> dict[str, Any]:
    answer = client.post(f"/v1/records{query}", content=json.dumps({"data": data, "case": case}))
    assert answer.status_code == 201, answer.text
    number = answer.headers["Liuhen-Record-Id"]
    found: dict[str, Any] = client.get(f"/v1/records/{number}").json()
    return {**found, "receipt": answer.content}


def test_a_record_enters_the_log_that_was_named(client: TestClient) -> None:
    for name in NAMES:
        found = append(client, f"?log={name}", f"into {name}")
        assert found["log"] == name
        assert found["record"]["origin"] == f"log.example/logs/{name}"
        assert found["links"]["checkpoint"] == f"/logs/{name}/checkpoint"


def test_without_a_name_it_is_the_first_by_name(client: TestClient) -> None:
    assert append(client, "", "somewhere")["log"] == "north"


def test_a_log_that_is_not_there_is_404(client: TestClient) -> None:
    assert client.post("/v1/records?log=east", content=b'{"data":1}').status_code == 404
    assert client.get("/logs/east/checkpoint").status_code == 404


def test_the_same_case_code_is_two_cases_in_two_logs(client: TestClient) -> None:
    numbers = {
        name: [append(client, f"?log={name}", i, "P-7")["record"] for i in range(3)]
        for name in NAMES
    }
    for records in numbers.values():
        assert [record["case_seq"] for record in records] == [0, 1, 2]
    previous = [record["case_prev"] for records in numbers.values() for record in records[1:]]
    assert len({*previous}) == 4


def test_the_same_idempotency_key_is_two_keys_in_two_logs(client: TestClient) -> None:
    headers = {"Idempotency-Key": "once"}
    answers = [
        client.post(f"/v1/records?log={name}", content=b'{"data":5}', headers=headers)
        for name in [*NAMES, *NAMES]
    ]
    numbers = [answer.headers["Liuhen-Record-Id"] for answer in answers]
    assert numbers[:2] == numbers[2:]
    assert numbers[0] != numbers[1]


def test_each_log_has_its_own_files_and_keys(client: TestClient) -> None:
    heads = {}
    for name in NAMES:
        note = client.get(f"/logs/{name}/checkpoint").text
        heads[name] = Checkpoint.parse(SignedNote.parse(note).text)
        assert heads[name].origin == f"log.example/logs/{name}"
        width = heads[name].size
        assert client.get(f"/logs/{name}/tile/0/000.p/{width}").status_code == 200
        assert f"log.example/logs/{name}+" in client.get(f"/logs/{name}/keys").text
    assert heads["north"].root != heads["south"].root
    policies = [client.get(f"/logs/{name}/policy.json").json() for name in NAMES]
    assert policies[0]["log_keys"] != policies[1]["log_keys"]
    assert policies[0]["signers"] != policies[1]["signers"]


def test_a_lookup_looks_in_all_logs(client: TestClient) -> None:
    import hashlib

    for name in NAMES:
        append(client, f"?log={name}", "the same words")
    digest = hashlib.sha256(b'"the same words"').hexdigest()
    found = client.get(f"/v1/lookup?digest=sha-256:{digest}").json()
    assert [record["log"] for record in found["records"]] == NAMES


def test_a_receipt_is_verified_by_the_policy_of_its_own_log(client: TestClient) -> None:
    for name in NAMES:
        receipt = append(client, f"?log={name}", "verify me")["receipt"]
        verdict = client.post("/v1/verify", content=receipt).json()
        # Nobody is at the node's address; but the origin was found, and both signatures hold.
        states = {check["code"]: check["state"] for check in verdict["checks"]}
        assert states["origin"] == states["log_signature"] == states["signer_signature"] == "passed"


def test_a_receipt_of_one_log_against_the_policy_of_the_other_could_not_be_checked(
    client: TestClient, logs: ServedLogs
) -> None:
    for own, other in [NAMES, NAMES[::-1]]:
        receipt = parse_receipt(append(client, f"?log={own}", "whose am I")["receipt"])
        beside = Beside(FakeClock().now())
        verdict = examine(receipt, logs.get(other).policy, beside)
        assert (verdict.outcome, verdict.reason) == (
            Outcome.COULD_NOT_CHECK,
            "origin-not-in-policy",
        )


def test_all_logs_are_watched_over(client: TestClient) -> None:
    ready = client.get("/readyz").json()
    assert [(log["log"], log["writer"]) for log in ready["logs"]] == [
        (name, "ready") for name in NAMES
    ]
    page = client.get("/en/").text
    for name in NAMES:
        assert f"log.example/logs/{name}" in page


# Places


def test_one_policy_file_is_one_log_with_its_keys_where_they_were(tmp_path: Path) -> None:
    write_policies(tmp_path, ["only"])
    settings = several_settings(tmp_path, policy_file=tmp_path / "policies/only.json")
    (place,) = read_log_places(settings, development=True)
    assert (place.name, place.keys_dir) == ("only", tmp_path / "keys")


def test_a_folder_of_policies_is_a_log_for_each(tmp_path: Path) -> None:
    write_policies(tmp_path, ["b", "c", "a"])
    (tmp_path / "policies/README.txt").write_text("not a policy")
    places = read_log_places(several_settings(tmp_path), development=True)
    assert [place.name for place in places] == ["a", "b", "c"]
    assert [place.keys_dir for place in places] == [tmp_path / "keys" / name for name in "abc"]
    assert len({place.register_file for place in places}) == 3
    chosen = read_log_places(several_settings(tmp_path, default_log="c"), development=True)
    assert [place.name for place in chosen] == ["c", "a", "b"]


def test_a_default_log_that_is_not_there_is_refused(tmp_path: Path) -> None:
    write_policies(tmp_path, NAMES)
    with pytest.raises(SettingsError, match="LIUHEN_DEFAULT_LOG"):
        read_log_places(several_settings(tmp_path, default_log="east"), development=True)


def test_two_logs_of_one_name_are_refused(tmp_path: Path) -> None:
    write_policies(tmp_path, ["north"])
    (tmp_path / "policies/north.json").rename(tmp_path / "policies/first.json")
    write_policies(tmp_path, ["north"], host="other.example/logs/")
    with pytest.raises(SettingsError, match="same name"):
        read_log_places(several_settings(tmp_path), development=True)


def test_a_folder_without_a_policy_and_one_that_is_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    with pytest.raises(SettingsError, match="no policy"):
        read_log_places(several_settings(tmp_path), development=True)
    (tmp_path / "policies/a.json").write_text("{}")
    with pytest.raises(MalformedPolicy, match=r"a\.json"):
        read_log_places(several_settings(tmp_path), development=True)
    (tmp_path / "policies/a.json").unlink()
    (tmp_path / "policies/a.json").mkdir()
    with pytest.raises(Unavailable):
        read_log_places(several_settings(tmp_path), development=True)


def test_a_development_chain_in_one_of_several_policies_is_refused(tmp_path: Path) -> None:
    write_policies(tmp_path, NAMES)
    with pytest.raises(SettingsError, match="--development"):
        read_log_places(several_settings(tmp_path), development=False)


def test_keys_of_one_log_do_not_sign_for_the_other(tmp_path: Path) -> None:
    write_policies(tmp_path, NAMES)
    (tmp_path / "keys/south").rename(tmp_path / "keys/aside")
    (tmp_path / "keys/north").rename(tmp_path / "keys/south")
    (tmp_path / "keys/aside").rename(tmp_path / "keys/north")
    opening = open_service(several_settings(tmp_path), development=True, anchor=False)
    with pytest.raises(SettingsError, match="not those of the policy"), opening:
        pass


def test_a_log_that_was_damaged_stops_the_start_and_the_others_are_let_go(tmp_path: Path) -> None:
    with several_logs(tmp_path, NAMES) as logs:
        logs.get("south").append.append_here(b'{"data":1}')
    register = tmp_path / "register/log.example_logs_south.register"
    whole = register.read_bytes()
    register.write_bytes(whole.replace(b" ", b"  ", 1))
    opening = open_service(several_settings(tmp_path), development=True, anchor=False)
    with pytest.raises(HistoryMismatch), opening:
        pass
    register.write_bytes(whole)
    with several_logs(tmp_path, NAMES) as logs:  # nobody holds a register any more
        logs.get("north").check_ready()


def test_two_logs_do_not_share_the_account_that_pays(tmp_path: Path) -> None:
    write_policies(tmp_path, NAMES)
    north, south = (tmp_path / "keys" / name / PUBLISHER_KEY for name in NAMES)
    south.write_bytes(north.read_bytes())
    settings = several_settings(tmp_path)
    opened = open_service(settings, development=True, anchor=True)
    with pytest.raises(SettingsError, match="north and south have the same publisher"), opened:
        pass
    with pytest.raises(SettingsError, match="same publisher"):
        anchor(settings, development=True)
