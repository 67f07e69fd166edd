"""What a witness promises who asks it, in memory and over HTTP."""

from collections.abc import Callable, Iterator

import pytest

from liuhen.adapters.http_witness import HttpWitness
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.core.note import NoteSignature
from liuhen.core.witness_request import AddCheckpoint
from liuhen.ports import OtherSize, Witness
from tests.fakes.witness import MemoryWitness
from tests.fakes.witness_server import witness_server
from tests.receipt_kit import Kit
from tests.witness_kit import ML, W1, KnownWitness, head_of

KIT = Kit()
FORK = Kit(data={"another": "record"})
Make = Callable[[KnownWitness], tuple[MemoryWitness, Witness]]


@pytest.fixture(params=["memory", "http"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    open_servers = []

    def made(known: KnownWitness) -> tuple[MemoryWitness, Witness]:
        witness = MemoryWitness(known)
        if request.param == "memory":
            return witness, witness
        server = witness_server(witness)
        open_servers.append(server)
        return witness, HttpWitness(server.__enter__().url, 20.0)

    yield made
    for server in open_servers:
        server.__exit__(None, None, None)


def request(old: int, new: int, kit: Kit = KIT) -> AddCheckpoint:
    return AddCheckpoint(old, tuple(kit.tree.consistency(old, new)), kit.checkpoint(new))


@pytest.mark.parametrize("known", [W1, ML], ids=["ed25519", "ml_dsa_44"])
def test_a_witness_follows_a_growing_log(make: Make, known: KnownWitness) -> None:
    inside, witness = make(known)
    for old, new in ((0, 5), (5, 8), (8, 8), (8, 9)):
        asked = request(old, new)
        lines = witness.add_checkpoint(asked)
        assert not isinstance(lines, OtherSize)
        (line,) = lines
        assert known.key.verify(head_of(asked.note), line).timestamp == inside.time
    assert [head.size for head in inside.heads] == [5, 8, 8, 9]
    assert [each.old_size for each in inside.requests] == [0, 5, 8, 8]


def test_another_old_size_is_answered_with_the_right_one(make: Make) -> None:
    inside, witness = make(W1)
    witness.add_checkpoint(request(0, 5))
    for old in (0, 3, 8):
        assert witness.add_checkpoint(request(old, 8)) == OtherSize(5)
    assert inside.size == 5


def test_a_head_of_another_history_is_contradicted(make: Make) -> None:
    inside, witness = make(W1)
    witness.add_checkpoint(request(0, 5))
    for new in (5, 8):
        with pytest.raises(HistoryMismatch):
            witness.add_checkpoint(request(5, new, FORK))
    assert inside.size == 5


def test_an_old_size_beyond_the_checkpoint_is_no_request(make: Make) -> None:
    _, witness = make(W1)
    witness.add_checkpoint(request(0, 8))
    with pytest.raises(Unavailable):
        witness.add_checkpoint(AddCheckpoint(8, (), KIT.checkpoint(5)))


def test_a_lost_answer_leaves_the_head_cosigned(make: Make) -> None:
    inside, witness = make(W1)
    inside.lost = 1
    with pytest.raises(Unavailable):
        witness.add_checkpoint(request(0, 5))
    assert witness.add_checkpoint(request(0, 8)) == OtherSize(5)
    lines = witness.add_checkpoint(request(5, 8))
    assert isinstance(lines, tuple)
    assert isinstance(lines[0], NoteSignature)


def test_a_witness_that_is_down_is_unavailable(make: Make) -> None:
    inside, witness = make(W1)
    inside.down = True
    with pytest.raises(Unavailable):
        witness.add_checkpoint(request(0, 5))
    inside.down = False
    assert not isinstance(witness.add_checkpoint(request(0, 5)), OtherSize)
