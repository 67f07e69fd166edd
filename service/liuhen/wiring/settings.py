"""All settings, in one frozen class; read once, passed on as values.

A value comes from the environment (prefix `LIUHEN_`, so `data_dir` is `LIUHEN_DATA_DIR`), else
from a TOML file, else from the default below. What identifies a log or a chain has no default, and
no secret stands in a setting: keys are files in `keys_dir`. Origin, chain, contract and public
keys are not settings either: they stand in the trust policy (`policy_file`), the same file that
verifiers are given.
"""

import re
import shlex
from datetime import time
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from liuhen.core.canonical import JsonValue

PREFIX: Final = "LIUHEN_"
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
YES: Final = "yes"
OPEN: Final = "open"
CLOSED: Final = "closed"
_BUCKET: Final = re.compile(
    r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9._/-]*)?", re.ASCII
)


class SettingsError(Exception):
    """A setting is missing or of the wrong form; the message names each, never its value."""


class Settings(BaseSettings):
    """What an operator decides. Paths are taken relative to the working folder."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True, toml_file=None
    )

    data_dir: Path = Field(description="Folder of the database; backed up.")
    register_dir: Path = Field(
        description="Folder of the signer's register; outside `data_dir` and its backups."
    )
    keys_dir: Path = Field(description="Folder of the private keys, files of mode 0600.")
    policy_file: Path = Field(
        description=(
            "Trust policy of the log: origin, keys, chain, contract, finality depth. Or a folder of"
            " policies (`*.json`), one a log; the keys of each are in `keys_dir/<name>` then."
        )
    )
    default_log: str = Field(
        "", description="Log that a record enters where none is named; else the first by name."
    )
    rpc_url: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        min_length=1,
        description=(
            "URL of the chain's node, http or https; may hold credentials. Several, the preferred"
            " one first: a list in the file, separated by spaces in the environment."
        ),
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8420, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    allowed_hosts: tuple[str, ...] = Field(
        (), description="Host names that requests may be for, besides this machine's own."
    )
    i_understand_there_is_no_access_control: str = Field(
        "",
        description=(
            "`yes` lets the service listen beyond this machine, where anybody who reaches it can"
            " add records and read all of them."
        ),
    )
    anchor_interval_seconds: float = Field(
        60.0,
        ge=0,
        description=(
            "Seconds after the beginning of one anchor at which the next one is due, if there is"
            " something to anchor; 0: time alone is no reason."
        ),
    )
    anchor_entries: int = Field(
        0, ge=0, description="New entries that make an anchor due at any time; 0: no number does."
    )
    anchor_quiet_seconds: float = Field(
        0.0,
        ge=0,
        description="Seconds without a new entry that make an anchor due; 0: none do.",
    )
    anchor_times: tuple[time, ...] = Field(
        (),
        description=(
            "Times of day that make an anchor due, each with its offset from UTC, as"
            ' `["09:00+08:00", "17:30+08:00"]`.'
        ),
    )
    anchor_lease_seconds: float = Field(
        15.0,
        gt=0,
        le=3600,
        description=(
            "Seconds after which another anchorer on the same database takes over from one that"
            " does not go on."
        ),
    )
    anchor_most_fee_gwei: int = Field(
        500, gt=0, le=10**9, description="Largest fee per gas that is ever offered, in gwei."
    )
    anchor_daily_budget_gwei: int | None = Field(
        None,
        ge=0,
        le=10**12,
        description=(
            "What the anchors of one log may cost within 24 hours, in gwei (10^9 are one coin);"
            " must be set on a public chain."
        ),
    )
    poll_seconds: float = Field(
        2.0, gt=0, description="Seconds between two looks at the chain while an anchor is open."
    )
    body_bytes: int = Field(
        8 * 2**20, gt=0, le=64 * 2**20, description="Largest body of a submission, in bytes."
    )
    bulk_bytes: int = Field(
        32 * 2**20,
        gt=0,
        le=256 * 2**20,
        description="Largest body of a request that holds many submissions, in bytes.",
    )
    receipt_bytes: int = Field(
        64 * 2**20, gt=0, le=128 * 2**20, description="Largest body of a verification, in bytes."
    )
    bids_without_slots: bool = Field(
        default=False,
        description=(
            "Whether records whose very number must not be told before the opening (bid receipts"
            " and the like) enter a log without slots: whoever watches it grow may then guess how"
            " many there are."
        ),
    )
    calendar_days_move: bool = Field(
        default=True,
        description=(
            "Whether a legal deadline of calendar days that ends on a day off moves to the next"
            " working day; the law does not say so outright."
        ),
    )
    publishes_seat_scores: bool = Field(
        default=False,
        description=(
            "Whether the place publishes single seats' scores, and why bids were rejected, once the"
            " result stands."
        ),
    )
    keep_network_address: bool = Field(
        default=False, description="Whether a record names the network address it came from."
    )
    rpc_timeout_seconds: float = Field(
        10.0, gt=0, description="Seconds allowed to one call of a node as a whole."
    )
    witness_file: Path | None = Field(
        None,
        description=(
            "Witnesses to ask for cosignatures, with their URLs, and how many are enough: a file of"
            " c2sp.org/tlog-policy that names at least the witnesses of the trust policy."
        ),
    )
    witness_mode: str = Field(
        OPEN,
        description=(
            "What too few cosignatures mean: `open` goes on without them; `closed` neither anchors"
            " nor publishes a checkpoint that too few have cosigned."
        ),
    )
    witness_interval_seconds: float = Field(
        60.0, gt=0, description="Seconds between two cosigned checkpoints at `/logs/…/checkpoint`."
    )
    witness_timeout_seconds: float = Field(
        2.0, gt=0, le=60, description="Seconds allowed to one request to a witness as a whole."
    )
    blob_store: str = Field(
        "",
        description=(
            "Where files that records name are kept: a folder, backed up with the database, or"
            " `s3://BUCKET/PREFIX` (needs `liuhen[s3]`). Empty: nowhere, they stay at home."
        ),
    )
    blob_s3_endpoint: str = Field(
        "",
        description=(
            "URL of the object store, if it is not Amazon's. Credentials and region come from"
            " where boto3 looks for them, never from settings."
        ),
    )
    attachment_bytes: int = Field(
        2**30, gt=0, description="Largest file that is taken for a record, in bytes."
    )
    alarm_command: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description=(
            "Program to run for each alarm, and its arguments, without a shell: a list in the"
            " file, a line as for a shell in the environment. It gets the alarm as JSON on its"
            " standard input."
        ),
    )
    alarm_url: SecretStr | None = Field(
        None, description="URL to POST each alarm to as JSON, http or https; may hold credentials."
    )
    alarm_quiet_seconds: float = Field(
        600.0,
        ge=0,
        description="Seconds in which no second alarm is given of the same kind and log.",
    )
    alarm_timeout_seconds: float = Field(
        10.0, gt=0, le=600, description="Seconds allowed to one run or request of an alarm."
    )
    alarm_overdue_seconds: float = Field(
        0.0,
        ge=0,
        description=(
            "Seconds after which a record without anchor is overdue; 0: half of the policy's"
            " `max_anchor_age_seconds`."
        ),
    )
    log_level: str = Field(
        "info", description="Least severe diagnostics to write: debug, info, warning or error."
    )

    @field_validator("rpc_url", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return value.split() if isinstance(value, str) else value

    @field_validator("rpc_url")
    @classmethod
    def _are_web_addresses(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for url in value:
            _check_web_address(url)
        if len(set(value)) < len(value):
            raise ValueError("must be different nodes")
        return value

    @field_validator("alarm_command", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        return shlex.split(value) if isinstance(value, str) else value

    @field_validator("alarm_url")
    @classmethod
    def _is_web_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _check_web_address(value)
        return value

    @field_validator("anchor_times")
    @classmethod
    def _have_offsets(cls, value: tuple[time, ...]) -> tuple[time, ...]:
        if any(each.tzinfo is None for each in value):
            raise ValueError("each needs its offset from UTC, as in 09:00+08:00")
        return value

    @field_validator("blob_store")
    @classmethod
    def _is_place(cls, value: str) -> str:
        if "://" in value and _BUCKET.fullmatch(value) is None:
            raise ValueError("must be a folder, or s3://BUCKET or s3://BUCKET/PREFIX")
        return value

    @field_validator("blob_s3_endpoint")
    @classmethod
    def _is_endpoint(cls, value: str) -> str:
        parts = urlsplit(value)
        is_url = parts.scheme in {"http", "https"} and parts.hostname
        if value and (not is_url or parts.username is not None):
            raise ValueError("must be http:// or https:// with a host, and without credentials")
        return value

    @field_validator("log_level")
    @classmethod
    def _is_level(cls, value: str) -> str:
        if value not in {"debug", "info", "warning", "error"}:
            raise ValueError("must be debug, info, warning or error")
        return value

    @field_validator("witness_mode")
    @classmethod
    def _is_mode(cls, value: str) -> str:
        if value not in {OPEN, CLOSED}:
            raise ValueError("must be open or closed")
        return value

    @field_validator("i_understand_there_is_no_access_control")
    @classmethod
    def _is_yes_or_nothing(cls, value: str) -> str:
        if value not in {"", YES}:
            raise ValueError("must be `yes` or absent")
        return value

    @property
    def rpc_urls(self) -> tuple[str, ...]:
        """URLs of the chain's nodes, the preferred one first. Secret."""
        return tuple(url.get_secret_value() for url in self.rpc_url)

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the service."""
        return self.host in LOOPBACK

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Say where values come from, strongest first: code, environment, file."""
        del dotenv_settings, file_secret_settings
        assert isinstance(init_settings, InitSettingsSource)
        values = dict(init_settings.init_kwargs)
        file = values.pop(_FILE, None)
        code = InitSettingsSource(settings_cls, values)
        if file is None:
            return code, env_settings
        return code, env_settings, TomlConfigSettingsSource(settings_cls, file)

    def describe(self) -> list[tuple[str, JsonValue, str]]:
        """Return name of the variable, value with secrets masked, and what it is, for each."""
        return [
            (
                PREFIX + name.upper(),
                _shown(getattr(self, name)),
                field.description or "",
            )
            for name, field in type(self).model_fields.items()
        ]


