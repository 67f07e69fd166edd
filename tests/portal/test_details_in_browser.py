"""Times, nodes side by side and content: the script, and the page without it, say the same."""

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from liuhen.app.verify import VerifiedLog, Verifier
from liuhen.portal.messages import CATALOGUES, Catalogue
from liuhen.wiring.app import build_app
from tests.corpus.drivers import Question, every_question
from tests.fakes.clock import FakeClock
from tests.receipt_corpus import FORK, KIT
from tests.receipt_kit import AFTER_BLOCK, NOW

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
QUESTIONS = {asked.name: asked for asked in every_question()}
CASES = [
    *("evidence+nodes", "nodes_disagree+nodes", "node_on_another_chain+nodes"),
    *("node_unreachable+nodes", "evidence_reorganised+nodes", "operator_owes_proof+nodes"),
    *("nodes_disagree_no_head+nodes", "on_a_public_chain", "hidden_fields", "changed_score_fail"),
    *("standing_forked_anchored+nodes", "standing_closed_for_good+nodes"),
    *("standing_fork_denied+nodes", "standing_beyond_the_end+nodes"),
]


class Served:
    """A service whose verifier is that of one case after the other."""

    def __init__(self) -> None:
        self.logs: list[Any] = []
        self.verify: Verifier | None = None

    def use(self, asked: Question) -> None:
        nothing: Any = None
        log = VerifiedLog(asked.policy, nothing, nothing, lambda _: asked.reports)
        self.verify = Verifier([log], FakeClock(NOW))


@pytest.fixture(scope="module")
def served() -> Served:
    return Served()


@pytest.fixture(scope="module")
def url(served: Any) -> Iterator[str]:
    app = build_app(served, hosts=["127.0.0.1"])
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


@pytest.fixture(scope="module", params=[True, False], ids=["script", "no script"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, java_script_enabled=request.param
    )
    yield context.new_page()
    context.close()


def shown(page: Page, url: str, language: str, asked: Question) -> str:
    page.goto(f"{url}/{language}/")
    page.set_input_files("#receipt", asked.case / "receipt.json")
    page.click("button[type=submit]")
    page.wait_for_selector("#answer:not([hidden]) h1")
    return page.inner_text("#answer")


@pytest.mark.parametrize("name", CASES)
def test_the_script_and_the_server_say_the_same_details(
    browser: Browser, url: str, served: Served, name: str
) -> None:
    served.use(QUESTIONS[name])
    texts = []
    for script in (True, False):
        context = browser.new_context(java_script_enabled=script)
        page = context.new_page()
        shown(page, url, "zh", QUESTIONS[name])
        said = page.locator('#answer [data-slot="body"]').evaluate("e => e.textContent")
        texts.append(" ".join(said.split()))
        context.close()
    assert texts[0] == texts[1]


@pytest.mark.parametrize("messages", CATALOGUES.values(), ids=CATALOGUES.keys())
def test_bounds_and_content_are_on_the_page(
    page: Page, url: str, served: Served, messages: Catalogue
) -> None:
    asked = QUESTIONS["evidence+nodes"]
    served.use(asked)
    text = shown(page, url, messages.language, asked)
    assert str(AFTER_BLOCK.hash) in text
    assert messages("bound.both").replace("{chain_id}", "20231") in text
    assert messages("bound.worth_development") in text
    assert "/data/scores/0/技术部分" in text
    assert "43.00" in text


def test_the_answers_of_lying_and_honest_nodes_stand_side_by_side(
    page: Page, url: str, served: Served
) -> None:
    asked = QUESTIONS["nodes_disagree+nodes"]
    served.use(asked)
    for language in CATALOGUES:
        shown(page, url, language, asked)
        receipt, honest, lying = page.locator(".answers:visible li").all_inner_texts()
        assert KIT.tree.root(9).hex() in receipt
        assert honest.startswith("127.0.0.1:8545")
        assert KIT.tree.root(9).hex() in honest
        assert lying.startswith("127.0.0.1:8546")
        assert FORK.tree.root(9).hex() in lying
        assert page.locator("html").evaluate("e => e.scrollWidth") == 320


def test_a_warning_is_the_first_thing_after_the_answer(
    page: Page, url: str, served: Served
) -> None:
    asked = QUESTIONS["standing_forked_anchored+nodes"]
    served.use(asked)
    for language, word in (("zh", "警告"), ("en", "Warning")):
        shown(page, url, language, asked)
        warning = page.locator("#answer header + ul li")
        assert warning.inner_text().startswith(word)
        assert warning.is_visible()
        assert page.locator("html").evaluate("e => e.scrollWidth") == 320


def test_what_contradicts_itself_is_not_shown_as_content(
    page: Page, url: str, served: Served
) -> None:
    asked = QUESTIONS["changed_score_fail"]
    served.use(asked)
    assert "44.00" not in shown(page, url, "en", asked)
