"""`liuhen key rotate` and `liuhen dev --log`: what they are given, and what they say."""

from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from liuhen.cli.main import app
from liuhen.core.policy import SizeRange, parse_policy
from liuhen.wiring.development import set_up_logs
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import SettingsError
from tests.fakes.running_service import NOBODY, settings_in, write_policy
from tests.fakes.several_logs import several_logs, several_settings


def write_settings(folder: Path, policy: str) -> str:
    file = folder / "liuhen.toml"
    lines = [f'{name} = "{folder / place}"' for name, place in PLACES.items()]
    file.write_text(
        "\n".join([*lines, f'policy_file = "{folder / policy}"', 'log_level = "error"'])
    )
    return str(file)


PLACES = {"data_dir": "data", "register_dir": "register", "keys_dir": "keys"}


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(words), env={"LIUHEN_RPC_URL": NOBODY})
    structlog.reset_defaults()  # it wrote to the runner's stderr, which is closed now
    return done.exit_code, done.stdout, done.stderr


def test_a_rotation_says_what_is_new_and_what_to_do(tmp_path: Path) -> None:
    policy = write_policy(tmp_path)
    with open_service(settings_in(tmp_path), development=True, anchor=False) as logs:
        size = logs.get(None).prove.tree().size
    settings = write_settings(tmp_path, "policy.json")
    code, said, why = run("key", "rotate", "--settings", settings, "--development")
    assert "liuhen key announce" in why
    keys = parse_policy(policy.read_bytes()).log_keys
    assert (code, [sizes for _, sizes in keys]) == (0, [SizeRange(0, size), SizeRange(size + 1)])
    assert keys[1][0].to_text() in said
    assert f"{size + 1} entries on" in said
    assert str(policy) in said


def test_a_rotation_beside_a_running_service_is_refused(tmp_path: Path) -> None:
    write_policy(tmp_path)
    settings = write_settings(tmp_path, "policy.json")
    with open_service(settings_in(tmp_path), development=True, anchor=False):
        code, said, why = run("key", "rotate", "--settings", settings, "--development")
    assert (code, said, "another process" in why) == (6, "", True)


def test_of_several_logs_one_is_named(tmp_path: Path) -> None:
    with several_logs(tmp_path, ["north", "south"]):
        pass
    settings = write_settings(tmp_path, "policies")
    code, _, why = run("key", "rotate", "--settings", settings, "--development")
    assert (code, "north, south" in why) == (2, True)
    rotated = ("key", "rotate", "--settings", settings, "--development", "--log", "south")
    assert run(*rotated)[0] == 0
    with open_service(several_settings(tmp_path), development=True, anchor=False) as logs:
        assert [len(log.key_histories) for log in logs.logs] == [1, 2]


def test_one_key_is_rotated_at_a_time_and_only_what_costs_is_tried(tmp_path: Path) -> None:
    write_policy(tmp_path)
    settings = write_settings(tmp_path, "policy.json")
    words = ("key", "rotate", "--settings", settings, "--development")
    assert run(*words, "--signer", "--publisher")[0] == 2
    assert run(*words, "--dry-run")[0] == 2
    assert not (tmp_path / "keys" / "head.next.key").exists()


@pytest.mark.parametrize("role", ["--signer", "--publisher"])
def test_what_the_contract_must_know_needs_the_owners_key(tmp_path: Path, role: str) -> None:
    policy = write_policy(tmp_path)
    before, keys = policy.read_bytes(), sorted((tmp_path / "keys").iterdir())
    settings = write_settings(tmp_path, "policy.json")
    code, said, why = run("key", "rotate", role, "--settings", settings, "--development")
    assert (code, said, "--owner-key" in why) == (6, "", True)
    assert (policy.read_bytes(), sorted((tmp_path / "keys").iterdir())) == (before, keys)


def test_a_development_chain_is_asked_for_here_too(tmp_path: Path) -> None:
    write_policy(tmp_path)
    settings = write_settings(tmp_path, "policy.json")
    code, _, why = run("key", "rotate", "--settings", settings)
    assert (code, "--development" in why) == (2, True)


def test_a_folder_with_the_one_log_does_not_become_one_of_several(tmp_path: Path) -> None:
    write_policy(tmp_path)
    with pytest.raises(SettingsError, match="folder of their own"):
        set_up_logs(tmp_path, NOBODY, ["north"])


@pytest.mark.parametrize("name", ["", "North", "a/b", "../x", "a b", "-x", "中心", "x" * 300])
def test_a_name_that_no_log_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="cannot be a log's name"):
        set_up_logs(tmp_path, NOBODY, [name])
    assert not (tmp_path / "policies").exists()


def test_dev_takes_names_of_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from liuhen.wiring import development

    given: list[object] = []
    monkeypatch.setattr(development, "dev", lambda *_, **options: given.append(options["logs"]))
    assert run("dev", str(tmp_path), "--log", "north", "--log", "south")[0] == 0
    assert run("dev", str(tmp_path))[0] == 0
    assert [list(each) for each in given if isinstance(each, (list, tuple))] == [
        ["north", "south"],
        [],
    ]


def test_an_encrypted_key_takes_the_place_of_the_plain_one(tmp_path: Path) -> None:
    write_policy(tmp_path)
    keys, settings = tmp_path / "keys", write_settings(tmp_path, "policy.json")
    plain = (keys / "head.key").read_text().strip()
    words = ("key", "encrypt", "--settings", settings, "--development", "--role")
    code, said, _ = run(*words, "head")
    assert code == 0
    assert str(keys / "head.keystore.json") in said
    assert str(keys / "head.password") in said
    assert not (keys / "head.key").exists()
    assert plain not in said + (keys / "head.keystore.json").read_text().lower()
    with open_service(settings_in(tmp_path), development=True, anchor=False) as logs:
        assert logs.get(None).prove.tree().size == 1
    code, said, why = run(*words, "head")
    assert (code, said, "head.key cannot be read" in why) == (6, "", True)
    assert run("key", "encrypt", "--settings", settings)[0] == 2
