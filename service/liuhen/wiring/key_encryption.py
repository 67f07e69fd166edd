"""Encrypting a key that lies in a plain file: it becomes a keystore with a password of its own.

    1  ROLE.password        drawn, unless there is one
    2  ROLE.keystore.json   the key, encrypted
    3  ROLE.key             removed, after the keystore was opened and gave the same key

Killed between two steps, it is run again; until then the service refuses two forms of one key.
"""

from pathlib import Path

from liuhen.adapters.durable import sync_folder
from liuhen.adapters.keys_file import KEYSTORE, PASSWORD, PLAIN, create_missing_keys, load_key
from liuhen.adapters.secret_file import read_pass_word, write_secret
from liuhen.adapters.signing.keystore_file import make_keystore, open_keystore
from liuhen.core.errors import Unavailable


def encrypt_key(folder: Path, role: str) -> Path:
    """Put a keystore in the place of a plain key; return its path.

    Args:
        folder: The log's folder of keys.
        role: log, head or publisher.

    Raises:
        Unavailable: There is no plain key, a keystore of another key is there, or the folder
            cannot be used.
    """
    plain, keystore, password = (folder / (role + end) for end in (PLAIN, KEYSTORE, PASSWORD))
    key = load_key(plain)
    create_missing_keys(folder, [password.name])
    try:
        if not keystore.exists():
            write_secret(keystore, make_keystore(key, read_pass_word(password, "the password")))
        if open_keystore(keystore, password) != key:
            raise Unavailable(f"{keystore} holds another key than {plain}: nothing was changed")
        plain.unlink()
        sync_folder(folder)
    except OSError as error:
        raise Unavailable(f"keys cannot be kept in {folder}: {error.strerror}") from error
    return keystore
