"""Who may see a field, stage by stage, as eight letters a regime.

    P public · O the party it belongs to · R restricted to parties with a role and supervisors ·
    S secret (only that there is a commitment) · X never shown

The first letter is stage 1 (preparation), the last stage 8 (archive); see `Stage`.
"""

from dataclasses import dataclass

LETTERS = "PROSX"
"""From the most open to the strictest: while only its party may see something, no role does."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Who may see something.

    Attributes:
        zb: Eight letters for projects under 招标投标法.
        zc: Eight letters for projects under 政府采购法.
    """

    zb: str
    zc: str

    def __post_init__(self) -> None:
        """Hold both to the form."""
        for letters in (self.zb, self.zc):
            if len(letters) != 8 or not set(letters) <= set(LETTERS):
                raise ValueError(f"eight letters of {LETTERS}, not {letters!r}")


def sight(letters: str, *, zc: str | None = None) -> Sight:
    """Return a sight; one letter stands for all stages, `zc` is given where it differs."""
    return Sight(_eight(letters), _eight(letters if zc is None else zc))


def _eight(letters: str) -> str:
    return letters * 8 if len(letters) == 1 else letters


PUBLIC = sight("P")
SECRET = sight("S")
RESTRICTED = sight("R")
FROM_OPENING = sight("SSPPPPPP")
"""Nobody before the opening, everybody afterwards."""
OWN_THEN_RESTRICTED = sight("OORRRRRR")
"""The party alone before the opening; afterwards those with a role."""
FROM_RESULT_RESTRICTED = sight("SSSSRRRR")
"""Nobody before the result is published; afterwards those with a role."""
FROM_RESULT = sight("SSSSPPPP")
"""Nobody before the result is published, everybody afterwards."""
