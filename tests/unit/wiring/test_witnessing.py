"""Witness file, trust policy and settings: what contradicts, and what they lead to."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from liuhen.adapters.sql.cosigned_store import SqlCosignedStore
from liuhen.adapters.sql.log_store import SqlLogs
from liuhen.app.cosign import Cosigner
from liuhen.core.errors import MalformedPolicy, Unavailable
from liuhen.core.head_signature import LogKey
from liuhen.core.merkle import TreeHead
from liuhen.core.policy import TrustPolicy, parse_policy
from liuhen.wiring.service import open_database, open_service
from liuhen.wiring.settings import Settings, SettingsError, load_settings
from liuhen.wiring.witnessing import cosigned_check, read_witnesses
from tests.fakes.running_service import ORIGIN, settings_in, write_policy
from tests.fakes.witness import MemoryWitness
from tests.fakes.witness_server import ServedWitness, witness_server
from tests.receipt_kit import Kit
from tests.witness_kit import ML, W1, W2, W3, head_of

KIT = Kit()
V1, V2, V3 = (known.key.to_text() for known in (W1, W2, W3))
URL = "http://127.0.0.1:9/"
BOTH = f"witness a {V1} {URL}\nwitness b {V2} {URL}\n"


def settings(folder: Path, text: str | None, mode: str = "open") -> Settings:
    values: dict[str, Any] = {"witness_mode": mode}
    if text is not None:
        (folder / "witnesses").write_text(text)
        values["witness_file"] = folder / "witnesses"
    return settings_in(folder, **values)


def policy(*keys: Any, quorum: int = 0) -> TrustPolicy:
    return KIT.policy(witnesses=keys, quorum=quorum)


def test_without_a_file_nobody_is_asked(tmp_path: Path) -> None:
    assert read_witnesses(settings(tmp_path, None), policy()) is None
    assert read_witnesses(settings(tmp_path, None), policy(W1.key)) is None


def test_enough_is_what_both_files_ask_for(tmp_path: Path) -> None:
    text = f"{BOTH}witness c {V3} {URL}\ngroup g all b c\nquorum g\n"
    found = read_witnesses(settings(tmp_path, text), policy(W1.key, W2.key, quorum=2))
    assert found is not None
    assert found.asked == ((W1.key, URL), (W2.key, URL), (W3.key, URL))
    assert found.is_enough({W1.key, W2.key, W3.key})
    assert not found.is_enough({W1.key, W2.key})
    assert not found.is_enough({W2.key, W3.key})


CONTRADICTIONS: dict[str, tuple[str | None, TrustPolicy, str, str]] = {
    "a quorum and no file": (None, policy(W1.key, quorum=1), "open", "must say whom to ask"),
    "closed and no file": (None, policy(), "closed", "must say whom to ask"),
    "a witness of the policy is missing": (
        f"{BOTH}quorum a\n",
        policy(W1.key, W3.key, quorum=1),
        "open",
        r"w3, a witness of the trust policy.*must name every witness",
    ),
    "a witness of the policy has no URL": (
        f"witness a {V1} {URL}\nwitness b {V2}\nquorum a\n",
        policy(W2.key),
        "open",
        "has no URL for",
    ),
    "nobody has a URL": (f"witness a {V1}\nquorum none\n", policy(), "open", "not enough"),
    "nobody is named": ("quorum none\n", policy(), "open", "not enough"),
    "the quorum has no URL": (
        f"witness a {V1} {URL}\nwitness b {V2}\nquorum b\n",
        policy(),
        "open",
        "not enough for its quorum",
    ),
    "closed for nobody": (f"{BOTH}quorum none\n", policy(W1.key), "closed", "nobody would be"),
    "the file of another log": (
        f"log {LogKey('other.example/logs/a', W3.key.public).to_text()}\n{BOTH}quorum a\n",
        policy(),
        "open",
        f"other logs than {KIT.origin}",
    ),
}


@pytest.mark.parametrize(
    ("text", "trusted", "mode", "why"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys()
)
def test_files_that_contradict_each_other_are_refused(
    tmp_path: Path, text: str | None, trusted: TrustPolicy, mode: str, why: str
) -> None:
    with pytest.raises(SettingsError, match=why):
        read_witnesses(settings(tmp_path, text, mode), trusted)


def test_a_file_that_names_our_log_among_others_is_taken(tmp_path: Path) -> None:
    other = LogKey("other.example/logs/a", W3.key.public).to_text()
    text = f"log {other}\nlog {KIT.log_key.to_text()}\n{BOTH}quorum a\n"
    assert read_witnesses(settings(tmp_path, text), policy()) is not None


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(MalformedPolicy, match=r"witnesses: line 1"):
        read_witnesses(settings(tmp_path, "nonsense\n"), policy())
    (tmp_path / "witnesses").unlink()
    missing = settings_in(tmp_path, witness_file=tmp_path / "witnesses")
    with pytest.raises(Unavailable, match="cannot be read"):
        read_witnesses(missing, policy())


@pytest.mark.parametrize(
    ("name", "value"),
    [("witness_mode", "ajar"), ("witness_interval_seconds", 0), ("witness_timeout_seconds", 61)],
)
def test_settings_of_another_form_are_refused(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=name.upper()):
        load_settings(**{**settings_in(tmp_path).model_dump(), name: value})


# --- a whole service ----------------------------------------------------------------------------


@pytest.fixture
def served() -> Iterator[ServedWitness]:
    with witness_server(MemoryWitness(ML)) as made:
        yield made


def service_settings(folder: Path, served: ServedWitness, mode: str) -> Settings:
    write_policy(folder, witnesses=(ML.key,), quorum=1)
    (folder / "witnesses").write_text(f"witness m {ML.key.to_text()} {served.url}\nquorum m\n")
    return settings_in(
        folder,
        witness_file=folder / "witnesses",
        witness_mode=mode,
        witness_interval_seconds=0.02,
        witness_timeout_seconds=20.0,
    )


def published(prove: Any, size: int) -> str:
    """Wait for a checkpoint of this size that the witness cosigned."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            note: str = prove.checkpoint()
        except Unavailable:
            note = ""
        if ML.name in note and head_of(note).size == size:
            return note
        time.sleep(0.01)
    raise AssertionError(f"no cosigned checkpoint of {size} entries")


