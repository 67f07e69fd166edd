from pathlib import Path

import pytest

from liuhen.adapters.keys_file import create_missing_keys
from liuhen.core.errors import HistoryMismatch, MalformedPolicy, Unavailable
from liuhen.wiring.http_server import check_address, host_names, listen
from liuhen.wiring.log_places import read_policy
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import SettingsError
from tests.fakes.running_service import settings_in, write_policy


@pytest.mark.parametrize("chain_id", [1337, 31337, 20231])
def test_a_development_chain_is_used_only_where_that_is_wanted(
    tmp_path: Path, chain_id: int
) -> None:
    write_policy(tmp_path, chain_id=chain_id)
    policy = tmp_path / "policy.json"
    with pytest.raises(SettingsError, match="--development"):
        read_policy(policy, development=False)
    assert read_policy(policy, development=True).chain.id == chain_id


@pytest.mark.parametrize("chain_id", [1337, 31337])
def test_the_ids_that_developers_use_are_refused_whatever_the_policy_calls_the_chain(
    tmp_path: Path, chain_id: int
) -> None:
    policy = write_policy(tmp_path, chain_id=chain_id)
    policy.write_bytes(policy.read_bytes().replace(b'"development"', b'"consortium"'))
    with pytest.raises(SettingsError, match=str(chain_id)):
        read_policy(tmp_path / "policy.json", development=False)


def test_a_policy_that_is_missing_or_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="policy"):
        read_policy(tmp_path / "policy.json", development=True)
    (tmp_path / "policy.json").write_text("{}")
    with pytest.raises(MalformedPolicy):
        read_policy(tmp_path / "policy.json", development=True)


def test_keys_that_no_verifier_would_accept_do_not_sign(tmp_path: Path) -> None:
    write_policy(tmp_path)
    create_missing_keys(tmp_path / "others")
    settings = settings_in(tmp_path, keys_dir=tmp_path / "others")
    opening = open_service(settings, development=True, anchor=False)
    with pytest.raises(SettingsError, match="not those of the policy"), opening:
        pass


def test_a_log_survives_a_restart_and_only_one_process_holds_it(tmp_path: Path) -> None:
    write_policy(tmp_path)
    settings = settings_in(tmp_path)
    with open_service(settings, development=True, anchor=False) as logs:
        answer = logs.get("jyg").append.append_here(b'{"data":1}')
        second = open_service(settings, development=True, anchor=False)
        with pytest.raises(Unavailable, match="another process"), second:
            pass
    with open_service(settings, development=True, anchor=True) as logs:
        log, record = logs.find_record(answer.record_id)
        assert log.prove.receipt(record)
        log.check_ready()


def test_an_older_copy_of_the_database_does_not_sign(tmp_path: Path) -> None:
    write_policy(tmp_path)
    settings = settings_in(tmp_path)
    copy = tmp_path / "copy.sqlite"
    with open_service(settings, development=True, anchor=False) as logs:
        logs.get(None).append.append_here(b'{"data":1}')
    database = tmp_path / "data" / "liuhen.sqlite"
    copy.write_bytes(database.read_bytes())
    with open_service(settings, development=True, anchor=False) as logs:
        logs.get(None).append.append_here(b'{"data":2}')
    for file in (tmp_path / "data").iterdir():
        file.unlink()
    database.write_bytes(copy.read_bytes())
    again = open_service(settings, development=True, anchor=False)
    with pytest.raises(HistoryMismatch, match="old copy"), again:
        pass


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "log.example", "127.0.0.2"])
def test_another_address_than_this_machines_needs_a_loud_yes(tmp_path: Path, host: str) -> None:
    with pytest.raises(SettingsError, match="NO_ACCESS_CONTROL=yes"):
        check_address(settings_in(tmp_path, host=host))
    check_address(settings_in(tmp_path, host=host, i_understand_there_is_no_access_control="yes"))


def test_this_machines_addresses_need_none(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        settings = settings_in(tmp_path, host=host, allowed_hosts=("Log.Example",))
        check_address(settings)
        assert host_names(settings) == {"127.0.0.1", "[::1]", "localhost", "log.example"}


def test_a_port_that_is_taken_is_named() -> None:
    with listen("127.0.0.1", 0) as first:
        first.listen()
        with pytest.raises(Unavailable, match=str(first.getsockname()[1])):
            listen("127.0.0.1", first.getsockname()[1])
