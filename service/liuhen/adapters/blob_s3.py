"""Files of records in an object store that speaks S3: `<prefix>/<SHA-256 in hex>`.

Needs boto3 (`pip install liuhen[s3]`). Credentials and region come from where boto3 looks for them:
environment, `~/.aws`, the machine's role. A long file goes up in parts, and is put together only
after its length and digest were found right; otherwise the parts are given up. A kill can leave
parts that nobody sees: a rule of the bucket (AbortIncompleteMultipartUpload) removes them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from liuhen.core.attachment import FileWatch
from liuhen.core.errors import Unavailable, Unknown

_PART_BYTES: Final = 8 * 2**20
_MOST_PARTS: Final = 10_000
_PIECE_BYTES: Final = 2**20
_DEFAULT_REGION: Final = "us-east-1"
_MISSING: Final = frozenset({"404", "NoSuchKey", "NotFound"})


class BlobBucket:
    """`Blobs` in a bucket, for any number of processes."""

    def __init__(
        self, bucket: str, prefix: str, endpoint: str | None, *, part_bytes: int = _PART_BYTES
    ) -> None:
        """Connect; nothing is asked of the store yet.

        Args:
            bucket: The bucket; it must exist.
            prefix: What all names begin with, without a slash at its ends; may be empty.
            endpoint: URL of the store; None is Amazon's of the region.
            part_bytes: Length of the parts that a long file is sent in; stores take 5 MiB or more.

        Raises:
            Unavailable: boto3 is not installed, or is not set up.
        """
        self._bucket, self._prefix = bucket, f"{prefix}/" if prefix else ""
        self._part_bytes = part_bytes
        self._client, self._errors = _connect(endpoint)

    def put(self, sha256: bytes, size: int, pieces: Iterable[bytes]) -> bool:
        """Keep a file."""
        watch, key = FileWatch(sha256, size), self._key(sha256)
        parts = _parts(map(watch.take, pieces), max(self._part_bytes, -(-size // _MOST_PARTS)))
        if self.size(sha256) == size:
            for _ in parts:
                pass
            watch.finish()
            return False
        first = next(parts, b"")
        if len(first) >= size:
            for _ in parts:
                pass
            watch.finish()
            with self._told():
                self._client.put_object(Bucket=self._bucket, Key=key, Body=first)
        else:
            self._put_parts(key, first, parts, watch)
        return True

    def size(self, sha256: bytes) -> int | None:
        """Return the length of a file; None where it is not kept here."""
        try:
            with self._told():
                found = self._client.head_object(Bucket=self._bucket, Key=self._key(sha256))
        except Unknown:
            return None
        return int(found["ContentLength"])

    def read(self, sha256: bytes) -> Iterator[bytes]:
        """Return the bytes of a file."""
        with self._told():
            found = self._client.get_object(Bucket=self._bucket, Key=self._key(sha256))
            yield from found["Body"].iter_chunks(_PIECE_BYTES)

    def delete(self, sha256: bytes) -> None:
        """Forget a file; a bucket with versions keeps the old ones until its rules end them."""
        with self._told():
            self._client.delete_object(Bucket=self._bucket, Key=self._key(sha256))

    def _put_parts(self, key: str, first: bytes, rest: Iterator[bytes], watch: FileWatch) -> None:
        with self._told():
            upload = self._client.create_multipart_upload(Bucket=self._bucket, Key=key)
        place = {"Bucket": self._bucket, "Key": key, "UploadId": upload["UploadId"]}
        try:
            sent = [self._put_part(place, 1, first)]
            sent += [self._put_part(place, number, part) for number, part in enumerate(rest, 2)]
            watch.finish()
            with self._told():
                self._client.complete_multipart_upload(**place, MultipartUpload={"Parts": sent})
        except BaseException:
            with suppress(*self._errors):  # what went wrong first is what the caller must hear
                self._client.abort_multipart_upload(**place)
            raise

    def _put_part(self, place: dict[str, str], number: int, part: bytes) -> dict[str, Any]:
        with self._told():
            answer = self._client.upload_part(**place, PartNumber=number, Body=part)
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def _key(self, sha256: bytes) -> str:
        return self._prefix + sha256.hex()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn boto3's errors into ours; its texts may name keys and are not repeated."""
        try:
            yield
        except self._errors as error:
            answer = getattr(error, "response", {})
            code = str(answer.get("Error", {}).get("Code", type(error).__name__))
            if code in _MISSING:
                raise Unknown("this file is not kept here") from error
            raise Unavailable(f"the object store {self._bucket} answers {code}") from error


def _connect(endpoint: str | None) -> tuple[Any, tuple[type[Exception], ...]]:
    """Return boto3's client and the errors it raises."""
    try:
        import boto3  # type: ignore[import-untyped]  # noqa: PLC0415 -- an extra, and half a second
        from botocore.config import Config  # type: ignore[import-untyped]  # noqa: PLC0415
        from botocore.exceptions import (  # type: ignore[import-untyped]  # noqa: PLC0415
            BotoCoreError,
            ClientError,
        )
    except ImportError as error:
        raise Unavailable("an object store needs boto3: pip install 'liuhen[s3]'") from error
    session = boto3.Session()
    config = Config(
        connect_timeout=10,
        read_timeout=60,
        retries={"max_attempts": 4, "mode": "standard"},
        request_checksum_calculation="when_required",
        s3={"addressing_style": "path"} if endpoint else {},
    )
    try:
        client = session.client(
            "s3",
            endpoint_url=endpoint,
            region_name=session.region_name or _DEFAULT_REGION,
            config=config,
        )
    except (BotoCoreError, ValueError) as error:
        raise Unavailable(f"boto3 is not set up: {type(error).__name__}") from error
    return client, (BotoCoreError, ClientError)


def _parts(pieces: Iterable[bytes], length: int) -> Iterator[bytes]:
    """Put pieces of any length together to parts of one length; the last may be shorter."""
    part = bytearray()
    for piece in pieces:
        part += piece
        while len(part) >= length:
            yield bytes(part[:length])
            del part[:length]
    if part:
        yield bytes(part)
