"""Every case of this folder; `tests/receipt_corpus.py` puts them beside its own."""

from tests.corpus.chain import chain_cases
from tests.corpus.cosignatures import cosignature_cases
from tests.corpus.detached import detached_cases
from tests.corpus.disclosures import disclosure_cases
from tests.corpus.mixed import mixed_cases
from tests.corpus.nodes import node_cases
from tests.corpus.parsers import parser_cases
from tests.corpus.policies import policy_cases
from tests.corpus.standing import standing_cases
from tests.receipt_corpus import Case


def more_cases() -> list[Case]:
    """Return the cases."""
    return [
        *mixed_cases(),
        *parser_cases(),
        *disclosure_cases(),
        *detached_cases(),
        *chain_cases(),
        *policy_cases(),
        *node_cases(),
        *cosignature_cases(),
        *standing_cases(),
    ]
