import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from liuhen.portal.messages import CATALOGUES

PORTAL = files("liuhen.portal")
TEMPLATES = sorted(place.name for place in (PORTAL / "template").iterdir())
SCRIPTS = sorted(p.name for p in (PORTAL / "static").iterdir() if p.name.endswith(".js"))
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SPOKEN = ("alt", "aria-label", "placeholder", "title", "value", "content")


class Words(HTMLParser):
    """Collects every piece of text that a reader would see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        spoken = [value or "" for name, value in attrs if name in SPOKEN and tag != "meta"]
        self.found += spoken
        assert not [name for name, _ in attrs if name == "style" or name.startswith("on")], tag


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_holds_bare_text(name: str) -> None:
    source = JINJA.sub("", (PORTAL / "template" / name).read_text("utf-8"))
    words = Words()
    words.feed(source)
    assert not [text for text in words.found if re.search(r"\w", text)]


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_holds_a_sentence(name: str) -> None:
    source = (PORTAL / "static" / name).read_text("utf-8")
    assert source.isascii()
    code = re.sub(r"(?m)^\s*//.*$", "", source)
    thrown = re.compile(r"new (?:NotStrictJson|Error)\([^)]*\)")  # never shown to a reader
    texts = re.findall(r'"([^"\n]*)"|`([^`]*)`', thrown.sub("", code))
    sentences = [text for pair in texts for text in pair if re.search(r"[a-z]{2,} [a-z]{2,}", text)]
    assert not sentences


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_message_that_a_script_asks_for_is_in_the_catalogues(name: str) -> None:
    source = (PORTAL / "static" / name).read_text("utf-8")
    for key in re.findall(r'\b(?:text|find)\("([^"]+)"\)', source):
        for messages in CATALOGUES.values():
            assert messages.find(key), key


def test_nothing_is_loaded_from_elsewhere() -> None:
    for folder in ("template", "static"):
        for place in (PORTAL / folder).iterdir():
            addresses = re.findall(r"https?://[\w.]+", place.read_text("utf-8"))
            assert set(addresses) <= {"http://www.w3.org"}, place.name