@pytest.mark.parametrize("mode", ["open", "closed"])
def test_a_service_publishes_cosigned_checkpoints_and_goes_on_after_a_restart(
    tmp_path: Path, served: ServedWitness, mode: str
) -> None:
    opened = service_settings(tmp_path, served, mode)
    with open_service(opened, development=True, anchor=False) as logs:
        log = logs.get(None)
        log.append.append_here(b'{"data":1}')
        note = published(log.prove, 2)
        state: Any = log.witness_state()
        assert (state["mode"], state["cosigned_size"]) == (mode, 2)
    served.witness.down = True
    with open_service(opened, development=True, anchor=False) as logs:
        log = logs.get(None)
        if mode == "closed":
            assert head_of(log.prove.checkpoint()) == head_of(note)
        log.append.append_here(b'{"data":2}')
        served.witness.down = False
        published(log.prove, 3)
    assert [each.old_size for each in served.witness.requests][-1] == 2


def test_an_anchorer_in_another_process_waits_for_the_quorum_when_closed(
    tmp_path: Path, served: ServedWitness
) -> None:
    opened = service_settings(tmp_path, served, "closed")
    trusted = parse_policy((tmp_path / "policy.json").read_bytes())
    with ExitStack() as stack:
        database = open_database(stack, opened.data_dir)
        with open_service(opened, development=True, anchor=False) as logs:
            log = logs.get(None)
            log.append.append_here(b'{"data":1}')
            published(log.prove, 2)
        found = SqlLogs(database).find(ORIGIN)
        assert found is not None
        store = SqlCosignedStore(database, found.log_id)
        check = cosigned_check(opened, trusted, store)
        check(TreeHead(2, bytes(32)))
        with pytest.raises(Unavailable, match="not yet 3"):
            check(TreeHead(3, bytes(32)))
        cosigned_check(service_settings(tmp_path, served, "open"), trusted, store)(
            TreeHead(3, bytes(32))
        )


def test_anchoring_asks_for_cosigned_heads_where_there_are_witnesses(
    tmp_path: Path, served: ServedWitness, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(Cosigner, "map_head", lambda _, request: asked.append(request))
    from liuhen.wiring import log_service

    kept: list[Any] = []
    loop = log_service._run_anchor_loop

    def keep(*parts: Any) -> Any:
        kept.append(parts[2].log)
        return loop(*parts)

    monkeypatch.setattr(log_service, "_run_anchor_loop", keep)
    opened = service_settings(tmp_path, served, "closed")
    with open_service(opened, development=True, anchor=True):
        (anchored,) = kept
        anchored.request_map_head()
        assert len(asked) == 1
        with pytest.raises(Unavailable, match="not yet 9"):
            anchored.check_cosigned(TreeHead(9, bytes(32)))
