"""Real files with one value changed into something else: mapped all the same, and nothing lost."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.domain.catalogue import check_data
from liuhen.domain.mapping.file_records import OcdsFile, ProzorroFile
from tests.mapping_kit import data_files, map_text, together

ODD: list[Any] = [None, True, 0, -1, 1.5, "", " ", "x", "2026-01-01", [], {}, [[]], [None], [{}]]
ODD += [{"id": {}}, [{"id": "x"}, 1], ["x"], {"amount": "x", "currency": "EUR"}]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return the paths of all values in one, but for the second and later of a list."""
    yield path
    if isinstance(value, dict):
        for name, each in value.items():
            yield from places(each, (*path, name))
    if isinstance(value, list):
        for position, each in enumerate(value[:1]):
            yield from places(each, (*path, position))


def bent(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    changed = copy.copy(value)
    changed[path[0]] = bent(value[path[0]], path[1:], odd)
    return changed


@pytest.fixture(scope="module")
def files(shared_data: Path) -> list[tuple[str, Any, list[Any]]]:
    """Read the files that hold the most kinds of things, and none that is very long."""
    found = []
    for path in data_files(shared_data):
        name = path.relative_to(shared_data).as_posix()
        if path.suffix == ".json" and not name.endswith(".request.json"):
            body = path.read_bytes()
            if len(body) < 60_000:
                value = json.loads(body)
                found.append((name, value, list(places(value))))
    return found


@given(data=st.data())
def test_a_bent_file_is_mapped_and_nothing_of_it_is_lost(
    files: list[tuple[str, Any, list[Any]]], data: st.DataObject
) -> None:
    name, value, paths = data.draw(st.sampled_from(files))
    changed = bent(value, data.draw(st.sampled_from(paths)), data.draw(st.sampled_from(ODD)))
    file = (OcdsFile if name.startswith("ocds/") else ProzorroFile)(name, "00" * 32)
    records = map_text(file, json.dumps(changed))
    for one in records:
        check_data(one.type, one.data)
    if isinstance(changed, dict):
        assert together(records) == changed
