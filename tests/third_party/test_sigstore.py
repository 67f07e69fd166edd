"""sigstore's checkpoint and inclusion verifiers on our tlog-proofs."""

from pathlib import Path

from tests.third_party.served_log import MadeLog, bend, places
from tests.third_party.tools import sigstore


def test_every_proof_is_accepted_cosigned_or_not(log: MadeLog) -> None:
    proofs = [(each.tlog_proof, each.entry) for each in log.proven.values()]
    proofs += [(each.cosigned, each.entry) for each in log.proven.values()]
    answers = sigstore(log.vkey, *proofs)
    assert [answer.partition(" ")[0] for answer in answers] == ["ok"] * len(proofs)
    for size, answer in zip(log.proven, answers, strict=False):
        assert answer.endswith(f"entry {size - 1} of {size}")


def test_bent_proofs_and_other_entries_are_refused(log: MadeLog, tmp_path: Path) -> None:
    proven = log.proven[257]
    body = proven.tlog_proof.read_bytes()
    line = body.index("—".encode())
    signature = body.index(b" ", line + 4)  # sigstore looks at the key's ID and not at its name
    end = body.index(b"\n", line)  # the next line is by a key that it skips
    proofs = [(proven.tlog_proof, log.proven[256].entry)]
    before = places(body, body.index(b"index") + 6, line, 5)
    for place in [*before, *places(body, signature + 1, end - 1, 5)]:
        file = tmp_path / f"{place}.tlog-proof"
        file.write_bytes(bend(body, place))
        proofs.append((file, proven.entry))
    answers = sigstore(log.vkey, *proofs)
    assert len(answers) > 40
    assert [answer for answer in answers if answer.startswith("ok ")] == []
