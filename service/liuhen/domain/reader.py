"""A reader: who asks, and as what."""

from dataclasses import dataclass

from liuhen.domain.role import Role


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads, as the system that asks for them says.

    Attributes:
        role: As what they read.
        name: Who they are; empty where nobody said.
        party: The firm, person or seat they stand for, as records name it; None: for none.
        ground: Why they read, if they said.
    """

    role: Role
    name: str = ""
    party: str | None = None
    ground: str | None = None


ANYBODY = Reader(Role.PUBLIC)
