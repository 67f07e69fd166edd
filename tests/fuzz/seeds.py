"""Examples that every parser accepts: what edits start from."""

import hashlib
import json
from pathlib import Path

from coincurve import PrivateKey

from liuhen.app.audit.raw_tx import RawAnchorTx
from liuhen.core import rlp
from liuhen.core.canonical import canonical
from liuhen.core.cose_receipt import encode_receipt, protected_header
from liuhen.core.cosignature import ED25519, Cosignature, WitnessKey
from liuhen.core.detached import detach
from liuhen.core.disclosure import Shown
from liuhen.core.erasure import Erasure
from liuhen.core.keccak import keccak256
from liuhen.core.log_memory import LogMemory, SeenHead
from liuhen.core.merkle import EMPTY_ROOT, TreeHead
from liuhen.core.note import SignedNote
from liuhen.core.tlog_proof import TlogProof
from liuhen.core.witness_request import AddCheckpoint
from tests.receipt_kit import CHAIN_ID, CONTRACT, ORIGIN, Kit

__all__ = ["ORIGIN"]

VECTORS = Path(__file__).parents[1] / "vectors"
RECORD_ID = "01936b2e-7c00-7000-8000-000000000001"
KIT = Kit()


def of_cases(*names: str, file: str = "receipt.json") -> tuple[bytes, ...]:
    return tuple((VECTORS / "receipts" / name / file).read_bytes() for name in names)


RECEIPT = of_cases("sealed", "anchored", "hidden_fields", "evidence_block_hash")
POLICY = of_cases("sealed", "evidence_known_block", file="policy.json")

JSON = (
    '{"a":[1,-0.5,1e-7,null,true,"评标 \\u00e9\\n"],"b":{"":{}},"é":[]}'.encode(),
    b'[[["deep"],9007199254740991,123.25,1e21],{"x":{"y":[0,"\\ud83d\\ude00"]}}]',
    *(canonical(json.loads(body)["rows"][:6]) for body in RECEIPT[:1]),
)
ROWS = (
    *(canonical(json.loads(body)["rows"]) for body in RECEIPT[::2]),
    canonical([[["a"], "00" * 16, 1], [["b", 0], "11" * 32], "22" * 32]),
)
RECORD = (KIT.sealed.record_bytes,)
SUBMISSION = (
    canonical({"type": "score_sheet", "case": "SLZX-2026-0031", "data": {"a": [1, {}], "b": "x"}}),
    canonical(
        {
            "attachments": [
                {"media_type": "application/pdf", "name": "a.pdf", "sha256": "3e" * 32, "bytes": 7}
            ],
            "data": {"score": "41.30"},
            "links": [{"rel": "about", "record": RECORD_ID}],
            "nonce": "000102030405060708090a0b0c0d0e0f",
            "occurred_at": "2026-03-31T07:00:00+08:00",
            "submitter": {"organisation": "o", "person": "p"},
            "supersedes": RECORD_ID,
            "version": 2,
        }
    ),
)
PATHS = [row.path for row in KIT.receipt().rows if isinstance(row, Shown)]
POINTER = (b"/data/scores/0/bid_id", b"/submitter", b"/data/locked", b"")

TEXT = KIT.checkpoint(5)
CHECKPOINT = (
    SignedNote.parse(TEXT).text.encode(),
    KIT.checkpoint(1).partition("\n\n")[0].encode() + b"\n",
)
NOTE = (TEXT.encode(), KIT.checkpoint(9).encode())
LOG_KEY = (KIT.log_key.to_text().encode(),)
SIGNER_KEY = (KIT.signer_key.to_text().encode(),)
WITNESS = WitnessKey("witness.example/w1", ED25519, KIT.log_key.public)
WITNESS_KEY = (WITNESS.to_text().encode(),)
TLOG_POLICY = (
    f"# whom the log asks\nlog {KIT.log_key.to_text()} https://log.example/\n"
    f"witness w1 {WITNESS.to_text()} https://w.example/\n\ngroup both 1 w1\nquorum both\n".encode(),
    b"quorum none\n",
)
TILE = (b"tile/0/x001/234.p/5", b"tile/entries/000", b"tile/63/x001/x002/003")
PROOF = TlogProof(2, tuple(KIT.tree.inclusion(2, 5)), TEXT, b"extra")
TLOG_PROOF = (
    PROOF.to_text().encode(),
    TlogProof(2, (), KIT.checkpoint(9)).to_text().encode(),
)
COSE = (
    encode_receipt(
        protected_header(KIT.log_key.key_id, ORIGIN, 5),
        5,
        2,
        tuple(KIT.tree.inclusion(2, 5)),
        KIT.log_private.sign(b"anything"),
    ),
)
ADD_CHECKPOINT = (
    AddCheckpoint(5, tuple(KIT.tree.consistency(5, 9)), KIT.checkpoint(9)).to_text().encode(),
    AddCheckpoint(0, (), TEXT).to_text().encode(),
)
COSIGNATURES = (f"{WITNESS.line(Cosignature(1_774_942_780, bytes(64))).to_text()}".encode() * 2,)
SIZE = (b"0\n", b"9223372036854775807\n")
ERASURE = (
    Erasure(
        RECORD_ID,
        RECORD_ID,
        (("data", "scores", 0), ("submitter",)),
        "《个人信息保护法》第四十七条",
    )
    .to_text()
    .encode(),
)
DETACHED = (
    detach(
        SUBMISSION[0],
        origin=ORIGIN,
        record_id=RECORD_ID,
        secret=bytes(32),
        nonce="00" * 16,
        recorded_at="2026-03-31T07:40:01.250Z",
    )
    .to_text()
    .encode(),
)
MEMORY = (
    LogMemory(ORIGIN, (SeenHead(TEXT, "2026-03-31T07:40:01Z"),)).to_text().encode(),
    LogMemory(ORIGIN).to_text().encode(),
)

