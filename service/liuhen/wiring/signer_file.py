"""`publisher.toml`, `head.toml`, `log.toml`: who else has a key.

    kind = "remote"                             kind = "pkcs11"
    url = "https://signer.example:9000/"        module = "/usr/lib/softhsm/libsofthsm2.so"
    address = "0x…"                             token = "liuhen"
    timeout_seconds = 5                         label = "head"
    tls_ca_file = "ca.pem"                      pin_file = "head.pin"
    tls_certificate_file = "own.pem"            address = "0x…"   (else the token is asked)
    tls_key_file = "own.key"                    timeout_seconds = 5
    method = "eth_signTypedData_v4"
    typed_data_as_text = false

Files are named relative to the folder of keys. The file has mode 0600, for a URL may hold
credentials; what is wrong with it is said without its values.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
)

from liuhen.adapters.secret_file import read_secret
from liuhen.core.errors import Unavailable

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_METHOD: Final = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"


def _address(value: object) -> bytes:
    if not isinstance(value, str) or _ADDRESS.fullmatch(value) is None:
        raise ValueError("must be an address, 0x and 40 hex digits")
    return bytes.fromhex(value[2:])


def _path(value: object) -> Path:
    if not isinstance(value, str) or not value:
        raise ValueError("must be the name of a file")
    return Path(value)


Address: TypeAlias = Annotated[bytes, BeforeValidator(_address)]
FileName: TypeAlias = Annotated[Path, BeforeValidator(_path)]
Seconds: TypeAlias = Annotated[float, Field(gt=0, le=60)]


class _File(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    timeout_seconds: Seconds = 5.0
    """Allowed to one signature as a whole."""


class RemoteFile(_File):
    """A service that signs."""

    kind: Literal["remote"]
    url: SecretStr
    address: Address
    tls_ca_file: FileName | None = None
    tls_certificate_file: FileName | None = None
    tls_key_file: FileName | None = None
    method: str = Field("", pattern=_METHOD)
    typed_data_as_text: bool = False


class TokenFile(_File):
    """A key in a hardware security module."""

    kind: Literal["pkcs11"]
    module: FileName
    token: str
    label: str
    pin_file: FileName
    address: Address | None = None


_ANY: Final[TypeAdapter[RemoteFile | TokenFile]] = TypeAdapter(
    Annotated[RemoteFile | TokenFile, Field(discriminator="kind")],
    config=ConfigDict(hide_input_in_errors=True),
)


def read_signer_file(path: Path) -> RemoteFile | TokenFile:
    """Read one of the files.

    Raises:
        Unavailable: It is missing, readable by others, or malformed.
    """
    content = read_secret(path, "the file")
    try:
        values = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise Unavailable(f"{path} is not TOML") from None
    try:
        return _ANY.validate_python(values)
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False, include_context=False)
        said = [f"{'.'.join(map(str, each['loc'][1:])) or 'kind'}: {each['msg']}" for each in told]
        raise Unavailable(f"{path}: {'; '.join(said)}") from None
