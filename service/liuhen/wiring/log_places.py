"""Which logs a server carries, and where the parts of each lie.

One policy file is one log, whose keys lie in `keys_dir` itself. A folder of policies (`*.json`) is
a log for each, whose keys lie in `keys_dir/<name>`, with the name the last part of its origin. All
share the database, the folder of registers and the chain's node; a log has its own register, its
own writer, its own anchorer and its own publisher's key.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from liuhen.core.errors import Malformed, MalformedPolicy, Unavailable
from liuhen.core.policy import ChainKind, TrustPolicy, parse_policy
from liuhen.wiring.settings import Settings, SettingsError

_DEVELOPERS_CHAINS: Final = frozenset({1337, 31337})


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where the parts of one log lie.

    Attributes:
        policy: Its trust policy.
        policy_file: The file it was read from.
        keys_dir: Folder of its private keys.
        register_file: The signer's register; beside it lie the log's key histories.
    """

    policy: TrustPolicy
    policy_file: Path
    keys_dir: Path
    register_file: Path

    @property
    def name(self) -> str:
        """Last part of the origin: what the log is called in URLs and folders."""
        return self.policy.origin.rpartition("/")[2]

    @property
    def key_history_dir(self) -> Path:
        """Folder of the log's key histories."""
        return self.register_file.with_suffix(".keys")


def read_log_places(settings: Settings, *, development: bool) -> tuple[LogPlace, ...]:
    """Return the logs of the settings, the default log first and the others by name.

    Raises:
        SettingsError: A chain proves nothing and `development` is not set, two logs have one name,
            there is none, or the default log is not among them.
        MalformedPolicy: A file is not a trust policy.
        Unavailable: A file cannot be read.
    """
    several = settings.policy_file.is_dir()
    files = _policies_in(settings.policy_file) if several else [settings.policy_file]
    places = [_place(settings, file, several, development=development) for file in files]
    by_name = {place.name: place for place in sorted(places, key=lambda place: place.name)}
    if len(by_name) < len(places):
        raise SettingsError(f"two policies in {settings.policy_file} are of logs of the same name")
    default = settings.default_log or next(iter(by_name))
    if default not in by_name:
        raise SettingsError(f"LIUHEN_DEFAULT_LOG names {default}, and there is no policy of it")
    first = by_name.pop(default)
    return first, *by_name.values()


def read_policy(file: Path, *, development: bool) -> TrustPolicy:
    """Read a trust policy, and refuse a chain that proves nothing unless that is wanted.

    Raises:
        SettingsError: The chain is one that developers use, and `development` is not set.
        MalformedPolicy: The file is not a trust policy.
        Unavailable: The file cannot be read.
    """
    try:
        policy = parse_policy(file.read_bytes())
    except OSError as error:
        raise Unavailable(f"the policy {file} cannot be read: {error.strerror}") from error
    except Malformed as error:
        raise MalformedPolicy(f"{file}: {error}") from error
    is_developers = policy.chain.id in _DEVELOPERS_CHAINS
    if not development and (is_developers or policy.chain.kind is ChainKind.DEVELOPMENT):
        raise SettingsError(
            f"chain {policy.chain.id} is a development chain and proves nothing about time;"
            " to use it all the same, say --development"
        )
    return policy


def register_name(policy: TrustPolicy) -> str:
    """Return the file name of a log's register: a log has one, whatever else is on this host."""
    return policy.origin.replace("/", "_").replace(":", "_") + ".register"


def _policies_in(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.json"))
    if not files:
        raise SettingsError(f"there is no policy (*.json) in the folder {folder}")
    return files


def _place(settings: Settings, file: Path, several: bool, *, development: bool) -> LogPlace:  # noqa: FBT001 -- private, named by its argument
    policy = read_policy(file, development=development)
    name = policy.origin.rpartition("/")[2]
    return LogPlace(
        policy=policy,
        policy_file=file,
        keys_dir=settings.keys_dir / name if several else settings.keys_dir,
        register_file=settings.register_dir / register_name(policy),
    )
