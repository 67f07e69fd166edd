"""What every signer of heads promises, with known keys and with keys in files."""

from pathlib import Path
from typing import Any

import pytest

from liuhen.adapters.keys_file import create_missing_keys
from liuhen.core.head_signature import recover_signer
from liuhen.core.note import NoteSignature
from tests.fakes.head_signer import KnownSigner, load_signer

ORIGIN = "log.example/logs/jyg"


@pytest.fixture(params=["known", "file"])
def signer(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "known":
        return KnownSigner(ORIGIN)
    create_missing_keys(tmp_path / "keys")
    return load_signer(tmp_path / "keys", ORIGIN)


def test_the_text_signature_verifies_under_the_log_key(signer: Any) -> None:
    text = "log.example/logs/jyg\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    line = signer.log_key.line(signer.sign_text(text.encode()))
    assert isinstance(line, NoteSignature)
    signer.log_key.verify(text, line)


@pytest.mark.parametrize("number", range(20))
def test_the_digest_signature_leads_back_to_the_address(signer: Any, number: int) -> None:
    digest = bytes([number]) * 32
    signature = signer.sign_digest(digest)
    assert recover_signer(digest, signature) == signer.address
    assert signer.sign_digest(digest) == signature
