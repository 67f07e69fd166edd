"""transparency-dev's libraries and Tessera's fsck, through the program in tests/third_party/go."""

import shutil
from pathlib import Path

import pytest

from tests.log_folder import LOG_KEY, sample_entries, signed_checkpoint, write_log_folder
from tests.third_party.served_log import SIZES, MadeLog, bend, bent_copies, places
from tests.third_party.tools import Refused, fsck, logtool
from tests.witness_kit import ML, W1, W2

WITNESSES = ("-witness", W1.key.to_text(), "-witness", ML.key.to_text())


def test_fsck_accepts_the_log_at_every_size_and_over_http(log: MadeLog) -> None:
    logs: list[str | Path] = [*log.copies.values(), log.url]
    assert fsck(log.vkey, *logs) == {str(place): True for place in logs}


@pytest.mark.parametrize("size", [2, 257])
def test_fsck_refuses_one_bit_in_any_file(log: MadeLog, tmp_path: Path, size: int) -> None:
    copies = bent_copies(log.copies[size], tmp_path)
    assert len(copies) == (3 if size == 2 else 6)
    assert fsck(log.vkey, *copies.values()) == {str(copy): False for copy in copies.values()}


def test_fsck_refuses_a_log_that_lacks_a_file(log: MadeLog, tmp_path: Path) -> None:
    copy = tmp_path / "log"
    shutil.copytree(log.copies[257], copy)
    (copy / "tile/0/001.p/1").unlink()
    assert fsck(log.vkey, copy) == {str(copy): False}


def test_fsck_accepts_what_our_own_test_helper_writes(tmp_path: Path) -> None:
    folders = []
    for size in (*SIZES, 767, 1000):
        entries = sample_entries(size)
        folders.append(write_log_folder(tmp_path / str(size), entries, signed_checkpoint(entries)))
    assert all(fsck(LOG_KEY.to_text(), *folders).values())


def test_a_checkpoint_is_accepted_and_a_bent_one_is_not(log: MadeLog, tmp_path: Path) -> None:
    good = log.largest / "checkpoint"
    assert "size 300" in logtool("checkpoint", log.vkey, good)
    body, bent = good.read_bytes(), tmp_path / "checkpoint"
    lines = body.split(b"\n")
    own = sum(len(line) + 1 for line in lines[:5])  # the other line is by a key it does not know
    for place in places(body, 0, own, 7):
        bent.write_bytes(bend(body, place))
        with pytest.raises(Refused):
            logtool("checkpoint", log.vkey, bent)


def test_a_proof_is_accepted_with_both_kinds_of_witness(log: MadeLog) -> None:
    for proven in log.proven.values():
        entry = ("-entry", proven.entry.hex())
        logtool("proof", log.vkey, *entry, proven.tlog_proof)
        logtool("proof", log.vkey, *WITNESSES, "-quorum", "2", *entry, proven.cosigned)


def test_a_proof_with_too_few_witnesses_is_refused(log: MadeLog) -> None:
    proven = log.proven[257]
    words = ("-witness", W2.key.to_text(), *WITNESSES, "-entry", proven.entry.hex())
    logtool("proof", log.vkey, *words, "-quorum", "2", proven.cosigned)
    with pytest.raises(Refused, match="cosigned by 2 witnesses of 3"):
        logtool("proof", log.vkey, *words, "-quorum", "3", proven.cosigned)


def test_a_bent_proof_and_another_entry_are_refused(log: MadeLog, tmp_path: Path) -> None:
    proven, bent = log.proven[257], tmp_path / "p.tlog-proof"
    with pytest.raises(Refused):
        logtool("proof", log.vkey, "-entry", log.proven[256].entry.hex(), proven.tlog_proof)
    body = proven.tlog_proof.read_bytes()
    top = body.index(b"\n\n")
    for place in places(body, 0, top, 5):
        bent.write_bytes(bend(body, place))
        with pytest.raises(Refused):
            logtool("proof", log.vkey, "-entry", proven.entry.hex(), bent)


def test_proofs_are_made_from_our_tiles_by_somebody_else(log: MadeLog) -> None:
    for size, proven in log.proven.items():
        words = ("-index", str(size - 1), "-entry", proven.entry.hex())
        logtool("inclusion", log.vkey, *words, log.url)
        logtool("inclusion", log.vkey, *words, log.copies[size])
    for copy in log.copies.values():
        logtool("consistency", log.vkey, "-old", copy / "checkpoint", log.url)


def test_an_index_or_a_history_that_is_another_is_refused(log: MadeLog, tmp_path: Path) -> None:
    proven = log.proven[257]
    with pytest.raises(Refused):
        logtool("inclusion", log.vkey, "-index", "255", "-entry", proven.entry.hex(), log.url)
    copy = tmp_path / "log"
    shutil.copytree(log.largest, copy)
    tile = copy / "tile/0/000"
    tile.write_bytes(bend(tile.read_bytes(), 0))
    with pytest.raises(Refused):
        logtool("consistency", log.vkey, "-old", log.copies[255] / "checkpoint", copy)
