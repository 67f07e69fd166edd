"""An OCDS contract as a contract, its amendments, and what became of it.

A contract is signed where it has a day of signature, or its status says that it is in force
(`active`) or was (`terminated`). A certificate of completion is an acceptance; payments and
milestones have no type of ours.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.mapping.mapped import Mapped, generic, less, mapped
from liuhen.domain.mapping.ocds_bid import names_of
from liuhen.domain.mapping.ocds_release import Release
from liuhen.domain.mapping.value import code_of, day_of, moment_of, money_of, text_of, told
from liuhen.domain.reading import Members, get_list, get_members, get_text

_SIGNED: Final = {"active", "terminated"}
_CERTIFICATE: Final = "completionCertificate"


def contract_records(
    release: Release, position: int, suppliers: Mapping[str | None, str | None]
) -> Iterator[Mapped]:
    """Yield the records of one contract.

    Args:
        release: Its release.
        position: Its position among the contracts.
        suppliers: Names of suppliers by the award's identifier.
    """
    contracts = release.value["contracts"]
    contract = contracts[position] if isinstance(contracts, list) else None
    assert isinstance(contract, dict)  # the caller saw to it
    place = release.place.at("contracts", position)
    work = contract.get("implementation")
    rest = {name: each for name, each in contract.items() if name != "implementation" or not work}
    reason = _why_not(release, contract)
    if reason is None:
        amendments = _amendments(release, contract)
        data = _data(release, contract, suppliers)
        number = get_text(contract, "id")
        yield Mapped(
            type="contract",
            data=mapped(place, "ocds.contract", less(rest, {"amendments": set(amendments)}), data),
            case=release.case,
            occurred_at=moment_of(contract.get("dateSigned")) or release.date,
            organisation=release.publisher,
            names=(release.name(f"contract:{number}"),) if number else (),
            links=(("release", release.own_name), *_award_link(release, contract)),
        )
        for at, amendment in amendments.items():
            yield _amendment(release, position, at, amendment)
    else:
        yield generic(
            place,
            "ocds.contract",
            rest,
            {reason: 1},
            case=release.case,
            occurred_at=release.date,
            organisation=release.publisher,
            links=(("release", release.own_name), *_award_link(release, contract)),
        )
    if work:
        yield _work(release, position, work)
        yield from _acceptances(release, position, work)


def _why_not(release: Release, contract: Members) -> str | None:
    status = get_text(contract, "status")
    if day_of(contract.get("dateSigned")) is None and status not in _SIGNED:
        return "contract-not-signed"
    number = get_text(contract, "id")
    if number is None or release.is_new(f"contract:{number}") or release.is_update("contracts"):
        return None
    return "contract-told-again"


def _data(
    release: Release, contract: Members, suppliers: Mapping[str | None, str | None]
) -> JsonObject:
    named = names_of(release, get_list(contract, "suppliers"))
    is_update = release.is_update("contracts") and _is_known(release, contract)
    release.told.add(_record_name(contract))
    return told(
        action="amended" if is_update else "signed",
        contract_no=code_of(contract.get("id")),
        supplier_name=named or suppliers.get(get_text(contract, "awardID")),
        amount=money_of(contract.get("value")),
        signed_on=day_of(contract.get("dateSigned")),
        change=_change(contract) if is_update else None,
        award_no=code_of(contract.get("awardID")),
    )


def _is_known(release: Release, contract: Members) -> bool:
    """Return whether there is a record of the contract; one without number is never known."""
    return get_text(contract, "id") is not None and _record_name(contract) in release.told


def _record_name(contract: Members) -> str:
    return f"contract-record:{get_text(contract, 'id')}"


def _amendments(release: Release, contract: Members) -> dict[int, JsonObject]:
    """Return the amendments that become records of their own: those of a contract told first."""
    held = contract.get("amendments")
    if _is_known(release, contract) or not isinstance(held, list):
        return {}
    return {at: each for at, each in enumerate(held) if isinstance(each, dict)}


def _amendment(release: Release, position: int, at: int, amendment: JsonObject) -> Mapped:
    contracts = release.value["contracts"]
    contract: JsonValue = contracts[position] if isinstance(contracts, list) else None
    number = get_text(contract, "id") if isinstance(contract, dict) else None
    data = told(
        action="amended",
        contract_no=code_of(number),
        change=text_of(amendment.get("rationale")) or text_of(amendment.get("description")),
    )
    place = release.place.at("contracts", position, "amendments", at)
    amended = get_text(amendment, "amendsReleaseID")
    return Mapped(
        type="contract",
        data=mapped(place, "ocds.amendment", amendment, data),
        case=release.case,
        occurred_at=moment_of(amendment.get("date")) or release.date,
        organisation=release.publisher,
        links=(
            ("amends", release.name(f"contract:{number}")),
            *([("amends", release.name(f"release:{amended}"))] if amended else []),
        ),
    )


def _change(contract: Members) -> str | None:
    reasons = [
        text_of(each.get("rationale")) or text_of(each.get("description"))
        for each in get_list(contract, "amendments")
    ]
    return text_of("\n".join(reason for reason in reasons if reason is not None))


def _award_link(release: Release, contract: Members) -> list[tuple[str, str]]:
    award = get_text(contract, "awardID")
    return [] if not award else [("award", release.name(f"award:{award}"))]


def _work(release: Release, position: int, work: JsonValue) -> Mapped:
    """Return the record of payments, milestones and documents."""
    members = work if isinstance(work, dict) else {}
    reasons = {
        f"implementation-{name}": len(held)
        for name in ("transactions", "milestones", "documents")
        if isinstance(held := members.get(name), list) and held
    }
    contracts = release.value["contracts"]
    contract: JsonValue = contracts[position] if isinstance(contracts, list) else None
    number = get_text(contract, "id") if isinstance(contract, dict) else None
    return generic(
        release.place.at("contracts", position, "implementation"),
        "ocds.implementation",
        work,
        reasons or {"implementation": 1},
        case=release.case,
        occurred_at=release.date,
        organisation=release.publisher,
        links=(
            ("release", release.own_name),
            *([("contract", release.name(f"contract:{number}"))] if number else []),
        ),
    )


def _acceptances(release: Release, position: int, work: JsonValue) -> Iterator[Mapped]:
    documents = get_members({"work": work}, "work").get("documents")
    for at, document in enumerate(documents if isinstance(documents, list) else ()):
        if not isinstance(document, dict) or document.get("documentType") != _CERTIFICATE:
            continue
        data = told(
            result="passed",
            accepted_on=day_of(document.get("datePublished")),
            remarks=text_of(document.get("title")),
        )
        place = release.place.at("contracts", position, "implementation", "documents", at)
        yield Mapped(
            type="acceptance",
            data=mapped(place, "ocds.document", document, data),
            case=release.case,
            occurred_at=moment_of(document.get("datePublished")),
            organisation=release.publisher,
            links=(("release", release.own_name),),
        )
