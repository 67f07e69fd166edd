"""Every file of other systems that we have: what of it became which records, and what did not."""

import json
from pathlib import Path
from typing import Any

from liuhen.domain.catalogue import check_data
from tests.mapping_kit import EXPECTED, account_text, data_files, map_file, together

LINES = ".jsonl"


def test_every_file_has_the_account_that_was_agreed(shared_data: Path) -> None:
    assert account_text(shared_data) == EXPECTED.read_bytes()


def test_nothing_of_any_file_is_lost(shared_data: Path) -> None:
    for path in data_files(shared_data):
        if path.suffix == ".json":
            records, _ = map_file(path, path.relative_to(shared_data).as_posix())
            assert together(records) == json.loads(path.read_bytes()), path


def test_nothing_of_any_line_is_lost(shared_data: Path) -> None:
    for path in data_files(shared_data):
        if path.suffix == LINES:
            for number, line in enumerate(path.read_text().splitlines()):
                records, _ = map_file(path, path.relative_to(shared_data).as_posix())
                of_line = [one for one in records if position(one.data) == number]
                assert together(of_line) == json.loads(line), (path, number)


def test_every_record_is_taken_by_the_catalogue_and_says_where_it_came_from(
    shared_data: Path,
) -> None:
    for path in data_files(shared_data):
        for one in map_file(path, path.name)[0]:
            check_data(one.type, one.data)
            assert position(one.data) is not None
            assert (one.type == "generic") == bool(one.data.get("unmapped"))


def test_codelists_are_named_as_such_and_tables_are_kept_row_by_row() -> None:
    table = {each["file"]: each for each in json.loads(EXPECTED.read_bytes())}
    codelists = [name for name, each in table.items() if each["holds"] == "codelist"]
    assert len(codelists) == 5
    assert all(table[name]["records"] == {} for name in codelists)
    rows = table["ocds/standard-examples/award_decisions/multi_award.csv"]
    assert rows["records"] == {"generic": 3}


def position(data: Any) -> Any:
    return data["imported"]["position"]
