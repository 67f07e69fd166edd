"""The portal in a real browser: the script, the page without it, and that both say the same."""

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from liuhen.core.receipt import parse_receipt
from liuhen.core.selection import select
from liuhen.portal.messages import CATALOGUES, Catalogue

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
both = pytest.mark.parametrize("messages", CATALOGUES.values(), ids=CATALOGUES.keys())


@pytest.fixture(scope="module")
def url(app: FastAPI) -> Iterator[str]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, args=([sock],))
        thread.start()
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("there is no Chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield opened
        opened.close()


def is_trouble(message: ConsoleMessage) -> bool:
    """A refusal by the service is no trouble of the page's."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda said: troubles.append(said.text) if is_trouble(said) else None)
    yield opened
    context.close()
    assert not troubles


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, receipt: bytes) -> Path:
    made = tmp_path_factory.mktemp("files")
    whole = parse_receipt(receipt)
    for name, hide_names in (("withheld", False), ("closed", True)):
        rows = select(whole.rows, ["/data"], hide_names=hide_names)
        (made / f"{name}.json").write_text(replace(whole, rows=rows).to_text())
    (made / "receipt.json").write_bytes(receipt)
    (made / "bent.json").write_bytes(receipt.replace(b"92.50", b"93.50"))
    (made / "cut.json").write_bytes(receipt[:-1])
    (made / "报告.pdf").write_bytes(b"abc")
    (made / "other.pdf").write_bytes(b"abd")
    (made / "case.tlog-proof").write_bytes(b"c2sp.org/tlog-proof@v1\nindex 0\n")
    (made / "case.cose").write_bytes(b"\xd2\x84\x43")
    (made / "data.json").write_text('{ "得分" : "92\\u002e50" }')
    return made


def submit(page: Page) -> None:
    page.click("button[type=submit]")
    page.wait_for_selector("#answer:not([hidden]) h1, #mistake:not([hidden])")


def headline(page: Page) -> str:
    return page.inner_text("h1:visible").replace("\n", " ").replace("  ", " ")


def said(messages: Catalogue, outcome: str) -> str:
    return f"{messages(f'outcome.{outcome}.word')} {messages(f'outcome.{outcome}.sentence')}"


@both
def test_receipt_and_files_are_verified_and_the_files_stay_here(
    page: Page, url: str, folder: Path, messages: Catalogue
) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.goto(f"{url}/{messages.language}/")
    page.set_input_files("#receipt", folder / "receipt.json")
    page.set_input_files("#files", [folder / "报告.pdf", folder / "data.json"])
    submit(page)
    assert headline(page) == said(messages, "match")
    checks = page.locator(".check").all_inner_texts()
    assert messages("reason.digest-in-record") in checks[-2]
    assert messages("reason.data-of-record") in checks[-1]
    files = json.loads(sent[-1])["files"]
    assert [sorted(file) for file in files] == [
        ["name", "sha256"],
        ["canonical_sha256", "name", "sha256"],
    ]


@both
def test_a_disclosure_is_no_match_of_the_whole_and_says_what_is_hidden(
    page: Page, url: str, folder: Path, messages: Catalogue
) -> None:
    for name, said_too in (("withheld", "/submitter/person"), ("closed", "")):
        page.goto(f"{url}/{messages.language}/")
        page.set_input_files("#receipt", folder / f"{name}.json")
        submit(page)
        assert headline(page) == said(messages, "match_in_part")
        notes = page.inner_text('#answer [data-slot="notes"]')
        assert messages(f"note.{name}").partition("}")[2].partition("{")[0] in notes
        assert said_too in notes
        assert "/data/得分" in page.inner_text('#answer [data-slot="fields"]')


@both
def test_another_file_is_different_and_the_reader_is_told_why(
    page: Page, url: str, folder: Path, messages: Catalogue
) -> None:
    page.goto(f"{url}/{messages.language}/")
    page.set_input_files("#receipt", folder / "receipt.json")
    page.set_input_files("#files", folder / "other.pdf")
    submit(page)
    assert headline(page) == said(messages, "different")
    assert messages("outcome.different.meaning") in page.inner_text("#answer")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "status"


@both
def test_the_script_and_the_server_show_the_same_answer(
    browser: Browser, page: Page, url: str, folder: Path, messages: Catalogue
) -> None:
    plain = browser.new_context(java_script_enabled=False).new_page()
    for name in ("receipt.json", "bent.json", "withheld.json", "closed.json"):
        texts = []
        for each in (page, plain):
            each.goto(f"{url}/{messages.language}/")
            each.set_input_files("#receipt", folder / name)
            each.click("button[type=submit]")
            each.wait_for_selector("#answer:not([hidden]) h1")
            texts.append(each.locator('#answer [data-slot="body"]').evaluate("e => e.textContent"))
        by_script, by_server = (" ".join(text.split()) for text in texts)
        assert by_script == by_server
    plain.context.close()


@both
def test_a_file_alone_is_looked_for(
    page: Page, url: str, folder: Path, messages: Catalogue
) -> None:
    for name, outcome in (
        ("报告.pdf", "match"),
        ("data.json", "match"),
        ("other.pdf", "not_found"),
    ):
        page.goto(f"{url}/{messages.language}/")
        page.set_input_files("#files", folder / name)
        submit(page)
        assert headline(page) == said(messages, outcome)


def test_a_receipt_is_recognised_wherever_it_is_dropped(
    page: Page, url: str, receipt: bytes
) -> None:
    page.goto(f"{url}/zh/")
    page.evaluate(
        """(content) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([content], "r.json"));
          const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
          const zone = document.getElementById("drop");
          zone.dispatchEvent(new DragEvent("dragover", options));
          zone.dispatchEvent(new DragEvent("drop", options));
        }""",
        receipt.decode(),
    )
    assert page.inner_text("#chosen") == "r.json"
    submit(page)
    assert headline(page) == said(CATALOGUES["zh"], "match")


@pytest.mark.parametrize(
    ("receipts", "files", "mistake"),
    [
        ([], [], "no_input"),
        (["receipt.json"], ["receipt.json"], "two_receipts"),
        ([], ["报告.pdf", "other.pdf"], "one_file"),
        (["cut.json"], [], "not_a_receipt"),
        (["other.pdf"], [], "not_a_receipt"),
        (["case.tlog-proof"], [], "proof"),
        ([], ["case.tlog-proof"], "proof"),
        ([], ["case.cose"], "proof"),
    ],
)
def test_a_mistake_is_said_and_gets_the_focus(
    page: Page, url: str, folder: Path, receipts: list[str], files: list[str], mistake: str
) -> None:
    page.goto(f"{url}/en/")
    page.set_input_files("#receipt", [folder / name for name in receipts])
    page.set_input_files("#files", [folder / name for name in files])
    submit(page)
    assert CATALOGUES["en"](f"mistake.{mistake}") in page.inner_text("#mistake")
    assert page.evaluate("document.activeElement.id") == "mistake"
    assert headline(page) == CATALOGUES["en"]("verify.title")


def test_nothing_is_wider_than_a_phone(page: Page, url: str, folder: Path) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for language in CATALOGUES:
        page.goto(f"{url}/{language}/")
        page.set_input_files("#receipt", folder / "receipt.json")
        submit(page)
        for summary in page.locator("summary:visible").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_everything_can_be_done_with_the_keyboard(page: Page, url: str, folder: Path) -> None:
    page.goto(f"{url}/zh/")
    page.set_input_files("#receipt", folder / "receipt.json")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.id || document.activeElement.className")
        )
    for place in ("skip", "home", "switch", "receipt", "files"):
        assert place in reached
    page.focus("button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer:not([hidden]) h1")
