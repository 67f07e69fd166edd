"""Where files are kept, as the settings say it."""

import os
from pathlib import Path
from typing import Any

import pytest

from liuhen.adapters.blob_folder import BlobFolder
from liuhen.adapters.blob_s3 import BlobBucket
from liuhen.core.errors import Unavailable
from liuhen.wiring.file_keeping import open_files
from liuhen.wiring.settings import SettingsError
from tests.fakes.running_service import settings_in, write_policy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_policy(tmp_path)
    return tmp_path


def blobs(folder: Path, **values: str) -> Any:
    database: Any = None
    return open_files(settings_in(folder, **values), [], database)._blobs


def test_without_a_place_files_stay_at_home(folder: Path) -> None:
    assert blobs(folder) is None


def test_a_path_is_a_folder(folder: Path) -> None:
    assert isinstance(blobs(folder, blob_store=str(folder / "files")), BlobFolder)
    assert (folder / "files" / "incoming").is_dir()


@pytest.mark.parametrize(
    ("place", "bucket", "prefix"),
    [("s3://records", "records", ""), ("s3://records/a/b/", "records", "a/b/")],
)
def test_an_s3_url_is_a_bucket(
    folder: Path, place: str, bucket: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    made = blobs(folder, blob_store=place, blob_s3_endpoint="http://127.0.0.1:9")
    assert isinstance(made, BlobBucket)
    assert (made._bucket, made._prefix) == (bucket, prefix)
    assert made._client.meta.endpoint_url == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("blob_store", "s3://"),
        ("blob_store", "s3://Records"),
        ("blob_store", "https://records.example"),
        ("blob_store", "s3://user:secret@records"),
        ("blob_s3_endpoint", "records.example"),
        ("blob_s3_endpoint", "https://key:secret@records.example"),
        ("attachment_bytes", "0"),
    ],
)
def test_what_is_no_place_is_refused_and_never_repeated(
    folder: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_in(folder, **{name: value})
    assert "secret" not in str(caught.value)


def test_without_boto3_the_message_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(Unavailable, match=r"liuhen\[s3\]"):
        blobs(folder, blob_store="s3://records")
