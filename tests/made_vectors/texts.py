"""Near misses of the text forms: each is one step away from a text that is accepted."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.reference import texts
from tests.reference.commitment import H, mth

ORIGIN = "audit.example.org/logs/procurement"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ENTRIES = [H(b"entry-%d" % n) for n in range(8)]
LEAVES = [H(b"\0" + entry) for entry in ENTRIES]
Change = tuple[str, str, Callable[[str], str]]


def b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def checkpoint(size: int = 8) -> str:
    return f"{ORIGIN}\n{size}\n{b64(mth(LEAVES[:size]))}\n"


def note(text: str, name: str = ORIGIN) -> str:
    key = b"\1" + PRIVATE.public_key().public_bytes_raw()
    signature = texts.key_id(name, key) + PRIVATE.sign(text.encode())
    return f"{text}\n\u2014 {name} {b64(signature)}\n"


def vkey(key: bytes, name: str = ORIGIN) -> str:
    return f"{name}+{texts.key_id(name, key).hex()}+{b64(key)}"


def tlog_proof() -> str:
    hashes = [LEAVES[3], mth(LEAVES[:2]), mth(LEAVES[4:])]
    return f"c2sp.org/tlog-proof@v1\nindex 2\n{''.join(b64(h) + chr(10) for h in hashes)}\n{NOTE}"


NOTE = note(checkpoint())
_PUBLIC = PRIVATE.public_key().public_bytes_raw()
LOG_VKEY, WITNESS_VKEY = vkey(b"\1" + _PUBLIC), vkey(b"\4" + _PUBLIC, "witness.example.org/w1")
SIGNER_VKEY = vkey(
    b"\xffeip712-checkpoint/v1" + (20231).to_bytes(8, "big") + b"\xc3" * 20 + b"\x5e" * 20
)


def sizes(before: str, after: str) -> Iterator[Change]:
    """Return other spellings of a decimal number that stands between two texts."""
    for name, spelling in {
        "underscore": "1_000",
        "other digits": "\u0663",
        "plus sign": "+8",
        "minus sign": "-8",
        "leading zero": "08",
        "space before": " 8",
        "space after": "8 ",
        "hexadecimal": "0x8",
        "fraction": "8.0",
        "exponent": "8e0",
        "nothing": "",
        "beyond 63 bits": str(2**63),
    }.items():
        why = f"the number is spelled {spelling!r}"
        yield name, why, _between(before, after, spelling)


def _between(before: str, after: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        start = text.index(before) + len(before)
        return text[:start] + new + text[text.index(after, start) :]

    return change


EVERYWHERE: list[Change] = [
    ("crlf", "lines end in carriage return and newline", lambda t: t.replace("\n", "\r\n")),
    ("no last newline", "the last newline is missing", lambda t: t.removesuffix("\n")),
    ("two last newlines", "the last newline stands twice", lambda t: t + "\n"),
    ("space at the end", "a space follows", lambda t: t + " "),
    ("space at the start", "a space comes first", lambda t: " " + t),
    ("bytes after the end", "a line follows", lambda t: t + "x\n"),
    ("cut off", "the last ten characters are gone", lambda t: t[:-10]),
    ("empty", "nothing", lambda t: ""),
    ("byte-order mark", "U+FEFF comes first", lambda t: "\ufeff" + t),
    ("zero byte", "a zero byte within", lambda t: t[:5] + "\0" + t[5:]),
]
_ROOT = b64(mth(LEAVES))
ROOTS: list[Change] = [
    (
        "base64 with other last bits",
        "the unused bits of the last letter of base64 are not zero",
        lambda t: t.replace(_ROOT, _ROOT[:-2] + chr(ord(_ROOT[-2]) + 1) + "="),
    ),
    ("base64 without padding", "padding is missing", lambda t: t.replace(_ROOT, _ROOT[:-1])),
    ("base64url", "the other alphabet", lambda t: t.replace(_ROOT, "-_" + _ROOT[2:])),
    ("a root of 31 bytes", "too short", lambda t: t.replace(_ROOT, b64(mth(LEAVES)[:31]))),
    ("a root of 33 bytes", "too long", lambda t: t.replace(_ROOT, b64(mth(LEAVES) + b"\0"))),
]
CHECKPOINTS: list[Change] = [
    ("as it is", "a checkpoint of eight entries", lambda t: t),
    ("the empty log", "size 0 and its root", lambda t: f"{ORIGIN}\n0\n{b64(H(b''))}\n"),
    (
        "empty with a root",
        "size 0 with the root of another tree",
        lambda t: t.replace("\n8\n", "\n0\n"),
    ),
    ("the largest size", "2^63 - 1", lambda t: t.replace("\n8\n", f"\n{2**63 - 1}\n")),
    ("an extension line", "a fourth line, which we refuse", lambda t: t + "extension\n"),
    ("no origin", "the first line is empty", lambda t: t.removeprefix(ORIGIN)),
    ("a space in the origin", "an origin with a space", lambda t: "a " + t),
    ("two lines", "the root is missing", lambda t: t[: t.index("\n8\n") + 3]),
    *sizes(f"{ORIGIN}\n", f"\n{_ROOT}"),
    *ROOTS,
    *(
        change
        for change in EVERYWHERE
        if change[0] not in ("space at the start", "byte-order mark", "zero byte")
    ),
]
NOTES: list[Change] = [
    ("as it is", "a signed checkpoint", lambda t: t),
    ("two lines", "the same signature twice is two lines", lambda t: t + t.split("\n\n")[1]),
    ("no signature", "no line follows the blank line", lambda t: t.split("\n\n")[0] + "\n\n"),
    ("no blank line", "signature lines follow at once", lambda t: t.replace("\n\n", "\n")),
    ("hyphen", "a hyphen in place of the em dash", lambda t: t.replace("\u2014", "-")),
    ("no space after the dash", "one space less", lambda t: t.replace("\u2014 ", "\u2014")),
    ("two spaces", "a space more", lambda t: t.replace("\u2014 ", "\u2014  ")),
    (
        "plus in the name",
        "names have no plus",
        lambda t: t.replace(f"\u2014 {ORIGIN}", "\u2014 a+b"),
    ),
    ("only a key id", "a signature of no bytes", lambda t: t[: t.rindex(" ") + 1] + "AAAAAA==\n"),
    ("signature without padding", "padding is missing", lambda t: t.replace("=\n", "\n", 2)),
    ("tab", "a control character", lambda t: t.replace("8\n", "8\t\n", 1)),
    *(
        change
        for change in EVERYWHERE
        if change[0] not in ("space at the start", "byte-order mark")
    ),
]
PROOFS: list[Change] = [
    ("as it is", "entry 2 of 8", lambda t: t),
    (
        "with extra",
        "extra bytes, which nobody signed",
        lambda t: t.replace("index", "extra AAAA\nindex", 1),
    ),
    ("empty extra", "a line that holds nothing", lambda t: t.replace("index", "extra \nindex", 1)),
    (
        "extra after index",
        "lines in another order",
        lambda t: t.replace("index 2\n", "index 2\nextra AAAA\n"),
    ),
    ("another version", "v2", lambda t: t.replace("@v1", "@v2")),
    ("no index", "the index is missing", lambda t: t.replace("index 2\n", "")),
    ("index twice", "two lines of it", lambda t: t.replace("index 2\n", "index 2\nindex 2\n")),
    ("a hash of 31 bytes", "too short", lambda t: t.replace(b64(LEAVES[3]), b64(LEAVES[3][:31]))),
    (
        "64 hashes",
        "more than any tree needs",
        lambda t: t.replace(b64(LEAVES[3]), "\n".join([b64(LEAVES[3])] * 62)),
    ),
    ("no blank line", "the note follows at once", lambda t: t.replace("\n\n", "\n", 1)),
    (
        "a note that is no checkpoint",
        "another text",
        lambda t: t.split("\n\n")[0] + "\n\n" + note("hello\n"),
    ),
    *sizes("index ", f"\n{b64(LEAVES[3])}"),
    *EVERYWHERE,
]


def vkeys(good: str, kind: int) -> Iterator[Change]:
    name, key_id, key = good.split("+", 2)
    raw = base64.b64decode(key)
    yield "as it is", "a verifier key", lambda t: t
    yield "another key id", "the key ID is not that of the key", lambda t: f"{name}+00000000+{key}"
    yield "upper case", "the key ID in upper case", lambda t: f"{name}+{key_id.upper()}+{key}"
    yield (
        "another type",
        "the type byte says another kind",
        lambda t: vkey(bytes([kind ^ 3]) + raw[1:], name),
    )
    yield "too short", "a byte of the key less", lambda t: vkey(raw[:-1], name)
    yield "too long", "a byte of the key more", lambda t: vkey(raw + b"\0", name)
    yield "no name", "the name is empty", lambda t: vkey(raw, "")
    yield "space in the name", "a name with a space", lambda t: vkey(raw, "a b")
    yield "newline", "a newline follows", lambda t: t + "\n"
    yield "no key", "the key is missing", lambda t: f"{name}+{key_id}+"
    yield "two parts", "the key ID is missing", lambda t: f"{name}+{key}"
    yield (
        "another name",
        "the key ID is that of another name",
        lambda t: t.replace(name, "x" + name),
    )


def judged(good: str, changes: Any, accepts: Callable[[str], bool]) -> list[dict[str, Any]]:
    """Make the vectors: what the reference says of each text."""
    made = []
    for name, why, change in changes:
        text = change(good)
        assert text != good or name == "as it is", name
        made.append({"name": name, "why": why, "text": text, "accept": accepts(text)})
    assert {vector["accept"] for vector in made} == {True, False}
    return made


def files() -> dict[str, Any]:
    log, signer, witness = {1: 32}, {255: 68}, {4: 32, 6: 1312}
    return {
        "checkpoint.json": judged(checkpoint(), CHECKPOINTS, texts.is_checkpoint),
        "note.json": judged(NOTE, NOTES, texts.is_note),
        "tlog-proof.json": judged(tlog_proof(), PROOFS, texts.is_tlog_proof),
        "vkey-log.json": judged(LOG_VKEY, vkeys(LOG_VKEY, 1), lambda t: texts.is_vkey(t, log)),
        "vkey-signer.json": judged(
            SIGNER_VKEY, vkeys(SIGNER_VKEY, 255), lambda t: texts.is_vkey(t, signer)
        ),
        "vkey-witness.json": judged(
            WITNESS_VKEY, vkeys(WITNESS_VKEY, 4), lambda t: texts.is_vkey(t, witness)
        ),
    }
