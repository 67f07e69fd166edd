"""Keys in a hardware security module, by PKCS#11. Needs python-pkcs11 (`liuhen[pkcs11]`).

    secp256k1   CKM_ECDSA over the digest: r ‖ s, which becomes r ‖ s ‖ v
    Ed25519     CKM_EDDSA over the text; SoftHSM2 has it from 2.6 on, not every module does

A key is named by its label, the same for its public half, from which the address is read. The PIN
is read from its file for each session and not kept. A token forgets its sessions when it is pulled
out or its daemon restarts, so a call that fails is tried once more in a session of its own. A PIN
that the token has refused is not offered again before its file has changed: tokens lock themselves
after a few attempts.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple, TypeVar, cast

import pkcs11
from coincurve import PublicKey
from pkcs11 import Attribute, Key, Mechanism, Object, ObjectClass, Session
from pkcs11 import exceptions as refusals
from pkcs11.types import SignMixin

from liuhen.adapters.secret_file import read_pass_word
from liuhen.adapters.signing.secp256k1 import normalised
from liuhen.adapters.signing.time_limit import TimeLimit
from liuhen.core.errors import MalformedKey, Unavailable
from liuhen.core.head_signature import LogKey, address_of

T = TypeVar("T")

_SECP256K1: Final = bytes.fromhex("06052b8104000a")
_POINT_BYTES: Final = 65
_ED25519_BYTES: Final = 32
_ONE_CALL: Final = Lock()
"""python-pkcs11 tells modules that they are used by one thread, so they are, one call at a time."""

_WRONG_PIN: Final = (refusals.PinIncorrect, refusals.PinLenRange, refusals.PinInvalid)


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where a key is.

    Attributes:
        module: The module's library, a `.so` file.
        token: Label of the token.
        label: Label of the key.
        pin_file: File of mode 0600 with the user's PIN.
        seconds: Allowed to one call as a whole.
    """

    module: Path
    token: str
    label: str
    pin_file: Path
    seconds: float = 5.0


class _Opened(NamedTuple):
    """A session, with the keys found in it.

    They are found when it is opened, and not again: a search in a session that the token has
    forgotten leaves an object behind that complains when it is collected.
    """

    session: Session
    private: SignMixin
    public: Key