_FILE: Final = "settings_file"
"""Where `load_settings` hands the file's path to `settings_customise_sources`."""


def load_settings(file: Path | None = None, **values: object) -> Settings:
    """Read the settings.

    Args:
        file: A TOML file with the settings' names as its keys; optional.
        values: Settings that stand above environment and file.

    Raises:
        SettingsError: One is missing, unknown in the file, or of the wrong form.
    """
    if file is not None and not file.is_file():
        raise SettingsError(f"there is no settings file {file}")
    given: dict[str, Any] = {**values, _FILE: file}
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError(_complaints(error, in_file=file is not None)) from None
    except ValueError as error:
        raise SettingsError(f"the settings file cannot be read: {type(error).__name__}") from None


def _check_web_address(url: SecretStr) -> None:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be http:// or https:// with a host")


def _complaints(error: ValidationError, *, in_file: bool) -> str:
    """Name each setting and what is wrong, without its value: it may be a secret."""
    told = error.errors(include_url=False, include_input=False)
    missing = [_variable(item["loc"]) for item in told if item["type"] == "missing"]
    said = [
        f"{_variable(item['loc'])}: {item['msg']}" for item in told if item["type"] != "missing"
    ]
    if missing:
        hint = "" if in_file else "; or name a settings file with --settings"
        said.append(f"not set: {', '.join(missing)}{hint}")
    return "; ".join(said)


def _variable(location: tuple[int | str, ...]) -> str:
    return f"{PREFIX}{'_'.join(str(part) for part in location).upper()}"


def _shown(value: object) -> JsonValue:
    if isinstance(value, SecretStr):
        parts = urlsplit(value.get_secret_value())
        return f"{parts.scheme}://{parts.hostname}/…"
    if isinstance(value, tuple):
        return [_shown(item) for item in value]
    if value is None:
        return ""
    return value if isinstance(value, (bool, int, float, str)) else str(value)
