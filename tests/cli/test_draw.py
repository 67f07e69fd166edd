"""`liuhen draw`: what parties prepare, what is selected, and what a check answers offline."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from liuhen.cli import policy_file
from liuhen.cli.main import app
from liuhen.domain.draw import seed_commitment
from tests.draw_kit import CASE, COMMITTED, DRAWN, REVEALED, VECTOR, records
from tests.receipt_kit import Kit

HASH = "0x" + VECTOR["block_hash"]
PARTIES = list(VECTOR["seeds"])


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["draw", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put pool, seeds and commitment into the folder where the command runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(policy_file, "default_place", lambda: tmp_path / "none" / "policy.json")
    (tmp_path / "pool.json").write_text(json.dumps({"pool": VECTOR["pool"]}), "utf-8")
    committed = {"type": "expert_draw", "case": CASE, "data": VECTOR["committed"]}
    (tmp_path / "committed.json").write_text(json.dumps(committed), "utf-8")
    for number, party in enumerate(PARTIES):
        told = {"case": CASE, "party": party, "seed": VECTOR["seeds"][party]}
        write_private(tmp_path / f"{number}.seed", told)
    return tmp_path


def write_private(path: Path, value: Any) -> None:
    path.touch(0o600)
    path.write_text(json.dumps(value), "utf-8")


def write_receipts(folder: Path, told: list[dict[str, Any]]) -> None:
    """Write a receipt of each record, in a log of its own."""
    (folder / "receipts").mkdir()
    for number, data in enumerate(told):
        receipt = Kit(submission={"type": "expert_draw", "case": CASE, "data": data}).receipt()
        (folder / "receipts" / f"{number}.receipt.json").write_text(receipt.to_text(), "utf-8")


def check(*words: str) -> tuple[int, str]:
    code, stdout, _ = run("check", CASE, "--receipts", "receipts", "--lang", "en", *words)
    return code, stdout


def test_a_seed_is_kept_privately_and_its_commitment_printed(folder: Path) -> None:
    code, stdout, _ = run("seed", CASE, "采购人", "--out", "my.seed")
    told = json.loads((folder / "my.seed").read_bytes())
    assert code == 0
    assert (folder / "my.seed").stat().st_mode & 0o777 == 0o600
    assert (told["case"], told["party"]) == (CASE, "采购人")
    wanted = seed_commitment(CASE, "采购人", bytes.fromhex(told["seed"]))
    assert stdout.strip() == wanted.hex()
    assert told["seed"] not in stdout


def test_a_seed_is_never_made_twice(folder: Path) -> None:
    assert run("seed", CASE, "a", "--out", "my.seed")[0] == 0
    before = (folder / "my.seed").read_bytes()
    code, _, stderr = run("seed", CASE, "a", "--out", "my.seed")
    assert (code, "is there already" in stderr) == (2, True)
    assert (folder / "my.seed").read_bytes() == before


def commit(*words: str) -> tuple[int, str, str]:
    seeds = [
        f"--seed={each['party']}={each['commitment']}"
        for each in VECTOR["committed"]["seed_commitments"]
    ]
    conditions = [f"--condition={major}=1" for major in VECTOR["orders"]]
    return run("commit", CASE, "--pool", "pool.json", *seeds, *conditions, *words)


def test_the_commitment_of_the_example_is_put_together() -> None:
    token = VECTOR["committed"]["recusal_tokens"][0]
    code, stdout, _ = commit(
        *("--block", "20260131:4810", "--recuse-unit", "示例市第三人民医院"),
        *("--recuse", token, "--pool-version", "2026-03"),
    )
    assert code == 0
    assert json.loads(stdout) == {
        "type": "expert_draw",
        "case": CASE,
        "data": VECTOR["committed"],
    }


def test_the_commitment_of_a_draw_begun_anew_names_why() -> None:
    _, stdout, _ = commit("--block=1:5", "--reason", "未公开种子", "--withheld-by", "代理机构")
    data = json.loads(stdout)["data"]
    assert (data["reason"], data["withheld_by"]) == ("未公开种子", ["代理机构"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--block", "4810"), "must be CHAIN:NUMBER"),
        (("--block", "1:5", "--condition", "财务会计=2"), "a name is there twice"),
        (("--block", "1:5", "--condition", "法律=1"), "has 0 experts of 法律, not 1"),
        (("--block", "1:5", "--condition", "法律=0"), "a number from 1 to 99"),
        (("--block", "1:5", "--condition", "法律"), "must be NAME=VALUE"),
        (("--block", "1:5", "--seed", "代理机构=ab"), "64 lower-case hex digits"),
    ],
)
def test_a_commitment_that_cannot_be_is_wrong_usage(words: tuple[str, ...], said: str) -> None:
    code, _, stderr = commit(*words)
    assert code == 2
    assert said in " ".join(stderr.replace("│", " ").split())


def test_a_pool_with_a_token_twice_is_malformed(folder: Path) -> None:
    twice = {"pool": [*VECTOR["pool"], VECTOR["pool"][0]]}
    (folder / "pool.json").write_text(json.dumps(twice), "utf-8")
    assert commit("--block", "1:5")[0] == 7


def select(*words: str | Path, seeds: int = 3) -> tuple[int, str, str]:
    files = [word for number in range(seeds) for word in ("--seed", f"{number}.seed")]
    return run(
        "select", "committed.json", "--pool", "pool.json", *files, "--block-hash", HASH, *words
    )


def test_select_prints_the_orders_and_who_is_next() -> None:
    code, stdout, stderr = select()
    lines = [
        f"{major}  {number}  {token}"
        for major, order in VECTOR["orders"].items()
        for number, token in enumerate(order, 1)
    ]
    assert (code, stdout.splitlines()) == (0, lines)
    assert stderr.strip() == f"next: {VECTOR['calls'][0][0]} ({VECTOR['calls'][0][1]})"


def test_select_goes_on_after_calls(folder: Path) -> None:
    calls = records()[DRAWN]["calls"]
    (folder / "calls.json").write_text(json.dumps({"calls": calls[:2]}), "utf-8")
    code, stdout, _ = select("--calls", "calls.json", "--json")
    following = {"expert_token": VECTOR["calls"][2][0], "major": VECTOR["calls"][2][1]}
    assert (code, json.loads(stdout)["next"]) == (0, following)
    (folder / "calls.json").write_text(json.dumps({"calls": calls}), "utf-8")
    assert json.loads(select("--calls", "calls.json", "--json")[1])["next"] is None


def test_without_every_seed_there_is_no_draw() -> None:
    code, stdout, stderr = select(seeds=2)
    assert (code, stdout) == (4, "")
    assert f"the seed of {PARTIES[2]!r} is missing" in stderr


def test_another_seed_than_the_one_committed_to_is_refused(folder: Path) -> None:
    write_private(folder / "1.seed", {"party": PARTIES[1], "seed": "00" * 32})
    code, stdout, stderr = select()
    assert (code, stdout) == (3, "")
    assert "not the one committed to" in stderr


def test_a_seed_that_others_can_read_is_refused(folder: Path) -> None:
    (folder / "1.seed").chmod(0o644)
    assert select()[0] == 6


def test_another_pool_than_the_one_committed_to_is_refused(folder: Path) -> None:
    (folder / "pool.json").write_text(json.dumps({"pool": VECTOR["pool"][1:]}), "utf-8")
    assert select()[0] == 3


def test_what_commits_to_nothing_is_malformed(folder: Path) -> None:
    (folder / "committed.json").write_text("[]")
    assert select()[0] == 7


def test_a_draw_is_checked_from_receipts_taken_as_they_are(folder: Path) -> None:
    write_receipts(folder, records())
    code, stdout = check("--unverified", "--block-hash", HASH)
    assert code == 0
    assert stdout.startswith("Match. Run again from its records, the draw makes these 6 calls")
    assert "the receipts were not examined" in stdout
    assert "rests on the log's word" in stdout


def test_it_answers_in_chinese_and_in_json(folder: Path) -> None:
    write_receipts(folder, records())
    told = ("check", CASE, "--receipts", "receipts", "--unverified", "--block-hash", HASH)
    assert run(*told, "--lang", "zh")[1].startswith("一致。抽取按记录重新运行，6次通知")
    answer = json.loads(run(*told, "--json")[1])
    assert (answer["schema"], answer["outcome"], answer["calls"]) == ("audit-draw/v1", "match", 6)
    assert run(*told, "--quiet") == (0, "", "")


def test_a_swapped_call_is_different(folder: Path) -> None:
    told = records()
    told[DRAWN]["calls"][0]["result"] = "accepted"
    write_receipts(folder, told)
    code, stdout = check("--unverified", "--block-hash", HASH)
    assert code == 3
    assert stdout.startswith("Different.")
    assert "call 2 is due to" in stdout


def test_without_the_hash_of_the_block_it_could_not_be_checked(folder: Path) -> None:
    write_receipts(folder, records())
    code, stdout = check("--unverified")
    assert code == 6
    assert "nobody vouches for the hash of block 4810" in stdout


def test_before_the_reveal_it_waits(folder: Path) -> None:
    write_receipts(folder, records()[:REVEALED])
    assert check("--unverified")[0] == 4


def test_another_case_is_not_found(folder: Path) -> None:
    write_receipts(folder, records())
    assert run("check", "B-2", "--receipts", "receipts", "--unverified")[0] == 5


def test_without_a_policy_receipts_are_not_believed(folder: Path) -> None:
    write_receipts(folder, records())
    code, stdout = check("--block-hash", HASH)
    assert code == 6
    assert "no trust policy" in stdout


def test_receipts_of_a_log_that_is_not_trusted_are_different(folder: Path) -> None:
    write_receipts(folder, records())
    (folder / "policy.json").write_text(Kit(seed=2).policy().to_text())
    code, stdout = check("--policy", "policy.json", "--block-hash", HASH)
    assert code in (3, 6)
    assert "Match" not in stdout


def test_receipts_whose_anchor_is_overdue_are_not_believed(folder: Path) -> None:
    write_receipts(folder, records())
    (folder / "policy.json").write_text(Kit().policy().to_text())
    code, stdout = check("--policy", "policy.json", "--block-hash", HASH)
    assert code == 6
    assert "could_not_check (anchoring-overdue)" in stdout


def test_a_bent_receipt_is_different(folder: Path) -> None:
    write_receipts(folder, records())
    (folder / "policy.json").write_text(Kit().policy().to_text())
    file = folder / "receipts" / f"{COMMITTED}.receipt.json"
    file.write_bytes(file.read_bytes().replace(b'"2026-03"', b'"2026-04"'))
    assert check("--policy", "policy.json", "--block-hash", HASH)[0] == 3


def test_a_file_that_is_no_receipt_is_malformed(folder: Path) -> None:
    write_receipts(folder, records())
    (folder / "receipts" / "x.receipt.json").write_text("{}")
    assert check("--unverified")[0] == 7