class TokenCall:
    """A session with a token, opened when it is needed and anew when it was lost."""

    def __init__(self, place: TokenPlace) -> None:
        self.who = f"the key {place.label!r} of the token {place.token!r}"
        self._place = place
        self._opened: _Opened | None = None
        self._refused_pin: int | None = None
        self._limit = TimeLimit(self.who, place.seconds, most=1)

    def sign(self, mechanism: Mechanism, message: bytes) -> bytes:
        """Sign with the private key.

        Raises:
            Unavailable: The token does not answer, or cannot.
        """
        return self._run(lambda opened: bytes(opened.private.sign(message, mechanism=mechanism)))

    def public_key(self) -> tuple[bytes, bytes]:
        """Return CKA_EC_PARAMS and CKA_EC_POINT of the public key.

        Raises:
            Unavailable: The token does not answer, or has no such key.
        """

        def work(opened: _Opened) -> tuple[bytes, bytes]:
            key = opened.public
            return bytes(key[Attribute.EC_PARAMS]), bytes(key[Attribute.EC_POINT])

        return self._run(work)

    def close(self) -> None:
        """End the session. This logs the whole process out of the token."""
        opened, self._opened = self._opened, None
        if opened is not None:
            with suppress(pkcs11.PKCS11Error):
                opened.session.close()

    def _run(self, work: Callable[[_Opened], T]) -> T:
        return self._limit.run(lambda: self._alone(work))

    def _alone(self, work: Callable[[_Opened], T]) -> T:
        """Do something in the session, and once more in a new one if it fails."""
        with _ONE_CALL:
            try:
                if self._opened is not None:
                    with suppress(pkcs11.PKCS11Error):
                        return work(self._opened)
                    self.close()
                self._opened = self._open()
                return work(self._opened)
            except pkcs11.PKCS11Error as error:
                self.close()
                raise self._told(error) from None

    def _open(self) -> _Opened:
        session = self._log_in()
        try:
            (private,) = self._find(session, ObjectClass.PRIVATE_KEY)
            (public,) = self._find(session, ObjectClass.PUBLIC_KEY)
        except BaseException:
            with suppress(pkcs11.PKCS11Error):
                session.close()
            raise
        return _Opened(session, cast("SignMixin", private), cast("Key", public))

    def _log_in(self) -> Session:
        file = self._place.pin_file
        pin = read_pass_word(file, "the PIN")
        changed = file.stat().st_mtime_ns
        if changed == self._refused_pin:
            raise Unavailable(
                f"{self.who}: the token has refused the PIN in {file}; not tried again"
            )
        token = pkcs11.lib(str(self._place.module)).get_token(token_label=self._place.token)
        try:
            return token.open(user_pin=pin)
        except refusals.UserAlreadyLoggedIn:  # by another key of ours: a login is the process's
            return token.open()
        except _WRONG_PIN:
            self._refused_pin = changed
            raise

    def _find(self, session: Session, kind: ObjectClass) -> list[Object]:
        """Return the one key; a list, because a search that is not read to its end stays open."""
        wanted = {Attribute.CLASS: kind, Attribute.LABEL: self._place.label}
        found = list(session.get_objects(wanted))
        if len(found) != 1:
            raise refusals.MultipleObjectsReturned if found else refusals.NoSuchKey
        return found

    def _told(self, error: pkcs11.PKCS11Error) -> Unavailable:
        match error:
            case refusals.PinIncorrect() | refusals.PinLenRange() | refusals.PinInvalid():
                why = f"the token refuses the PIN in {self._place.pin_file}"
            case refusals.PinLocked():
                why = "the token is locked after too many wrong PINs; its officer can unlock it"
            case refusals.NoSuchToken():
                why = "there is no such token now"
            case refusals.NoSuchKey():
                why = "the token has no such key"
            case refusals.MultipleObjectsReturned():
                why = "the token has several keys of that label"
            case refusals.MechanismInvalid():
                why = "the token cannot sign in this way"
            case _ if type(error) is pkcs11.PKCS11Error:
                why = f"the module {self._place.module} cannot be loaded"
            case _:
                why = f"the token says {type(error).__name__}"
        return Unavailable(f"{self.who}: {why}")


class TokenKey:
    """A `DigestKey` in a token."""

    def __init__(self, call: TokenCall, address: bytes | None = None) -> None:
        """Prepare.

        Args:
            call: The token.
            address: Address of the key, 20 bytes; None asks the token for it, now.

        Raises:
            Unavailable: The token does not answer, or the key is not of secp256k1.
        """
        self._call = call
        self.address = address or _address_in(call)

    def sign_digest(self, digest: bytes) -> bytes:
        """Sign 32 bytes; r ‖ s ‖ v."""
        signature = self._call.sign(Mechanism.ECDSA, digest)
        return normalised(signature, digest, self.address, self._call.who)


class TokenTextSigner:
    """A `TextSigner` in a token."""

    def __init__(self, call: TokenCall, origin: str) -> None:
        """Ask for the public key.

        Raises:
            Unavailable: The token does not answer, or the key is not of Ed25519.
        """
        _, point = call.public_key()
        self._call = call
        try:
            self.log_key = LogKey(origin, _unwrapped(point, _ED25519_BYTES))
        except (MalformedKey, ValueError) as error:
            raise Unavailable(f"{call.who} is not an Ed25519 key") from error

    def sign_text(self, text: bytes) -> bytes:
        """Sign a text; 64 bytes."""
        return self._call.sign(Mechanism.EDDSA, text)


def _address_in(call: TokenCall) -> bytes:
    curve, point = call.public_key()
    try:
        if curve == _SECP256K1:
            return address_of(PublicKey(_unwrapped(point, _POINT_BYTES)))
    except ValueError:
        pass
    raise Unavailable(f"{call.who} is not a key of secp256k1")


def _unwrapped(point: bytes, length: int) -> bytes:
    """Return the point of CKA_EC_POINT: the standard wraps it in an OCTET STRING, some do not."""
    wrapper = bytes([0x04, length])
    if len(point) == length + len(wrapper) and point.startswith(wrapper):
        return point[len(wrapper) :]
    if len(point) != length:
        raise ValueError("a point of another length")
    return point