_EVIDENCE = json.loads(RECEIPT[3])["anchors"][0]
ANCHOR_CONTRACT = bytes.fromhex(_EVIDENCE["contract"][2:])
ANCHOR_LOG_ID = bytes.fromhex(_EVIDENCE["log_id"].removeprefix("0x"))
ANCHOR_SIZE, ANCHOR_ROOT = _EVIDENCE["size"], bytes.fromhex(_EVIDENCE["root"])
EVIDENCE = (canonical(_EVIDENCE["evidence"]),)
HEADER = (bytes.fromhex(_EVIDENCE["evidence"]["header"][2:]),)
RLP = (
    *HEADER,
    *(bytes.fromhex(node.removeprefix("0x")) for node in _EVIDENCE["evidence"]["receipt_proof"]),
    rlp.encode([b"cat", [b"", [b"\x80", b"a" * 60]], b"\x7f"]),
)


def _raw_tx() -> bytes:
    """Sign a call of `anchor` by hand."""
    proof = KIT.tree.consistency(5, 9)
    words = [KIT.log_id, *(n.to_bytes(32, "big") for n in (5, 9)), KIT.tree.root(9)]
    words += [n.to_bytes(32, "big") for n in (160, len(proof))] + proof
    data = keccak256(b"anchor(bytes32,uint64,uint64,bytes32,bytes32[])")[:4] + b"".join(words)
    numbers = [CHAIN_ID, 3, 10**9, 3 * 10**9, 200_000]
    fields: list[rlp.Item] = [n.to_bytes((n.bit_length() + 7) // 8, "big") for n in numbers]
    fields += [CONTRACT, b"", data, []]
    digest = keccak256(b"\x02" + rlp.encode(fields))
    signature = PrivateKey(b"\x01" * 32).sign_recoverable(digest, hasher=None)
    parts = (
        signature[64:].lstrip(b"\0"),
        signature[:32].lstrip(b"\0"),
        signature[32:64].lstrip(b"\0"),
    )
    return b"\x02" + rlp.encode([*fields, *parts])


RAW_TX = (_raw_tx(),)


def with_parity(parity: bytes) -> bytes:
    """Return the tx with another y parity, which no signature covers."""
    fields = rlp.decode(_raw_tx()[1:])
    assert isinstance(fields, list)
    return b"\x02" + rlp.encode([*fields[:-3], parity, *fields[-2:]])


assert RawAnchorTx.parse(RAW_TX[0]).head == KIT.head(9)


def _register(*heads: TreeHead) -> bytes:
    lines = [f"audit-register/v1 {ORIGIN}"]
    for size, root in heads:
        body = f"{size} {root.hex()}"
        digest = hashlib.sha256(f"{ORIGIN}\n{body}".encode()).hexdigest()
        lines.append(f"{body} {digest[:16]}")
    return "".join(f"{line}\n" for line in lines).encode()


REGISTER = (_register(TreeHead(0, EMPTY_ROOT), KIT.head(5), KIT.head(9)),)
PROBLEM = (
    canonical(
        {
            "type": "/problems/malformed-json",
            "status": 400,
            "title": "t",
            "detail": "d",
            "line": 1,
            "column": 2,
            "offset": 3,
            "path": "/a",
            "rule": "r",
        }
    ),
    b'{"type":"/problems/malformed-record","field":"/case","rule":"must be","detail":"d"}',
    b'{"type":"/problems/unknown","detail":"d"}',
    b"<html>502 Bad Gateway</html>",
)
NODE = (
    b'{"jsonrpc":"2.0","id":1,"result":"0x7"}',
    b'{"jsonrpc":"2.0","id":1,"result":{"number":"0x7","hash":"0x'
    + b"ab" * 32
    + b'","timestamp":"0x1"}}',
    b'{"jsonrpc":"2.0","id":1,"result":"0x'
    + b"00" * 31
    + b"05"
    + b"cd" * 32
    + b"00" * 31
    + b'01"}',
    b'{"jsonrpc":"2.0","id":1,"result":"0x' + (b"00" * 31 + b"05") * 4 + b'"}',
)
URL = (
    b"http://127.0.0.1:8545",
    b"https://user:word@node.example:8545/v1/key?x=y#z",
    b"http://[::1]:1/",
)

_WORD = 32
STANDING = (
    bytes(5 * _WORD),
    bytes(3 * _WORD),
    b"".join(
        each.rjust(_WORD, b"\0") for each in (b"\x5e" * 20, b"\7", b"\1" * 32, b"\2" * 32, b"\x15")
    ),
    b"".join(each.rjust(_WORD, b"\0") for each in (b"\x09", b"\3" * 32, b"\x16")),
    b"".join(
        each.rjust(_WORD, b"\0")
        for each in (b"\x20", b"\2", b"\x5e" * 20, b"", b"\x5f" * 20, b"\6")
    ),
)
"""Answers about a log's standing: none of a fork, none of an end, a fork, an end, two keys."""
