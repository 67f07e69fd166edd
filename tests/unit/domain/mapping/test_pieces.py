import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.errors import MalformedJson
from liuhen.domain.mapping import pieces as module
from liuhen.domain.mapping.pieces import Piece, pieces

LISTS = ("releases", "records")
PACKAGE = '{"uri": "u", "releases": [ {"a":[1,"]}"]} , 2 ], "x":{"y":"\\"}"}}'

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def found(text: str, size: int = 7) -> list[Piece]:
    return list(pieces((text[at : at + size] for at in range(0, len(text), size)), LISTS))


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_releases_come_one_by_one_and_the_rest_of_the_package_last(size: int) -> None:
    first, second, rest = found(PACKAGE, size)
    assert (first.path, json.loads(first.text)) == (("releases", 0), {"a": [1, "]}"]})
    assert list(first.members) == ['"uri":"u"', '"x":{"y":"\\"}"}']
    assert (second.path, second.text) == (("releases", 1), "2")
    assert json.loads(rest.text) == {"uri": "u", "x": {"y": '"}'}}
    assert (rest.holds_lists, rest.is_element) == (True, False)


def test_packages_of_a_list_and_documents_after_one_another_are_numbered() -> None:
    assert [(piece.document, piece.path) for piece in found('[{"releases":[1]},{}] {"a":1} 5')] == [
        (0, (0, "releases", 0)),
        (0, (0,)),
        (1, (1,)),
        (2, ()),
        (3, ()),
    ]


def test_an_empty_list_of_releases_is_not_forgotten() -> None:
    assert json.loads(found('{"releases": [ ]}')[0].text) == {"releases": []}


@given(values, st.integers(1, 9))
def test_whatever_is_json_comes_out_as_it_went_in(value: object, size: int) -> None:
    taken = found(json.dumps(value), size)
    together = [json.loads(piece.text) for piece in taken if not piece.is_element]
    lists = isinstance(value, list)
    if not any(piece.is_element for piece in taken):
        assert together == (value if lists else [value])


@pytest.mark.parametrize(
    "text",
    ["{", "[", '{"a"', '{"a":', '{"a":1', '{"a" 1}', "{1:2}", "[1 2]", '"', '{"a":1,}', "}", ","],
)
def test_a_broken_outline_is_refused(text: str) -> None:
    with pytest.raises(MalformedJson):
        found(text, 1)


def test_what_came_before_a_fault_is_whole() -> None:
    steps = pieces(['{"releases":[{"a":1},{"b":'], LISTS)
    assert next(steps).text == '{"a":1}'
    with pytest.raises(MalformedJson, match="the text ends in the midst of a value"):
        next(steps)


def test_a_piece_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CHARACTERS", 100)
    with pytest.raises(MalformedJson, match="more than 100 characters"):
        found('{"releases":["' + "x" * 200 + '"]}')
    with pytest.raises(MalformedJson, match="more than 100 characters"):
        found('{"a":"' + "x" * 60 + '","b":"' + "x" * 60 + '"}')
