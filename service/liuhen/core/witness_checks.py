"""Check the cosignatures of a checkpoint against the witnesses of the trust policy.

A line by an unknown key is skipped, as c2sp.org/signed-note has it. But where too few signed and a
line has a witness's name with another key ID, or the other way round, waiting would not help: it
is by a key that the policy does not hold, or it was bent. A line by a policy's witness that does
not verify poisons the whole note, as with the log's own key: an honest log never publishes one.
However many lines a witness has, it counts once.

Each line also bounds the entry's time from above, by the witness's clock: it was signed after the
head was there. One clock may lie, so the bound that is told is the earliest time at which a
quorum had signed: as many clocks as the quorum must have lied together for it to be too early.
"""

from collections.abc import Mapping

from liuhen.core.canonical import JsonValue
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import SignatureMismatch, Unavailable
from liuhen.core.note import SignedNote
from liuhen.core.policy import TrustPolicy
from liuhen.core.verdict import Check, State

CODE = "witnesses"
"""The name of this check."""

MISSING = "cosignatures-missing"
"""The one reason of this check that time may heal: a later checkpoint can have more lines."""


def check_witnesses(
    note: SignedNote, checkpoint: Checkpoint, policy: TrustPolicy
) -> tuple[Check, ...]:
    """Count the witnesses of the policy that cosigned; no check where it names none.

    With a quorum of 0 nothing is required, and one cosignature is enough to be told of.
    """
    if not policy.witnesses:
        return ()
    times: dict[str, int] = {}
    reason = MISSING
    for key in policy.witnesses:
        name, key_id = key.name, key.key_id  # computed once: key ID is a hash
        for line in note.signatures:
            if (line.name, line.key_id) != (name, key_id):
                near = line.name == name or line.key_id == key_id
                reason = "cosigned-by-another-key" if near else reason
                continue
            try:
                time = key.verify(checkpoint, line).timestamp
            except SignatureMismatch as error:
                return (Check("witnesses", State.FAILED, error.code, {"key": key.to_text()}),)
            except Unavailable:
                reason = "algorithm-not-here"
                continue
            times[key.name] = min(time, times.get(key.name, time))
    return (_count(times, policy, reason),)


def _count(times: Mapping[str, int], policy: TrustPolicy, reason: str) -> Check:
    signed: list[JsonValue] = [{"name": name, "timestamp": time} for name, time in times.items()]
    facts: dict[str, JsonValue] = {
        "quorum": policy.quorum,
        "witnesses": len(policy.witnesses),
        "cosigned": len(times),
        "signed": signed,
    }
    enough = max(policy.quorum, 1)
    if len(times) < enough:
        return Check("witnesses", State.NOT_CHECKED, reason, facts)
    seen = {"seen_not_later": sorted(times.values())[enough - 1]}
    return Check("witnesses", State.PASSED, "quorum-reached", {**facts, **seen})
