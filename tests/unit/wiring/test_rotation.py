"""Rotating the log's key: every receipt stays good, and a kill at any step loses nothing."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from liuhen.adapters import key_history_folder, keys_file, secret_file
from liuhen.adapters.keys_file import LOG_KEY, NEXT_LOG_KEY, RETIRED_LOG_KEY
from liuhen.api.served_log import ServedLogs
from liuhen.app import open_log
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import Malformed, NotYet, Unavailable
from liuhen.core.examine import Beside, examine
from liuhen.core.head_checks import check_log_signature
from liuhen.core.key_history import KeyHistory, verify_histories
from liuhen.core.note import SignedNote
from liuhen.core.policy import SizeRange, TrustPolicy, parse_policy
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import State, Verdict
from liuhen.wiring import log_writing, rotation
from liuhen.wiring.app import build_app
from liuhen.wiring.log_places import LogPlace, read_log_places
from liuhen.wiring.rotation import find_log, rotate_log_key
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import SettingsError
from tests.fakes.clock import FakeClock
from tests.fakes.head_signer import load_signer
from tests.fakes.running_service import ORIGIN, settings_in, write_policy
from tests.fakes.several_logs import several_settings, write_policies


class Centre:
    """A service that is started, stopped and rotated."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.first_policy = parse_policy(write_policy(folder).read_bytes())

    @property
    def policy(self) -> TrustPolicy:
        return parse_policy((self.folder / "policy.json").read_bytes())

    @property
    def place(self) -> LogPlace:
        (place,) = read_log_places(settings_in(self.folder), development=True)
        return place

    def rotate(self) -> KeyHistory:
        return rotate_log_key(settings_in(self.folder), self.place)

    def run(self, work: Callable[[ServedLogs], str]) -> str:
        with open_service(settings_in(self.folder), development=True, anchor=False) as logs:
            return work(logs)

    def append(self) -> str:
        return self.run(lambda logs: logs.get(None).append.append_here(b'{"data":1}').receipt)

    def size(self) -> int:
        return int(self.run(lambda logs: str(logs.get(None).prove.tree().size)))

    def verdict(self, receipt: str, policy: TrustPolicy | None = None) -> Verdict:
        beside = Beside(FakeClock().now())
        return examine(parse_receipt(receipt.encode()), policy or self.policy, beside)

    def signature(self, receipt: str, policy: TrustPolicy | None = None) -> str:
        return self.verdict(receipt, policy).check("log_signature").reason

    def records(self) -> list[str]:
        def types(logs: ServedLogs) -> str:
            log = logs.get(None)
            found = log.prove._store.records(0, 1000)  # the store has no other reader of all
            return " ".join(record.type for record in found)

        return self.run(types).split()


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = Centre(tmp_path)
    made.append()
    return made


def test_old_and_new_receipts_verify_and_the_old_key_signs_nothing_new(centre: Centre) -> None:
    old = centre.append()
    size = centre.size()
    before = load_signer(centre.folder / "keys", ORIGIN).log_key
    history = centre.rotate()
    new = centre.append()
    assert [sizes for _, sizes in centre.policy.log_keys] == [
        SizeRange(0, size),
        SizeRange(size + 1),
    ]
    assert (history.serial, history.log_keys) == (1, centre.policy.log_keys)
    assert centre.signature(old) == centre.signature(new) == "signed"
    assert centre.signature(new, centre.first_policy) == "no-line-by-a-policy-key"
    assert load_signer(centre.folder / "keys", ORIGIN).log_key != before
    keys = {file.name for file in (centre.folder / "keys").iterdir()}
    assert not keys & {NEXT_LOG_KEY, RETIRED_LOG_KEY}
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in (centre.folder / "keys").iterdir())


def test_the_first_entry_under_the_new_key_says_so(centre: Centre) -> None:
    size = centre.size()
    centre.rotate()
    assert centre.size() == size + 1
    types = centre.records()
    assert types[0] == "log.opened"
    assert types[-1] == "log.keys"
    assert types.count("log.keys") == 1

    def body(logs: ServedLogs) -> str:
        record = logs.get(None).prove._store.records(size, size + 1)[0]
        assert record.body is not None
        return record.body.decode()

    assert '"serial":1' in centre.run(body)
    centre.append()
    assert centre.records().count("log.keys") == 1


def test_a_head_of_a_new_size_by_the_old_key_is_refused(centre: Centre) -> None:
    old_signer = load_signer(centre.folder / "keys", ORIGIN)
    centre.rotate()
    note = SignedNote.parse(centre.run(lambda logs: logs.get(None).prove.checkpoint()))
    line = old_signer.log_key.line(old_signer.sign_text(note.text.encode()))
    forged = SignedNote(note.text, (line, note.signatures[1]))
    check = check_log_signature(forged, Checkpoint.parse(note.text), centre.policy)
    assert (check.state, check.reason) == (State.NOT_CHECKED, "key-not-for-this-size")


