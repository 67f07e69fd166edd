"""Key histories of one log as files, `<folder>/<serial>`, beside the signer's register.

They are public, and never change once the key they introduce is in use. They do not lie in the
database: an older copy of that, put back, must not make a log forget its keys.
"""

from pathlib import Path

from liuhen.adapters.durable import write_durably
from liuhen.core.errors import Unavailable
from liuhen.core.key_history import KeyHistory


class KeyHistoryFolder:
    """The key histories of one log."""

    def __init__(self, folder: Path) -> None:
        """Keep them in a folder, which is made with the first."""
        self._folder = folder

    def read_all(self) -> tuple[KeyHistory, ...]:
        """Return all histories, from serial number 0.

        Raises:
            Malformed: One is damaged.
            Unavailable: One cannot be read.
        """
        found: list[KeyHistory] = []
        while (place := self._folder / str(len(found))).exists():
            try:
                found.append(KeyHistory.parse(place.read_text("utf-8")))
            except (OSError, UnicodeDecodeError) as error:
                raise Unavailable(f"the key history {place} cannot be read") from error
        return tuple(found)

    def put(self, history: KeyHistory) -> None:
        """Keep a history durably under its serial number.

        Raises:
            Malformed: No log can have had these keys.
            Unavailable: It cannot be written.
        """
        text = history.to_text()
        KeyHistory.parse(text)
        place = self._folder / str(history.serial)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_durably(place, text.encode())
        except OSError as error:
            raise Unavailable(f"{place} cannot be written: {error.strerror}") from error
