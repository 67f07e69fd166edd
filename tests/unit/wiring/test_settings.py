from pathlib import Path
from typing import Any

import pytest

from liuhen.wiring.settings import PREFIX, Settings, SettingsError, load_settings

NEEDED: dict[str, Any] = {
    "data_dir": "data",
    "register_dir": "register",
    "keys_dir": "keys",
    "policy_file": "policy.json",
    "rpc_url": "https://user:secret@node.example/v3/secret-path?key=secret",
}


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_what_identifies_a_log_or_a_chain_has_no_default() -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings()
    for name in NEEDED:
        assert PREFIX + name.upper() in str(refused.value)
    assert "--settings" in str(refused.value)


def test_the_environment_stands_above_the_file_and_code_above_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "liuhen.toml"
    lines = [f'{name} = "{value}"' for name, value in NEEDED.items()]
    file.write_text("\n".join([*lines, "port = 1", 'host = "::1"', "poll_seconds = 3.5"]))
    monkeypatch.setenv("LIUHEN_PORT", "2")
    monkeypatch.setenv("LIUHEN_HOST", "localhost")
    settings = load_settings(file, host="127.0.0.1")
    assert (settings.host, settings.port, settings.poll_seconds) == ("127.0.0.1", 2, 3.5)
    assert settings.data_dir == Path("data")


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "liuhen.toml"
    file.write_text("prot = 8420\n")
    with pytest.raises(SettingsError, match="LIUHEN_PROT"):
        load_settings(file, **NEEDED)


def test_a_file_that_is_not_there_or_not_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no settings file"):
        load_settings(tmp_path / "nothing.toml", **NEEDED)
    (tmp_path / "bad.toml").write_text("data_dir = secret")
    with pytest.raises(SettingsError) as refused:
        load_settings(tmp_path / "bad.toml", **NEEDED)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("port", "65536"), ("port", "http"), ("rpc_url", "ftp://secret"), ("rpc_url", "secret")),
        *(("log_level", "loud"), ("poll_seconds", "0"), ("body_bytes", str(2**40))),
        ("i_understand_there_is_no_access_control", "true"),
    ],
)
def test_a_value_of_the_wrong_form_is_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(**{**NEEDED, name: value})
    assert PREFIX + name.upper() in str(refused.value)
    assert "secret" not in str(refused.value)


def test_secrets_are_masked() -> None:
    settings = load_settings(**NEEDED)
    described = settings.describe()
    assert "secret" not in str(described)
    assert "secret" not in repr(settings)
    assert "node.example" in str(described)
    assert [name for name, _, _ in described] == [PREFIX + n.upper() for n in Settings.model_fields]


SEVERAL = ["https://me:secret@one.example/secret", "http://two.example:8545/?key=secret"]


def test_several_nodes_are_a_list_in_the_file_and_words_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {name: value for name, value in NEEDED.items() if name != "rpc_url"}
    assert load_settings(**others, rpc_url=SEVERAL).rpc_urls == tuple(SEVERAL)
    assert load_settings(**others, rpc_url=SEVERAL[0]).rpc_urls == (SEVERAL[0],)
    file = tmp_path / "liuhen.toml"
    file.write_text(f'rpc_url = ["{SEVERAL[0]}", "{SEVERAL[1]}"]')
    assert load_settings(file, **others).rpc_urls == tuple(SEVERAL)
    monkeypatch.setenv("LIUHEN_RPC_URL", f" {SEVERAL[1]}  {SEVERAL[0]}\n")
    settings = load_settings(file, **others)
    assert settings.rpc_urls == (SEVERAL[1], SEVERAL[0])
    assert "secret" not in f"{settings!r} {settings.describe()}"
    shown = {name: value for name, value, _ in settings.describe()}
    assert shown["LIUHEN_RPC_URL"] == ["http://two.example/…", "https://one.example/…"]


def test_an_alarm_command_is_a_list_in_the_file_and_words_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "liuhen.toml"
    file.write_text('alarm_command = ["page me", "--to", "a b"]')
    assert load_settings(file, **NEEDED).alarm_command == ("page me", "--to", "a b")
    monkeypatch.setenv("LIUHEN_ALARM_COMMAND", "page --to 'a b'")
    assert load_settings(**NEEDED).alarm_command == ("page", "--to", "a b")
    monkeypatch.setenv("LIUHEN_ALARM_COMMAND", "page 'half")
    with pytest.raises(SettingsError, match="LIUHEN_ALARM_COMMAND"):
        load_settings(**NEEDED)


def test_the_address_of_alarms_is_a_secret() -> None:
    settings = load_settings(**NEEDED, alarm_url="https://me:secret@page.example/secret?k=secret")
    shown = {name: value for name, value, _ in settings.describe()}
    assert shown["LIUHEN_ALARM_URL"] == "https://page.example/…"
    assert "secret" not in f"{settings!r} {shown}"
    with pytest.raises(SettingsError, match="LIUHEN_ALARM_URL") as refused:
        load_settings(**NEEDED, alarm_url="ftp://secret")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "urls", [[], "", [SEVERAL[0], "ftp://secret"], [SEVERAL[0]] * 2, [7], {"secret": 1}]
)
def test_nodes_of_the_wrong_form_are_named_and_not_repeated(urls: object) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(**{**NEEDED, "rpc_url": urls})
    assert "LIUHEN_RPC_URL" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_every_setting_says_what_it_is_and_in_which_unit() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
        for unit in ("seconds", "bytes"):
            if name.endswith(f"_{unit}"):
                assert unit in field.description.lower(), name


def test_settings_do_not_change() -> None:
    settings = load_settings(**NEEDED)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1
