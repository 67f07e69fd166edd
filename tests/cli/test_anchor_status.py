"""`liuhen anchor status`: what it says and its exit codes, where no node can be reached."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from liuhen.cli import anchor_words
from liuhen.cli.main import app
from liuhen.domain.anchor_life import AnchorState
from liuhen.ports import NodeCondition
from tests.cli.test_audit import settings_of
from tests.flips.world import World

RUNNER = CliRunner()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.append([{"data": n} for n in range(3)])
    made.anchor()
    yield made
    made.close()


def run(world: World, *words: str) -> tuple[int, str]:
    done = RUNNER.invoke(
        app, ["anchor", "status", "--settings", str(settings_of(world)), "--lang", "en", *words]
    )
    return done.exit_code, done.stdout or done.stderr


def test_without_a_node_the_database_is_told_and_that_is_said(world: World) -> None:
    code, said = run(world)
    assert code == 6
    assert "the nodes could not be asked" in said
    assert "5 entries, 5 anchored, 5 final" in said
    assert "no record waits" in said
    assert "node 127.0.0.1:9: silent" in said
    assert "trouble: node 127.0.0.1:9" in said
    assert "final" in said.splitlines()[-1]


def test_what_waits_is_told_with_its_age_and_the_anchor_under_way(world: World) -> None:
    world.append([{"data": "later"}])
    world.anchor(until_final=False)
    code, said = run(world)
    assert code == 6
    assert "the record that waits longest: index 5, recorded 2026-03-02T06:05:07Z" in said
    assert "(allowed: 1800)" in said
    assert "under way: anchor 2 of 7 entries, sent, 1 attempts, 0 wei paid" in said
    code, said = run(world, "--json")
    told = json.loads(said)
    assert (told["schema"], told["log"], told["size"]) == ("anchor-status/v1", "jyg", 7)
    (under_way,) = told["under_way"]
    assert (under_way["id"], under_way["state"], len(under_way["attempts"])) == (2, "sent", 1)
    assert [anchor["id"] for anchor in told["newest"]] == [2, 1]
    assert told["trouble_code"] == "unavailable"
    assert "raw" not in said


def test_the_limit_is_kept(world: World) -> None:
    world.append([{"data": "later"}])
    world.anchor()
    assert len(json.loads(run(world, "--json", "--limit", "1")[1])["newest"]) == 1
    assert json.loads(run(world, "--json", "--limit", "0")[1])["newest"] == []


def test_one_anchor_is_told_whole(world: World) -> None:
    code, said = run(world, "--id", "1")
    (attempt,) = world.anchors.attempts(1)
    assert code == 0
    assert (
        f"anchor 1 of log jyg: 5 entries, root hash {world.anchors.get(1).head.root.hex()}" in said
    )
    assert "0x" + attempt.tx_hash.hex() in said
    told = json.loads(run(world, "--id", "1", "--json")[1])
    assert told["attempts"][0]["tx_hash"] == "0x" + attempt.tx_hash.hex()
    assert run(world, "--id", "99")[0] == 5


def test_in_chinese_it_says_the_same(world: World) -> None:
    code, said = run(world, "--lang", "zh")
    assert code == 6
    assert "条目 5，已锚定 5，已最终确认 5" in said
    assert "节点 127.0.0.1:9：无应答" in said
    assert "已最终确认" in said.splitlines()[-1]


def test_settings_may_stand_before_the_word_too(world: World) -> None:
    file = str(settings_of(world))
    done = RUNNER.invoke(app, ["anchor", "--settings", file, "status", "--json"])
    assert json.loads(done.stdout)["size"] == 5


def test_a_log_or_a_database_that_is_not_there_is_said(world: World, tmp_path: Path) -> None:
    assert run(world, "--log", "other")[0] == 5
    assert run(world, "--log", "jyg")[0] == 6
    file = settings_of(world)
    file.write_text(file.read_text().replace(str(tmp_path / "data"), str(tmp_path / "nothing")))
    done = RUNNER.invoke(app, ["anchor", "status", "--settings", str(file)])
    assert done.exit_code == 6
    assert "there is no database" in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_nothing_is_written(world: World) -> None:
    world.close()
    data = world.folder / "data"
    with sqlite3.connect(data / "liuhen.sqlite") as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # as in a copy that was made with VACUUM
    connection.close()
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    assert run(world)[0] == 6
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before


def test_every_state_and_condition_has_its_words() -> None:
    assert set(anchor_words.STATES) == {str(state) for state in AnchorState}
    assert set(anchor_words.CONDITIONS) == {str(condition) for condition in NodeCondition}
