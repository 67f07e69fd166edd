"""`liuhen audit`: what it prints, and its exit codes."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from liuhen.app.audit.finding import Rule
from liuhen.cli import audit_words
from liuhen.cli.main import app
from liuhen.core.verdict import Outcome
from tests.flips.world import World

RUNNER = CliRunner()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.append([{"case": "A-1", "data": n} for n in range(3)])
    yield made
    made.close()


def settings_of(world: World) -> Path:
    """Write the files that an operator has."""
    folder = world.folder
    (folder / "policy.json").write_text(world.policy().to_text())
    (folder / "keys").mkdir(exist_ok=True)
    key = folder / "keys" / "lookup.key"
    key.write_text("00" * 32 + "\n")
    key.chmod(0o600)
    file = folder / "liuhen.toml"
    file.write_text(
        "".join(
            f'{name} = "{value}"\n'
            for name, value in {
                "data_dir": folder / "data",
                "register_dir": world.register.parent,
                "keys_dir": folder / "keys",
                "policy_file": folder / "policy.json",
                "rpc_url": "http://127.0.0.1:9/",
            }.items()
        )
    )
    return file


def test_a_log_that_is_well_matches(world: World) -> None:
    done = RUNNER.invoke(app, ["audit", "--settings", str(settings_of(world)), "--offline"])
    assert done.exit_code == 0, done.output
    assert "Match." in done.stdout
    assert "4 entries" in done.stdout


def test_a_contradiction_is_one_line_and_exit_3(world: World) -> None:
    with sqlite3.connect(world.folder / "data" / "liuhen.sqlite") as connection:
        connection.execute(
            "UPDATE record SET recorded_at = '2020-01-01T00:00:00.000Z' WHERE entry_index = 2"
        )
    file = str(settings_of(world))
    done = RUNNER.invoke(app, ["audit", "--settings", file, "--offline", "--lang", "zh"])
    assert done.exit_code == 3
    assert "record entry_index=2" in done.stdout.splitlines()[0]
    assert "不一致" in done.stdout
    done = RUNNER.invoke(app, ["audit", "--settings", file, "--offline", "--json"])
    finding, log = map(json.loads, done.stdout.splitlines())
    assert (finding["rule"], finding["place"], finding["key"]) == (
        "record",
        "record",
        "entry_index=2",
    )
    assert (log["outcome"], log["contradictions"], log["size"]) == ("different", 1, 4)


def test_what_could_not_be_checked_is_exit_6(world: World) -> None:
    file = settings_of(world)
    (world.folder / "keys" / "lookup.key").unlink()
    done = RUNNER.invoke(app, ["audit", "--settings", str(file)])
    assert done.exit_code == 6
    assert "lookup.key" in done.stdout
    assert "chain" in done.stdout  # the node of the settings does not answer


def test_without_a_database_nothing_can_be_checked(world: World, tmp_path: Path) -> None:
    file = settings_of(world)
    file.write_text(file.read_text().replace(f"{world.folder}/data", str(tmp_path / "nowhere")))
    done = RUNNER.invoke(app, ["audit", "--settings", str(file), "--offline"])
    assert done.exit_code == 6
    assert "there is no database" in done.stderr


def test_offline_and_a_node_contradict_each_other(world: World) -> None:
    done = RUNNER.invoke(app, ["audit", "--offline", "--rpc", "http://127.0.0.1:9/"])
    assert done.exit_code == 2


def test_there_are_words_for_every_rule_and_outcome() -> None:
    assert set(audit_words.RULES) == set(Rule)
    assert set(audit_words.SENTENCES) == set(Outcome) - {Outcome.WAITING, Outcome.NOT_FOUND}
