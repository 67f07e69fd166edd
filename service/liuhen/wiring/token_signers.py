"""Signers in a hardware security module; imported where one is named, for it needs an extra."""

from pathlib import Path

from liuhen.adapters.signing.pkcs11_token import TokenCall, TokenKey, TokenPlace, TokenTextSigner
from liuhen.wiring.signer_file import TokenFile


def token_key(file: TokenFile, folder: Path) -> TokenKey:
    """Return a key of secp256k1; files are named relative to the folder."""
    return TokenKey(_call(file, folder), file.address)


def token_text_signer(file: TokenFile, folder: Path, origin: str) -> TokenTextSigner:
    """Return an Ed25519 key; files are named relative to the folder."""
    return TokenTextSigner(_call(file, folder), origin)


def _call(file: TokenFile, folder: Path) -> TokenCall:
    place = TokenPlace(
        folder / file.module, file.token, file.label, folder / file.pin_file, file.timeout_seconds
    )
    return TokenCall(place)
