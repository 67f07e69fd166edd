"""Files in memory."""

from collections.abc import Iterable, Iterator

from liuhen.core.attachment import FileWatch
from liuhen.core.errors import Unknown


class MemoryBlobs:
    """`Blobs` in a dictionary."""

    def __init__(self) -> None:
        self.files: dict[bytes, bytes] = {}

    def put(self, sha256: bytes, size: int, pieces: Iterable[bytes]) -> bool:
        watch = FileWatch(sha256, size)
        content = b"".join(map(watch.take, pieces))
        watch.finish()
        new = sha256 not in self.files
        self.files[sha256] = content
        return new

    def size(self, sha256: bytes) -> int | None:
        content = self.files.get(sha256)
        return None if content is None else len(content)

    def read(self, sha256: bytes) -> Iterator[bytes]:
        if sha256 not in self.files:
            raise Unknown("this file is not kept here")
        content = self.files[sha256]
        yield from (content[at : at + 1000] for at in range(0, len(content), 1000))

    def delete(self, sha256: bytes) -> None:
        self.files.pop(sha256, None)
