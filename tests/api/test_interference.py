"""What nobody may learn moves nothing that anybody can ask for (domain §5.5, test 5).

The routes are those of the OpenAPI description, so a route that is added is asked as well. Each is
asked in every way its description knows: one parameter after the other takes all its values.

Most answers have to be the same, byte for byte, with no bid, with one, and with seven of which some
were replaced and withdrawn. The others tell of the whole log, which grows by every record while it
has no slots; of them we ask that bids look like so many records of anything else.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLogs
from liuhen.core.canonical import canonical
from liuhen.domain.role import Role
from liuhen.wiring.app import build_app
from tests.fakes.running_service import LOG_NAME, running_logs

CASE = "INTERFERENCE"
NOBODYS = "019a8f3e-7c51-7d04-9a57-2f8f7f4a6b11"
DOCUMENT = 64 * "a"
OF_THE_LOG: Final = (
    *("/logs/", "/metrics", "/readyz", "/v1/anchors", "/v1/board", "/v1/ledger.xlsx"),
    *("/receipt", "/disclosure", "/proof", "/cose"),
)
"""Parts of the paths whose answers tell how long the log is."""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[ServedLogs]:
    with running_logs(tmp_path / "service", bids_without_slots=True) as logs:
        yield logs


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[ServedLogs]:
    with running_logs(tmp_path / "twin", bids_without_slots=True) as logs:
        yield logs


Answers = Mapping[str, tuple[int, Any, bytes]]
"""Status, headers and body, by what was asked."""


class Asked:
    """A service with a project that is open for bids, and whoever asks it everything."""

    def __init__(self, logs: ServedLogs, regime: str) -> None:
        self.client, self.key = TestClient(build_app(logs, hosts=["testserver"])), logs.operator_key
        self.description = self.client.get("/openapi.json").json()
        project = {"name": "样例", "regime": regime, "reason": "内部"}
        document = {"sha256": DOCUMENT, "bid_deadline": "2099-06-30T09:30:00+08:00"}
        self.numbers = [self.send("project", project), self.send("tender_document", document)]

    def send(self, name: str, data: dict[str, Any], case: str | None = CASE) -> str:
        body: dict[str, Any] = {"type": name, "data": data, "case": case}
        answer = self.client.post("/v1/records", content=canonical(body))
        assert answer.status_code == 201, answer.text
        return answer.headers["Liuhen-Record-Id"]

    def bid(self, number: int, action: str = "received") -> None:
        """Enter a bid, or what becomes of it."""
        data: dict[str, Any] = {"bid_id": f"B{number}", "supplier_id": f"S{number}"}
        data |= {"ciphertext_sha256": f"{number:064x}", "action": action}
        self.send("bid_receipt", {**data, "receipt_no": f"{action}-{number}"})

    def answers(self, role: Role = Role.PUBLIC, *, of_the_log: bool = False) -> Answers:
        """Ask everything that tells of the log as a whole, or else everything that does not."""
        headers = {} if role is Role.PUBLIC else self._fields(role)
        urls = self.urls(for_roles=role is not Role.PUBLIC)
        asked = (url for url in urls if is_of_the_log(url, role) is of_the_log)
        return {url: self._answer(url, headers) for url in asked}

    def urls(self, *, for_roles: bool) -> Iterator[str]:
        """Return every way in which a GET of the description can be asked.

        Args:
            for_roles: Only of routes that ask who reads.
        """
        for path, methods in self.description["paths"].items():
            if "get" not in methods or (for_roles and "security" not in methods["get"]):
                continue
            parameters = methods["get"].get("parameters", [])
            query = [each for each in parameters if each["in"] == "query"]
            values = {each["name"]: self._values(each) for each in query}
            needed = "&".join(f"{q['name']}={values[q['name']][0]}" for q in query if q["required"])
            for filled in self._filled(path):
                yield f"{filled}?{needed}"
                yield from (f"{filled}?{needed}&{n}={v}" for n in values for v in values[n])

    def _filled(self, path: str) -> list[str]:
        values: dict[str, list[str]] = {
            "case": [CASE, "NO-SUCH-CASE"],
            "record_id": [*self.numbers, NOBODYS],
            "name": [LOG_NAME],
            "path": ["entries/000.p/3", "0/000.p/3"],
            "position": ["0"],
            "serial": ["0"],
            "anchor_id": ["1"],
        }
        paths = [path]
        for name in re.findall(r"{(\w+)}", path):
            paths = [each.replace(f"{{{name}}}", v) for each in paths for v in values[name]]
        return paths

    def _values(self, parameter: dict[str, Any]) -> list[Any]:
        """Return values of a query parameter, as its description has it."""
        named = {"log": [LOG_NAME], "digest": [f"sha-256:{DOCUMENT}", f"sha-256:{64 * '0'}"]}
        schema = parameter["schema"]
        schema = next((s for s in schema.get("anyOf", []) if s.get("type") != "null"), schema)
        schema = schema.get("items", schema)
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = self.description["components"]["schemas"][name]
        if parameter["name"] in named:
            return named[parameter["name"]]
        if "enum" in schema:
            return list(schema["enum"])
        by_form: dict[Any, list[Any]] = {
            "date": ["2026-03-31", "2099-07-01"],
            "date-time": ["2026-03-31T00:00:00Z", "2099-07-01T00:00:00Z"],
            "boolean": ["true", "false"],
            "integer": [schema.get("minimum", 0), 1, 3],
            "number": [0, 24],
            "string": ["/data", "ocds-213czf"],
        }
        return by_form[schema.get("format") or schema["type"]]

    def _answer(self, url: str, headers: dict[str, str]) -> tuple[int, Any, bytes]:
        answer = self.client.get(url, headers=headers)
        # The time of the answer, and the number of a problem, are all that changes by itself.
        body = re.sub(rb'"(as_of|instance)":"[^"]*"', b"", answer.content)
        headers = {k: v for k, v in answer.headers.items() if k.lower() != "content-length"}
        return answer.status_code, headers, body

    def _fields(self, role: Role) -> dict[str, str]:
        assert self.key is not None
        told = {"Liuhen-Role": str(role), "Liuhen-Reader": "Wang", "Liuhen-Party": "S99"}
        return {**told, "Authorization": f"Bearer {self.key.hex()}"}


def is_of_the_log(url: str, role: Role) -> bool:
    path = url.partition("?")[0]
    if path.endswith("/receipts"):
        return role is not Role.PUBLIC  # who gets no receipt gets no head of the log either
    return any(part in path for part in OF_THE_LOG)


@pytest.mark.parametrize("regime", ["ZC", "ZB", "other"])
def test_before_the_opening_no_public_answer_depends_on_the_bids(
    service: ServedLogs, regime: str
) -> None:
    asked = Asked(service, regime)
    before = asked.answers()
    assert {status for status, _, _ in before.values()} >= {200, 404}
    assert len(before) > 50
    for first, last in ((1, 1), (2, 7)):
        for number in range(first, last + 1):
            asked.bid(number)
        if last == 7:
            asked.bid(1, "replaced")
            asked.bid(2, "withdrawn")
            asked.send("credit_commitment", {"supplier_id": "S1"})
            asked.send("bid_rejection", {"reason": "未加密", "supplier_id": "S8"})
        for url, answer in asked.answers().items():
            assert answer == before[url], url


def test_before_the_opening_no_answer_to_a_role_depends_on_the_bids(service: ServedLogs) -> None:
    asked = Asked(service, "ZC")
    roles = [role for role in Role if role is not Role.PUBLIC]
    before = {role: asked.answers(role) for role in roles}
    for number in range(1, 8):
        asked.bid(number)
    for role in roles:
        for url, answer in asked.answers(role).items():
            assert answer == before[role][url], (role, url)


def test_of_the_log_bids_are_so_many_records_of_anything_else(
    service: ServedLogs, twin: ServedLogs
) -> None:
    bidding, other = Asked(service, "ZC"), Asked(twin, "ZC")
    for number in range(1, 8):
        bidding.bid(number)
        other.send("generic", {"number": number}, case=None)
    seen, expected = (each.answers(of_the_log=True) for each in (bidding, other))
    assert len(seen) > 50
    for (url, one), (_, two) in zip(seen.items(), expected.items(), strict=True):
        assert (one[0], shape(one[2])) == (two[0], shape(two[2])), url


def shape(body: bytes) -> str | int:
    """Return an answer without what is random in it, or due to the chain that nobody runs here.

    What is left is the structure, the sizes, and all that is told in words; of bytes their number.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return len(body)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "NUMBER", text)
    text = re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+-]+Z?", "TIME", text)
    text = re.sub(r'"(condition|trouble|failures|height|\w+_seconds)":("[^"]*"|\w+)', "", text)
    text = re.sub(r"(?m)^liuhen_(node_|chain_|\w+_seconds|anonymous_).*$", "", text)
    text = re.sub(r"[0-9a-f]{32,}", lambda found: f"HEX{len(found[0])}", text)
    return re.sub(r"[A-Za-z0-9+/]{40,}={0,2}", lambda found: f"BASE64-{len(found[0])}", text)
