"""Every stored checkpoint: its form, its signatures by keys of the policy, and its root."""

from collections.abc import Collection

from liuhen.app.audit.cells import Cells
from liuhen.app.audit.finding import Fault, Rule
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.cosignature import WitnessKey
from liuhen.core.head_checks import check_log_signature, check_signer_signature
from liuhen.core.merkle import TreeHead
from liuhen.core.note import NoteSignature, SignedNote
from liuhen.core.policy import TrustPolicy
from liuhen.core.verdict import State


def check_checkpoint(
    cells: Cells, head: TreeHead, policy: TrustPolicy, witnesses: Collection[WitnessKey]
) -> None:
    """Check one stored checkpoint against the log at its size.

    Args:
        cells: Its row.
        head: The log at that size.
        policy: Who may have signed it.
        witnesses: Who may have cosigned it.

    Raises:
        Fault: It is of another head, or not signed as the policy says.
        AuditError: It is not a signed checkpoint.
    """
    note = SignedNote.parse(cells.text("note"))
    checkpoint = Checkpoint.parse(note.text)
    expected = Checkpoint(policy.origin, *head)
    if checkpoint != expected:
        raise Fault(
            Rule.CHECKPOINT,
            f"it is of {checkpoint.origin}, {checkpoint.size} entries, {checkpoint.root.hex()};"
            f" the log has {head.root.hex()} at size {head.size}",
        )
    for check in (
        check_log_signature(note, checkpoint, policy),
        check_signer_signature(note, checkpoint, policy),
    ):
        if check.state is not State.PASSED:
            raise Fault(Rule.SIGNATURE, f"{check.code}: {check.reason}")
    for line in note.signatures:
        _check_line(line, checkpoint, policy, witnesses)


def _check_line(
    line: NoteSignature,
    checkpoint: Checkpoint,
    policy: TrustPolicy,
    witnesses: Collection[WitnessKey],
) -> None:
    """Check that a line is by somebody known: by a key of the log, or a witness, and valid."""
    keys = {(key.name, key.key_id) for key, _ in policy.log_keys}
    keys |= {(key.name, key.key_id) for key, _ in policy.signers}
    if (line.name, line.key_id) in keys:
        return
    for key in witnesses:
        if key.is_of(line):
            key.verify(checkpoint, line)
            return
    raise Fault(Rule.SIGNATURE, f"a line by {line.name!r}, whom nobody named")
