"""Which key signs what: by the files that lie in a log's folder of keys.

    ROLE.key             the key itself, 64 hex digits
    ROLE.keystore.json   the key encrypted (V3 keystore); its password is in ROLE.password
    ROLE.toml            who else has it: a signing service, or a hardware security module

Roles are log (Ed25519), head, publisher and owner (secp256k1). Exactly one of the three files is
there. While a key is replaced there are more roles: `head.next` and `head.retired`, and the same of
the others.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from liuhen.adapters.chain.transaction_signer import DigestTransactionSigner
from liuhen.adapters.keys_file import (
    FORMS,
    KEYSTORE,
    PASSWORD,
    PLACE,
    PLAIN,
    forms_of,
    load_key,
)
from liuhen.adapters.signing.keystore_file import open_keystore
from liuhen.adapters.signing.local_key import LocalKey, LocalTextSigner
from liuhen.adapters.signing.remote import (
    SIGN_TRANSACTION,
    SIGN_TYPED_DATA,
    RemoteHeadSigner,
    RemoteTransactionSigner,
)
from liuhen.adapters.signing.remote_call import RemoteCall, RemotePlace, TlsFiles
from liuhen.adapters.signing.secp256k1 import DigestHeadSigner, DigestKey
from liuhen.core.errors import Unavailable
from liuhen.ports import HeadSigner, TextSigner, TransactionSigner
from liuhen.wiring.signer_file import RemoteFile, TokenFile, read_signer_file

LOG: Final = "log"
RETIRED_LOG: Final = "log.retired"
HEAD: Final = "head"
NEXT_HEAD: Final = "head.next"
RETIRED_HEAD: Final = "head.retired"
PUBLISHER: Final = "publisher"
NEXT_PUBLISHER: Final = "publisher.next"
OWNER: Final = "owner"


def open_text_signer(folder: Path, origin: str, role: str = LOG) -> TextSigner:
    """Return who signs the text of a log's heads.

    Args:
        folder: The log's folder of keys.
        origin: The log's name.
        role: `log`, or `log.retired`.

    Raises:
        Unavailable: The key is missing, is there twice, or cannot be used; the message says what
            to do.
    """
    path = find_form(folder, role)
    secret = _secret_in(path, role)
    if secret is not None:
        return LocalTextSigner(origin, secret)
    file = read_signer_file(path)
    if isinstance(file, RemoteFile):
        raise Unavailable(f"{path}: signing services have no Ed25519; use pkcs11 or a keystore")
    with _extra():
        from liuhen.wiring.token_signers import token_text_signer  # noqa: PLC0415
    return token_text_signer(file, folder, origin)


def open_head_signer(folder: Path, role: str = HEAD) -> HeadSigner:
    """Return who signs heads for contracts: `head`, `head.next` or `head.retired`.

    Errors as `open_text_signer`.
    """
    path = find_form(folder, role)
    file = _file_at(path)
    if isinstance(file, RemoteFile):
        return RemoteHeadSigner(
            _remote_call(file, folder),
            file.address,
            method=file.method or SIGN_TYPED_DATA,
            as_text=file.typed_data_as_text,
        )
    return DigestHeadSigner(_digest_key(path, role, file))


def open_publisher(
    folder: Path, *, chain_id: int, contract: bytes, role: str = PUBLISHER
) -> TransactionSigner:
    """Return who signs anchoring txs; errors as `open_text_signer`.

    Args:
        folder: The log's folder of keys.
        chain_id: EIP-155 chain id.
        contract: Address of the contract, 20 bytes.
        role: `publisher`, or `publisher.next`.
    """
    path = find_form(folder, role)
    file = _file_at(path)
    if isinstance(file, RemoteFile):
        return RemoteTransactionSigner(
            _remote_call(file, folder),
            file.address,
            chain_id=chain_id,
            contract=contract,
            method=file.method or SIGN_TRANSACTION,
        )
    key = _digest_key(path, role, file)
    return DigestTransactionSigner(key, chain_id=chain_id, contract=contract)


def open_key(folder: Path, role: str) -> DigestKey:
    """Return a key that signs whatever tx it is asked for; errors as `open_text_signer`."""
    path = find_form(folder, role)
    file = _file_at(path)
    if isinstance(file, RemoteFile):
        raise Unavailable(
            f"{path}: a signing service is asked for heads and anchors only; use a file of the key,"
            " a keystore or pkcs11"
        )
    return _digest_key(path, role, file)


def open_key_file(path: Path) -> DigestKey:
    """Return the key of one file, in any of the three forms; errors as `open_key`."""
    for form in FORMS:
        if path.name.endswith(form) and path.name != form:
            return open_key(path.parent, path.name.removesuffix(form))
    raise Unavailable(f"{path}: the name of a file with a key ends in {', '.join(FORMS)}")


def find_form(folder: Path, role: str) -> Path:
    """Return the one file that says where a role's key is.

    Raises:
        Unavailable: There is none, or more than one.
    """
    found = forms_of(folder, role)
    if len(found) == 1:
        return found[0]
    if found:
        names = " and ".join(path.name for path in found)
        raise Unavailable(f"{folder} holds {names}: keep the one that is to be used")
    names = ", ".join(role + form for form in FORMS)
    raise Unavailable(f"{folder} does not say where the {role} key is: it holds none of {names}")


def _file_at(path: Path) -> RemoteFile | TokenFile | None:
    return read_signer_file(path) if path.name.endswith(PLACE) else None


def _secret_in(path: Path, role: str) -> bytes | None:
    """Return a key that is in a file of ours, plain or encrypted."""
    if path.name == role + PLAIN:
        return load_key(path)
    if path.name == role + KEYSTORE:
        return open_keystore(path, path.with_name(role + PASSWORD))
    return None


def _digest_key(path: Path, role: str, file: TokenFile | None) -> DigestKey:
    if file is not None:
        with _extra():
            from liuhen.wiring.token_signers import token_key  # noqa: PLC0415
        return token_key(file, path.parent)
    secret = _secret_in(path, role)
    assert secret is not None, "what is not TOML is a file of ours"
    try:
        return LocalKey(secret)
    except ValueError:
        raise Unavailable(f"the key in {path} is not a key of secp256k1") from None


def _remote_call(file: RemoteFile, folder: Path) -> RemoteCall:
    names = (file.tls_ca_file, file.tls_certificate_file, file.tls_key_file)
    tls = TlsFiles(*(None if name is None else folder / name for name in names))
    return RemoteCall(RemotePlace(file.url.get_secret_value(), file.timeout_seconds, tls))


@contextmanager
def _extra() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise Unavailable("keys in a token need python-pkcs11: install liuhen[pkcs11]") from error
