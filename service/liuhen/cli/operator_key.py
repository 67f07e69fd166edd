"""`--operator-key`, and who reads with it: of every command that asks a service as its operator."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liuhen.cli.existing import existing

if TYPE_CHECKING:
    from liuhen.client import KeyHolder

OperatorKey = Annotated[
    Path,
    typer.Option(
        "--operator-key",
        help="File of the operator's key.",
        envvar="LIUHEN_OPERATOR_KEY",
        metavar="FILE",
        callback=existing,
    ),
]
OperatorKeyIfAny = Annotated[
    Path | None,
    typer.Option(
        "--operator-key",
        help="File of the operator's key.",
        envvar="LIUHEN_OPERATOR_KEY",
        metavar="FILE",
        callback=existing,
    ),
]
RoleOption = Annotated[
    str | None,
    typer.Option(
        "--role",
        help="With the key: as what you read; else auditor.",
        metavar="ROLE",
    ),
]
ReaderOption = Annotated[
    str | None,
    typer.Option(
        "--reader",
        help="With the key: who reads, as it is logged; else the user of this machine.",
        envvar="LIUHEN_READER",
        metavar="NAME",
    ),
]
PartyOption = Annotated[
    str | None,
    typer.Option(
        "--party", help="With the key: the firm, person or seat you stand for.", metavar="NAME"
    ),
]
GroundOption = Annotated[
    str | None,
    typer.Option("--ground", help="With the key: why you read; logged.", metavar="TEXT"),
]


def key_holder(
    file: Path, role: str | None, reader: str | None, party: str | None, ground: str | None
) -> "KeyHolder":
    """Return who reads with a key.

    Raises:
        Unavailable: The key cannot be read, or is readable by others.
    """
    from liuhen.adapters.keys_file import load_key
    from liuhen.client import KeyHolder
    from liuhen.domain.role import Role

    if role is not None and role not in set(Role):
        roles = ", ".join(sorted(Role))
        raise typer.BadParameter(f"must be one of {roles}", param_hint="--role")
    name = _user() if reader is None else reader.strip()
    if not name:
        raise typer.BadParameter("say who reads: it is logged", param_hint="--reader")
    return KeyHolder(load_key(file), name, role or str(Role.AUDITOR), party, ground)


def key_holder_if_any(
    file: Path | None, role: str | None, reader: str | None, party: str | None, ground: str | None
) -> "KeyHolder | None":
    """Return who reads; None for anybody, who has no key and so no role."""
    if file is not None:
        return key_holder(file, role, reader, party, ground)
    if role is not None or party is not None:
        raise typer.BadParameter("a role takes the operator's key", param_hint="--operator-key")
    return None


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
