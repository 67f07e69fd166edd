"""A token of SoftHSM2 in a folder: a hardware security module but for the hardware."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, Mechanism

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
LABEL = "liuhen"
PIN = "user-pin-60417"
SECP256K1 = bytes.fromhex("06052b8104000a")
EDWARDS25519 = b"\x13\x0cedwards25519"


class SoftToken:
    """A token; `away` takes it out of its reader for a while."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.objects = folder, folder / "tokens"
        self.objects.mkdir(parents=True)
        configuration = folder / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {self.objects}\nlog.level = ERROR\n")
        self.environment = {"SOFTHSM2_CONF": str(configuration)}
        words = ["--init-token", "--free", "--label", LABEL, "--so-pin", "so-pin", "--pin", PIN]
        subprocess.run(
            ["softhsm2-util", *words],
            check=True,
            capture_output=True,
            env={**os.environ, **self.environment},
        )

    def make_key(self, label: str, *, edwards: bool = False) -> None:
        """Have the token draw a key."""
        kind, curve, mechanism = (
            (KeyType.EC_EDWARDS, EDWARDS25519, Mechanism.EC_EDWARDS_KEY_PAIR_GEN)
            if edwards
            else (KeyType.EC, SECP256K1, Mechanism.EC_KEY_PAIR_GEN)
        )
        token = pkcs11.lib(str(MODULE)).get_token(token_label=LABEL)
        with token.open(rw=True, user_pin=PIN) as session:
            parameters = session.create_domain_parameters(
                kind, {Attribute.EC_PARAMS: curve}, local=True
            )
            parameters.generate_keypair(mechanism=mechanism, store=True, label=label)

    def restart(self) -> None:
        """Let the module forget all sessions and look for tokens anew."""
        module = pkcs11.lib(str(MODULE))
        module.finalize()
        module.initialize()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Take the token away."""
        hidden = self.folder / "hidden"
        self.objects.rename(hidden)
        self.objects.mkdir()
        self.restart()
        try:
            yield
        finally:
            self.objects.rmdir()
            hidden.rename(self.objects)
            self.restart()


@contextmanager
def soft_token(folder: Path) -> Iterator[SoftToken]:
    """Give a fresh token, the only one that the module knows."""
    if shutil.which("softhsm2-util") is None or not MODULE.exists():
        pytest.skip("SoftHSM2 is not installed: apt-get install softhsm2")
    token = SoftToken(folder)
    with mock.patch.dict(os.environ, token.environment):
        token.restart()  # a test before has left it with a token of its own
        yield token
