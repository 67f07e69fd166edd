"""Reports of forks and of double signatures, and what the contract answers (evidence §8)."""

from collections.abc import Callable
from typing import Any

from tests.reference import ethereum
from tests.reference.commitment import H, mth
from tests.reference.tree import consistency

ORIGIN = "audit.example.org/logs/procurement"
CHAIN, CONTRACT, OWNER = 31337, b"\xc3" * 20, b"\xd4" * 20
FIRST, SECOND, THIRD, FOREIGN = 0x5EED, 0x5EED2, 0x5EED3, 0xBAD
SIGNERS = [(FIRST, 0), (SECOND, 6), (THIRD, 12)]
ANCHORED = [5, 8, 13]
LEAVES = [H(b"\0" + H(b"entry %d" % i)) for i in range(13)]
OTHER = [H(b"\0" + H(b"another past")), *LEAVES[1:]]
Vector = dict[str, Any]


def log_id(owner: bytes = OWNER, origin: str = ORIGIN) -> bytes:
    text = origin.encode()
    padded = text + bytes(-len(text) % 32)
    head = owner.rjust(32, b"\0") + ethereum.word(64) + ethereum.word(len(text))
    return ethereum.keccak256(head + padded)


def digest(size: int, root: bytes, **bent: Any) -> bytes:
    """Return what is signed of a head of the log; `bent` puts something else in its place."""
    of: dict[str, Any] = {"origin": ORIGIN, "size": size, "root": root, "log_id": log_id()}
    of |= {"chain": CHAIN, "to": CONTRACT}
    return ethereum.head_digest(**(of | bent))


def signed(key: int, size: int, root: bytes, **bent: Any) -> bytes:
    return ethereum.sign(key, digest(size, root, **bent))


def signer_of(size: int) -> int:
    return max((since, key) for key, since in SIGNERS if since <= size)[1]


def fork(size: int, anchored_size: int, answer: str = "LogMarked", **bent: Any) -> Vector:
    """A head of another past against an anchored head; `bent` puts something else in its place."""
    root = bent.pop("root", mth(OTHER[:size]))
    in_range = 0 < size <= anchored_size <= len(LEAVES)
    proof = consistency(LEAVES[:anchored_size], size) if in_range else []
    made = {
        "root": root,
        "signature": signed(signer_of(size), size, root),
        "true_root": mth(LEAVES[:size]),
        "proof": proof,
    }
    return _vector("fork", size, answer, made | bent) | {"anchored_size": anchored_size}


def double(size: int, answer: str = "LogMarked", **bent: Any) -> Vector:
    """Two heads of one size, by the signer for it."""
    root, other = bent.get("root", H(b"A")), bent.get("other_root", H(b"B"))
    made = {
        "root": root,
        "signature": signed(signer_of(size), size, root),
        "other_root": other,
        "other_signature": signed(signer_of(size), size, other),
    }
    return _vector("double_sign", size, answer, made | bent)


def _vector(report: str, size: int, answer: str, values: dict[str, Any]) -> Vector:
    number = bytes(values.pop("log_id", log_id()))
    return {
        "chain_id": CHAIN,
        "contract": "0x" + CONTRACT.hex(),
        "owner": "0x" + OWNER.hex(),
        "origin": ORIGIN,
        "log_id": "0x" + number.hex(),
        "signers": [["0x" + ethereum.address(key).hex(), since] for key, since in SIGNERS],
        "anchored": [_head(old, new) for old, new in zip([0, *ANCHORED], ANCHORED, strict=False)],
        "report": report,
        "size": size,
        **{name: _text(value) for name, value in values.items()},
        "digest": digest(size, values["root"], log_id=number).hex(),
        "answer": answer,
        "accept": answer == "LogMarked",
    }


def _head(old: int, new: int) -> dict[str, Any]:
    proof = consistency(LEAVES[:new], old) if old else []
    return {"size": new, "root": mth(LEAVES[:new]).hex(), "proof": _text(proof)}


def _text(value: Any) -> Any:
    return [each.hex() for each in value] if isinstance(value, list) else value.hex()