def test_keys_are_rotated_again_and_again_and_every_history_stays(centre: Centre) -> None:
    for serial in (1, 2, 3):
        assert centre.rotate().serial == serial
        centre.append()

    def fetch(logs: ServedLogs) -> str:
        app = build_app(logs, hosts=["testserver"])
        with TestClient(app) as client:
            found = [client.get(f"/logs/jyg/keys/{serial}") for serial in range(4)]
            assert [answer.status_code for answer in found] == [200] * 4
            assert client.get("/logs/jyg/keys").text == found[-1].text
            assert client.get("/logs/jyg/keys/4").status_code == 404
            histories = [KeyHistory.parse(answer.text) for answer in found]
        for policy in (centre.first_policy, centre.policy):
            assert verify_histories(histories, policy).log_keys == centre.policy.log_keys
        return ""

    centre.run(fetch)


def test_a_running_service_is_not_rotated_under_its_feet(centre: Centre) -> None:
    before = (centre.folder / "policy.json").read_bytes()
    running = open_service(settings_in(centre.folder), development=True, anchor=False)
    with running, pytest.raises(Unavailable, match="another process"):
        centre.rotate()
    assert (centre.folder / "policy.json").read_bytes() == before
    assert not (centre.folder / "keys" / NEXT_LOG_KEY).exists()


class Killed(BaseException):
    """The process ends here."""


STEPS = [
    (rotation, "create_missing_keys", 1),
    (rotation, "_with_next_key", 1),
    (rotation, "write_durably", 1),
    (rotation, "put_next_key_in_place", 1),
    (key_history_folder, "write_durably", 1),
    (secret_file, "sync_folder", 1),
    *((keys_file, "sync_folder", time) for time in (1, 2, 3)),
    (open_log, "_append", 1),
    (log_writing, "destroy_retired_key", 1),
]
"""Where the process ends: module, function, and which of its calls."""


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("module", "name", "time"), STEPS)
def test_a_rotation_killed_at_any_step_is_finished_by_the_next(
    centre: Centre,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    name: str,
    time: int,
    *,
    after: bool,
) -> None:
    old = centre.append()
    real, calls = getattr(module, name), itertools.count(1)

    def killed(*given: object, **named: object) -> object:
        if next(calls) < time:
            return real(*given, **named)
        if after:
            real(*given, **named)
        raise Killed

    monkeypatch.setattr(module, name, killed)
    with pytest.raises(Killed):
        centre.rotate()
    monkeypatch.undo()
    centre.rotate()
    new = centre.append()
    assert centre.signature(old) == centre.signature(new) == "signed"
    assert centre.records().count("log.keys") == len(centre.policy.log_keys) - 1
    assert len({key for key, _ in centre.policy.log_keys}) == len(centre.policy.log_keys)
    assert not (centre.folder / "keys" / RETIRED_LOG_KEY).exists()
    assert not (centre.folder / "keys" / NEXT_LOG_KEY).exists()


def test_a_service_does_not_start_in_the_middle_of_a_rotation(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(rotation, "put_next_key_in_place", killed)
    with pytest.raises(Killed):
        centre.rotate()
    monkeypatch.undo()
    with pytest.raises(SettingsError, match="liuhen key rotate"):
        centre.append()
    centre.rotate()
    assert centre.signature(centre.append()) == "signed"


def test_a_service_started_after_the_swap_finishes_the_rotation_itself(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    size = centre.size()
    monkeypatch.setattr(open_log, "_append", killed)
    with pytest.raises(Killed):
        centre.rotate()
    monkeypatch.undo()
    assert (centre.folder / "keys" / RETIRED_LOG_KEY).exists()
    assert centre.signature(centre.append()) == "signed"
    assert centre.size() == size + 2
    assert centre.records()[-2:] == ["log.keys", "generic"]
    assert not (centre.folder / "keys" / RETIRED_LOG_KEY).exists()


def test_histories_that_were_lost_are_not_shown_and_older_ones_do_not_start(
    centre: Centre,
) -> None:
    centre.rotate()
    folder = centre.place.key_history_dir
    newest = (folder / "1").read_bytes()
    (folder / "1").unlink()
    with pytest.raises(SettingsError, match="older copy"):
        centre.append()
    (folder / "0").unlink()
    with open_service(settings_in(centre.folder), development=True, anchor=False) as logs:
        assert not logs.get(None).key_histories
    (folder / "0").write_bytes(newest[:-3])
    with pytest.raises(Malformed):
        centre.append()


def test_a_log_without_entries_has_nothing_to_rotate(tmp_path: Path) -> None:
    made = Centre(tmp_path)
    place = made.place
    with pytest.raises(NotYet):
        rotation._with_next_key(place, 0)


def test_one_of_several_logs_is_named(tmp_path: Path) -> None:
    write_policies(tmp_path, ["north", "south"])
    settings = several_settings(tmp_path)
    places = read_log_places(settings, development=True)
    assert find_log(places, "south").name == "south"
    assert find_log(places[:1], None).name == "north"
    for name in (None, "east"):
        with pytest.raises(SettingsError, match="north, south"):
            find_log(places, name)
    rotate_log_key(settings, find_log(places, "south"))
    north, south = read_log_places(settings, development=True)
    assert [len(place.policy.log_keys) for place in (north, south)] == [1, 2]
    assert (tmp_path / "keys/north" / LOG_KEY).exists()
