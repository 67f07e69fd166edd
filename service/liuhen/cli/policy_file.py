"""Where the trust policy lies: the file the caller names, else the user's configuration folder."""

from pathlib import Path

from liuhen.cli.input_file import read_file
from liuhen.core.errors import Malformed, MalformedPolicy
from liuhen.core.policy import TrustPolicy, parse_policy
from liuhen.core.strict_json import DEFAULT_LIMITS


def default_place() -> Path:
    """Return the place of the policy in the user's configuration folder."""
    import platformdirs

    return platformdirs.user_config_path("liuhen") / "policy.json"


def find_policy(named: Path | None) -> TrustPolicy | None:
    """Read the policy; None where none is named and none lies in the configuration folder.

    Raises:
        MalformedPolicy: It is not a trust policy.
        Unavailable: It cannot be read.
    """
    place = named or default_place()
    if named is None and not place.is_file():
        return None
    try:
        return parse_policy(read_file(place, DEFAULT_LIMITS.body_bytes))
    except Malformed as error:
        raise MalformedPolicy(f"{place}: {error}") from error
