"""The portal's pages: server-rendered, in two languages that are equals.

/                    to /zh/ or /en/
/<language>/         check a receipt; a form without script, more with it
/problems/<code>     to the page of a problem type
/static/<name>       style sheet and script
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from liuhen.app.language import LANGUAGES, preferred_language
from liuhen.core.disclosure import Row
from liuhen.core.errors import Malformed
from liuhen.core.policy import TrustPolicy
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import State, Verdict
from liuhen.domain.catalogue import CATALOGUE
from liuhen.portal.messages import CATALOGUES, Catalogue
from liuhen.portal.verdict_view import ICONS, VerdictView, type_name

_MEDIA_TYPES: Final = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}
_SCRIPT_MESSAGES: Final = ("check.", "reason.", "fact.", "life.", "note.", "time.", "progress.")
_DETAIL_MESSAGES: Final = ("bound.", "answer.", "warning.")
_NO_STORE: Final = {"Cache-Control": "no-store"}
_PROOF_STARTS: Final = (b"c2sp.org/tlog-proof@v1\n", b"\xd2\x84")
_COMMAND: Final = "liuhen verify receipt.json --policy policy.json --rpc https://…"

VerifyFile = Callable[[bytes], Verdict]
"""Reads a receipt file and examines it."""


@dataclass(frozen=True, slots=True)
class PublicLog:
    """What the foot of each page says of a log, for comparing with what was published elsewhere."""

    name: str
    origin: str
    contract: str
    chain_kind: str
    chain_id: int
    log_keys: Sequence[str]
    signers: Sequence[str]

    @staticmethod
    def of(policy: TrustPolicy) -> "PublicLog":
        """Take the public facts from a log's trust policy."""
        return PublicLog(
            name=policy.origin.rpartition("/")[2],
            origin=policy.origin,
            contract="0x" + policy.contract.hex(),
            chain_kind=str(policy.chain.kind),
            chain_id=policy.chain.id,
            log_keys=[key.to_text() for key, _ in policy.log_keys],
            signers=["0x" + key.signer.hex() for key, _ in policy.signers],
        )


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages say.

    Attributes:
        version: Version of the program.
        logs: The logs that are served.
    """

    version: str
    logs: Sequence[PublicLog]


class Portal:
    """The pages."""

    def __init__(self, site: Site, verify: VerifyFile, receipt_bytes: int) -> None:
        """Make the pages.

        Args:
            site: What all pages say.
            verify: Examines a receipt that came in a form.
            receipt_bytes: Largest form.
        """
        self._verify, self._receipt_bytes = verify, receipt_bytes
        self._templates = Environment(
            loader=PackageLoader("liuhen.portal", "template"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["site"] = site
        self._templates.globals["languages"] = [CATALOGUES[name] for name in LANGUAGES]
        self._static = _load_static()

    def routes(self) -> list[BaseRoute]:
        """Return the routes; what is below a language and is no page is answered here too."""
        routes: list[BaseRoute] = [
            Route("/", self._choose_language),
            Route("/problems/{code}", self._choose_problem_language),
            Route("/static/{name}", self._static_file),
        ]
        for messages in CATALOGUES.values():
            routes += self._language_routes(messages)
        return routes

    def _language_routes(self, messages: Catalogue) -> list[BaseRoute]:
        base = f"/{messages.language}"

        async def form(_: Request) -> Response:
            return self._verification_page(messages)

        async def submitted(request: Request) -> Response:
            return await self._verify_form(request, messages)

        async def problem(request: Request) -> Response:
            return self._problem_page(request.path_params["code"], messages)

        async def nothing(_: Request) -> Response:
            return self._problem_page("no-such-page", messages, "/", status=404)

        async def without_slash(_: Request) -> Response:
            return RedirectResponse(base + "/", 308)

        return [
            Route(base, without_slash),
            Route(base + "/", form),
            Route(base + "/", submitted, methods=["POST"]),
            Route(base + "/problems/{code}", problem),
            Route(base + "/{rest:path}", nothing),
        ]

    async def _choose_language(self, request: Request) -> Response:
        return _redirect(request, "/")

    async def _choose_problem_language(self, request: Request) -> Response:
        return _redirect(request, f"/problems/{request.path_params['code']}")

    async def _static_file(self, request: Request) -> Response:
        found = self._static.get(request.path_params["name"])
        if found is None:
            return self._problem_page("no-such-page", _messages_for(request), "/", status=404)
        content, media_type, etag = found
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=media_type)

    def _verification_page(
        self,
        messages: Catalogue,
        verdict: Verdict | None = None,
        rows: Sequence[Row] = (),
        *,
        mistake: str = "",
    ) -> Response:
        return self._render(
            "verify.html",
            messages,
            "/",
            view=None if verdict is None else VerdictView.of(verdict, messages, rows),
            mistake=mistake,
            outcomes=ICONS,
            states=[str(state) for state in State],
            script_messages=_script_messages(messages),
            command=_COMMAND,
        )

    async def _verify_form(self, request: Request, messages: Catalogue) -> Response:
        """Verify the receipt in a form; the way for browsers without script."""
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > self._receipt_bytes:
            return self._problem_page("too-large", messages, status=413)
        async with request.form(max_files=1, max_fields=1) as form:
            upload = form.get("receipt")
            body = await upload.read() if isinstance(upload, UploadFile) else b""
        if not body:
            return self._verification_page(messages, mistake=messages("mistake.no_input"))
        try:
            verdict = await run_in_threadpool(self._verify, body)
        except Malformed:
            mistake = "proof" if body.startswith(_PROOF_STARTS) else "not_a_receipt"
            return self._verification_page(messages, mistake=messages(f"mistake.{mistake}"))
        return self._verification_page(messages, verdict, parse_receipt(body).told)

    def _problem_page(
        self, code: str, messages: Catalogue, path: str | None = None, *, status: int = 200
    ) -> Response:
        if messages.find(f"problem.{code}.title") is None:
            return self._problem_page("no-such-page", messages, "/", status=404)
        page = f"/problems/{code}" if path is None else path
        return self._render("problem.html", messages, page, status, code=code)

    def _render(
        self, template: str, messages: Catalogue, path: str, status: int = 200, **values: object
    ) -> Response:
        text = self._templates.get_template(template).render(t=messages, path=path, **values)
        headers = {"Content-Language": messages.language, **_NO_STORE}
        return Response(text, status, headers, media_type="text/html")


def _messages_for(request: Request) -> Catalogue:
    return CATALOGUES[preferred_language(request.headers.get("accept-language", ""))]


def _redirect(request: Request, path: str) -> Response:
    """Send a reader to a page in the preferred language."""
    language = _messages_for(request).language
    return RedirectResponse(f"/{language}{path}", 302, {"Vary": "Accept-Language", **_NO_STORE})


def _script_messages(messages: Catalogue) -> dict[str, str]:
    """Return what the script may have to say; it has no sentence of its own."""
    types = {f"type.{name}": type_name(name, messages.language) for name in CATALOGUE}
    mistakes = messages.under("mistake.")
    return {**messages.under(*_SCRIPT_MESSAGES, *_DETAIL_MESSAGES), **mistakes, **types}


def _load_static() -> Mapping[str, tuple[bytes, str, str]]:
    loaded = {}
    for file in (files("liuhen.portal") / "static").iterdir():
        content = file.read_bytes()
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        loaded[file.name] = (content, _MEDIA_TYPES[file.name.rpartition(".")[2]], etag)
    return loaded