def forks() -> dict[str, tuple[str, Vector]]:
    past, lie = mth(LEAVES[:11]), mth(OTHER[:11])
    good = consistency(LEAVES, 11)
    made = {
        f"{size} of {anchored}": ("another past, by the signer for that size", fork(size, anchored))
        for size, anchored in [(1, 5), (4, 5), (5, 5), (6, 8), (8, 8), (8, 13), (11, 13), (13, 13)]
    }
    mismatch, out = "ProofMismatch", "SizeOutOfRange"
    made |= {
        "a true head": ("contradicts nothing", fork(11, 13, "SameRoot", root=past)),
        "the anchored head": ("is the history", fork(13, 13, "SameRoot", root=mth(LEAVES))),
        "size 0": ("any proof would do", fork(0, 13, out, root=H(b""), true_root=H(b"\1"))),
        "past the anchored head": (
            "not history yet",
            fork(9, 8, out, root=H(b"9"), true_root=H(b"9")),
        ),
        "no such anchored head": ("11 was not anchored", fork(11, 11, "NotAnchored")),
        "before any": ("size 0 is not anchored", fork(0, 0, "NotAnchored", root=H(b"x"))),
        "another log": ("is not known", fork(5, 5, "NotAnchored", log_id=log_id(b"\xd5" * 20))),
        "claimed": ("the other past has no proof", fork(11, 13, mismatch, true_root=lie)),
        "claimed with its proof": (
            "leads to another head",
            fork(11, 13, mismatch, root=past, true_root=lie, proof=consistency(OTHER, 11)),
        ),
        "claimed at the anchored head": (
            "equal sizes, other root hash",
            fork(13, 13, mismatch, root=mth(LEAVES), true_root=mth(OTHER)),
        ),
        "claimed at a power of two": (
            "the root hash begins the fold",
            fork(8, 13, mismatch, root=mth(LEAVES[:8]), true_root=mth(OTHER[:8])),
        ),
        "no proof": ("is empty", fork(11, 13, mismatch, proof=[])),
        "a hash less": ("too short", fork(11, 13, mismatch, proof=good[:-1])),
        "a hash more": ("too long", fork(11, 13, mismatch, proof=[*good, H(b"")])),
        "a proof of nothing": ("equal sizes", fork(13, 13, mismatch, proof=[H(b"")])),
        "63 hashes": ("too long, and counted", fork(11, 13, mismatch, proof=[H(b"")] * 63)),
        "64 hashes": ("not even counted", fork(11, 13, "ProofLength", proof=[H(b"")] * 64)),
    }
    return made | _signatures(lambda signature: fork(11, 13, "NotASigner", signature=signature))


def _signatures(vector: Callable[[bytes], Vector]) -> dict[str, tuple[str, Vector]]:
    """Signatures over the head (11, of the other past) that are not its signer's."""
    root = mth(OTHER[:11])
    good = signed(SECOND, 11, root)
    made = {
        "the signer before": ("good for 0 to 5", signed(FIRST, 11, root)),
        "the signer after": ("good from 12", signed(THIRD, 11, root)),
        "nobody's signer": ("never appointed", signed(FOREIGN, 11, root)),
        "over another size": ("12", signed(SECOND, 12, root)),
        "over another root hash": ("of the true past", signed(SECOND, 11, mth(LEAVES[:11]))),
        "for another log": ("of another owner", signed(SECOND, 11, root, log_id=H(b"log"))),
        "for another origin": ("a digit more", signed(SECOND, 11, root, origin=ORIGIN + "2")),
        "for another chain": ("31338", signed(SECOND, 11, root, chain=CHAIN + 1)),
        "for another contract": ("0xc4", signed(SECOND, 11, root, to=b"\xc4" * 20)),
        "high s": ("the other s of the same signature", ethereum.high_s(good)),
        "v from 0": ("v is 27 or 28", good[:64] + bytes([good[64] - 27])),
        "the other v": ("recovers to another address", good[:64] + bytes([55 - good[64]])),
        "64 bytes": ("v is missing", good[:64]),
        "66 bytes": ("a byte too many", good + b"\0"),
        "r zero": ("no such point", bytes(32) + good[32:]),
        "s zero": ("no such signature", good[:32] + bytes(32) + good[64:]),
        "no bytes": ("recovers to nobody", b""),
    }
    return {name: (why, vector(signature)) for name, (why, signature) in made.items()}


def doubles() -> dict[str, tuple[str, Vector]]:
    second, refused = signed(SECOND, 11, H(b"B")), "NotASigner"
    made = {
        f"twice at {size}": ("anchored or not", double(size)) for size in (1, 5, 6, 13, 14, 2**62)
    }
    return made | {
        "twice the same": ("contradicts nothing", double(11, "SameRoot", other_root=H(b"A"))),
        "the second of another size": (
            "two heads of one past",
            double(11, refused, other_signature=signed(SECOND, 12, H(b"B"))),
        ),
        "the first by the signer before": (
            "good for 0 to 5",
            double(11, refused, signature=signed(FIRST, 11, H(b"A"))),
        ),
        "the second by the signer after": (
            "good from 12",
            double(11, refused, other_signature=signed(THIRD, 11, H(b"B"))),
        ),
        "the second with high s": (
            "no second form",
            double(11, refused, other_signature=ethereum.high_s(second)),
        ),
        "the second is the first": (
            "over one root hash only",
            double(11, refused, other_signature=signed(SECOND, 11, H(b"A"))),
        ),
        "twice for another log": (
            "is not known",
            double(11, refused, log_id=log_id(b"\xd5" * 20)),
        ),
    }


def files() -> dict[str, Any]:
    made = forks() | doubles()
    return {"report.json": [{"name": n, "why": why} | each for n, (why, each) in made.items()]}
