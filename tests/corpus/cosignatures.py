"""Cosignatures of witnesses: counted, missing, overdue, bent, twice, of the wrong key."""

import dataclasses

from liuhen.core.cosignature import WitnessKey
from liuhen.core.note import NoteSignature, SignedNote
from liuhen.core.policy import Life, TrustPolicy
from liuhen.core.receipt import Receipt
from tests.receipt_corpus import (
    ALWAYS_OVERDUE,
    ANCHORED,
    NODE,
    SEALED,
    Case,
    Expected,
    different,
    match,
    policy,
    unsure,
    waiting,
)
from tests.witness_kit import ML, W1, W2, W3, cosigned, head_of, vectors

HEAD = head_of(SEALED.checkpoint)
L1, L2, L3 = W1.line(HEAD, 1_774_942_860), W2.line(HEAD, 1_774_942_880), W3.line(HEAD)
LATER = W1.line(HEAD, 1_774_999_999)


def ml_dsa_line() -> NoteSignature:
    """Return a line that was made once: ML-DSA-44 signs otherwise each time."""
    return NoteSignature.parse(vectors()["kit_line_ml_dsa_44"])


def under(*lines: NoteSignature, receipt: Receipt = SEALED) -> Receipt:
    """Return a receipt whose checkpoint has these lines too."""
    return dataclasses.replace(receipt, checkpoint=cosigned(receipt.checkpoint, *lines))


def asking(quorum: int, *keys: WitnessKey, **changes: object) -> TrustPolicy:
    """Return a policy for sealed entries that asks for so many of these witnesses."""
    return policy(Life.SEALED, witnesses=keys or (W1.key, W2.key, W3.key), quorum=quorum, **changes)


def bent(line: NoteSignature, at: int) -> NoteSignature:
    """Change one bit of what a line signs with."""
    changed = bytearray(line.signature)
    changed[at] ^= 1
    return dataclasses.replace(line, signature=bytes(changed))


def counted_cases() -> list[Case]:
    ml = ml_dsa_line()
    told: list[tuple[str, str, Receipt, TrustPolicy, Expected]] = [
        ("cosigned", "Two of three witnesses signed, two are asked for.", under(L1, L3), asking(2),
         match("sealed")),
        ("cosigned_more", "All three signed, one is asked for.", under(L1, L2, L3), asking(1),
         match("sealed")),
        ("cosigned_none_asked", "A witness signed, and the policy asks for none.", under(L2),
         asking(0), match("sealed")),
        ("cosigned_none_asked_none_signed", "No witness signed, and the policy asks for none.",
         SEALED, asking(0), match("sealed")),
        ("cosigned_unknown", "A line by a witness that the policy does not name is skipped.",
         under(bent(L3, 20), L1), asking(1, W1.key, W2.key), match("sealed")),
        ("cosigned_twice_and_other", "One witness twice and another one: they are two.",
         under(L1, LATER, L2), asking(2), match("sealed")),
        ("cosigned_ml_dsa", "A witness signed with ML-DSA-44.", under(ml), asking(1, ML.key),
         match("sealed")),
        ("cosigned_both_kinds", "One signed with Ed25519, one with ML-DSA-44; both are asked for.",
         under(L1, ml), asking(2, W1.key, ML.key), match("sealed")),
    ]  # fmt: skip
    return [Case(*each) for each in told]


def open_cases() -> list[Case]:
    missing = "cosignatures-missing"
    other_key = WitnessKey(W1.name, W1.type, W3.key.public)
    told: list[tuple[str, str, Receipt, TrustPolicy, Expected]] = [
        ("cosigned_by_nobody", "Nobody signed yet, one is asked for.", SEALED, asking(1),
         waiting(missing)),
        ("cosigned_by_too_few", "One of three signed, two are asked for.", under(L2), asking(2),
         waiting(missing)),
        ("cosigned_twice_by_one", "One witness signed twice: that is one, and two are asked for.",
         under(L1, LATER), asking(2), waiting(missing)),
        ("cosigned_overdue", "One of three signed, and the entry is old.", under(L2),
         asking(2, max_anchor_age_seconds=ALWAYS_OVERDUE), unsure("cosignatures-overdue")),
        ("cosigned_by_another_key", "The line has a witness's name and is by another key.",
         under(L1), asking(1, other_key), unsure("cosigned-by-another-key")),
        ("cosigned_by_another_kind", "The policy has the Ed25519 key of who signed with ML-DSA-44.",
         under(ml_dsa_line()), asking(1, dataclasses.replace(W1.key, name=ML.name)),
         unsure("cosigned-by-another-key")),
        ("cosigned_under_another_name", "The line has a witness's key ID and another name.",
         under(dataclasses.replace(L1, name="witness.example.org/w")), asking(1),
         unsure("cosigned-by-another-key")),
    ]  # fmt: skip
    return [Case(*each) for each in told]


def anchored_cases() -> list[Case]:
    """Where the anchor is there and witnesses are missing, or the other way round."""
    final = policy(witnesses=(W1.key,), quorum=1)
    return [
        Case(
            "cosigned_and_anchored",
            "A witness signed the checkpoint, and a node knows the anchor.",
            under(L1, receipt=ANCHORED),
            final,
            unsure("no-node-asked"),
            nodes=(NODE,),
            with_nodes=match("final"),
        ),
        Case(
            "anchored_not_cosigned",
            "A node knows the anchor; the witness that the policy asks for has not signed.",
            ANCHORED,
            final,
            unsure("no-node-asked"),
            nodes=(NODE,),
            with_nodes=waiting("cosignatures-missing", "final"),
        ),
        Case(
            "neither_anchored_nor_cosigned",
            "The contract has overtaken the receipt, and no witness signed: a proof is owed.",
            SEALED,
            final,
            waiting("cosignatures-missing"),
            nodes=(NODE,),
            with_nodes=unsure("operator-owes-proof"),
        ),
    ]


def bent_cases() -> list[Case]:
    ml = ml_dsa_line()
    no_time = dataclasses.replace(L1, signature=bytes(8) + L1.signature[8:])
    short = dataclasses.replace(L1, signature=L1.signature[:-1])
    other_head = W1.line(dataclasses.replace(HEAD, size=6))
    lines: list[tuple[str, str, NoteSignature]] = [
        ("bent_cosignature", "One bit of a cosignature is changed.", bent(L1, 30)),
        ("bent_cosignature_time", "The time of a cosignature is changed.", bent(L1, 7)),
        ("cosignature_without_time", "The time of a cosignature is 0.", no_time),
        ("cosignature_cut", "A cosignature has a byte too few.", short),
        ("cosignature_of_another_head", "The witness signed a head of 6 entries.", other_head),
        ("bent_cosignature_ml_dsa", "One bit of a cosignature of ML-DSA-44 is changed.",
         bent(ml, 1000)),
    ]  # fmt: skip
    # Enough others signed: a known key whose line does not verify poisons the note all the same.
    asked = asking(1, W2.key, W1.key, ML.key)
    made = [
        Case(f"{name}_fail", why, under(L2, line), asked, different("witnesses", "sealed"))
        for name, why, line in lines
    ]
    parsed = SignedNote.parse(SEALED.checkpoint)
    swapped = dataclasses.replace(L1, signature=L1.signature[:8] + parsed.signatures[0].signature)
    made.append(
        Case(
            "cosignature_of_the_log_fail",
            "The log's own signature stands in the witness's line.",
            under(swapped),
            asking(1),
            different("witnesses", "sealed"),
        )
    )
    return made


def cosignature_cases() -> list[Case]:
    return [*counted_cases(), *open_cases(), *anchored_cases(), *bent_cases()]
