from collections.abc import Iterator

import pytest

from tests.third_party.served_log import MadeLog, made_log
from tests.third_party.tools import unavailable

_MODULES = {
    "py311": ["test_proofbundle.py", "test_sigstore.py", "test_pycose.py"],
    "py312": ["test_aics.py", "test_witness.py"],
    "slither": ["test_slither.py"],
    "go": ["test_go.py"],
}
collect_ignore = [module for tool in sorted(unavailable()) for module in _MODULES.get(tool, [])]
"""Tests of tools that this machine cannot have: scripts/setup_third_party has said so."""


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeLog]:
    with made_log(tmp_path_factory.mktemp("third_party")) as made:
        yield made
