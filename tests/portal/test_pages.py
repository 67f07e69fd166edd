import html
import re

import httpx2
import pytest
from starlette.testclient import TestClient

from liuhen.portal.messages import CATALOGUES, Catalogue

both = pytest.mark.parametrize("messages", CATALOGUES.values(), ids=CATALOGUES.keys())


def text_of(answer: httpx2.Response) -> str:
    return html.unescape(answer.text)


def headline(answer: httpx2.Response) -> str:
    """The text of the first level-one heading that is not hidden or kept for the script."""
    shown = re.sub(r"<template.*?</template>", "", text_of(answer), flags=re.DOTALL)
    shown = re.sub(r'<div id="ask" hidden>.*?(?=<div id="answer")', "", shown, flags=re.DOTALL)
    found = re.search(r"<h1>(.*?)</h1>", shown, re.DOTALL)
    assert found
    return re.sub(r"<[^>]*>", "", found[1])


@pytest.mark.parametrize(
    ("preferred", "language"), [("zh-CN,zh;q=0.9", "zh"), ("en-US,en", "en"), ("fr", "zh")]
)
def test_the_start_page_is_in_the_readers_language(
    client: TestClient, preferred: str, language: str
) -> None:
    answer = client.get("/", headers={"Accept-Language": preferred}, follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{language}/")
    assert answer.headers["Vary"] == "Accept-Language"


@both
def test_the_page_says_its_language_and_leads_to_the_other(
    client: TestClient, messages: Catalogue
) -> None:
    other = CATALOGUES["en" if messages.language == "zh" else "zh"]
    for path in ("/", "/problems/malformed-json"):
        answer = client.get(f"/{messages.language}{path}")
        assert f'<html lang="{messages("site.lang")}">' in answer.text
        assert f'href="/{other.language}{path}" lang="{other("site.lang")}"' in answer.text
        assert answer.headers["Content-Language"] == messages.language


@both
def test_there_is_one_heading_a_skip_link_and_native_inputs(
    client: TestClient, messages: Catalogue
) -> None:
    answer = client.get(f"/{messages.language}/")
    assert headline(answer) == messages("verify.title")
    assert '<a class="skip" href="#main">' in answer.text
    assert '<input type="file" id="receipt"' in answer.text
    assert '<label for="receipt">' in answer.text
    assert messages("verify.files_no_script") in text_of(answer)
    assert 'role="alert"' in answer.text


@both
def test_every_page_tells_what_to_compare_elsewhere(
    client: TestClient, messages: Catalogue
) -> None:
    policy = client.get("/logs/jyg/policy.json").json()
    page = text_of(client.get(f"/{messages.language}/problems/unknown"))
    assert policy["origin"] in page
    assert policy["contract"]["address"] in page
    assert policy["log_keys"][0]["vkey"] in page
    assert policy["signers"][0]["address"] in page


@both
def test_a_receipt_is_verified_without_script(
    client: TestClient, messages: Catalogue, receipt: bytes
) -> None:
    answer = client.post(f"/{messages.language}/", files={"receipt": ("r.json", receipt)})
    word, sentence = messages("outcome.match.word"), messages("outcome.match.sentence")
    assert headline(answer) == f"{word} {sentence}"
    page = text_of(answer)
    for key in ("note.limits", "note.development", "reason.entry-in-tree", "state.not_checked"):
        assert messages(key) in page


@both
def test_a_bent_receipt_is_refused_without_script(
    client: TestClient, messages: Catalogue, receipt: bytes
) -> None:
    bent = receipt.replace(b"92.50", b"93.50")
    answer = client.post(f"/{messages.language}/", files={"receipt": ("r.json", bent)})
    assert headline(answer).startswith(messages("outcome.different_receipt.word"))
    assert messages("outcome.different_receipt.meaning") in text_of(answer)


@both
@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        (b"", "no_input"),
        (b"not a receipt", "not_a_receipt"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\n", "proof"),
        (b"\xd2\x84\x43", "proof"),
    ],
)
def test_a_mistake_is_said_where_it_was_made(
    client: TestClient, messages: Catalogue, content: bytes, mistake: str
) -> None:
    answer = client.post(f"/{messages.language}/", files={"receipt": ("r.json", content)})
    assert answer.status_code == 200
    assert headline(answer) == messages("verify.title")
    assert f'<a href="#receipt" data-slot="text">{messages(f"mistake.{mistake}")}' in (
        text_of(answer)
    )


def test_a_form_that_is_too_large_or_of_unknown_length_is_refused(client: TestClient) -> None:
    large = client.post("/zh/", files={"receipt": ("r.json", b"x" * 200_000)})
    assert large.status_code == 413
    assert headline(large) == CATALOGUES["zh"]("problem.too-large.title")
    endless = client.post("/zh/", content=iter([b"x"]))
    assert endless.status_code == 413


@both
def test_a_page_that_is_not_there_is_said_in_words(client: TestClient, messages: Catalogue) -> None:
    for path in ("/nothing", "/problems/nothing", "/problems/a/b"):
        answer = client.get(f"/{messages.language}{path}")
        assert answer.status_code == 404
        assert headline(answer) == messages("problem.no-such-page.title")


def test_static_files_are_named_and_asked_for_again_only_when_changed(client: TestClient) -> None:
    for name, media_type in (("site.css", "text/css"), ("verify.js", "text/javascript")):
        answer = client.get(f"/static/{name}")
        assert answer.headers["Content-Type"].startswith(media_type)
        again = client.get(f"/static/{name}", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    assert client.get("/static/..%2Fpages.py").status_code == 404
    assert client.get("/static/pages.py").status_code == 404


def test_a_page_opens_on_a_slow_line(client: TestClient) -> None:
    names = ["verify.js", "verdict.js", "digest.js", "strict_json.js", "messages.js", "site.css"]
    parts = ["/zh/", *(f"/static/{name}" for name in names)]
    assert sum(len(client.get(part).content) for part in parts) < 100_000
