"""What OCDS files hold besides releases: records with their releases, and histories of fields.

A record repeats its releases as a compiled and as a versioned release. They become records of ours
only where the releases themselves are not there; else they are kept whole in a generic one.
"""

from collections.abc import Iterator

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.mapping.mapped import Mapped, Place, generic
from liuhen.domain.mapping.ocds_records import release_records
from liuhen.domain.mapping.ocds_release import Told
from liuhen.domain.mapping.value import case_of, text_of
from liuhen.domain.reading import get_members, get_text

_VERSION = {"releaseDate", "releaseID", "releaseTag", "value"}


def element_records(
    value: JsonValue, place: Place, told: Told, publisher: str | None
) -> Iterator[Mapped]:
    """Yield the records of a release or of an OCDS record, whichever it is."""
    if isinstance(value, dict) and _is_record(value):
        yield from _of_record(value, place, told, publisher)
    elif isinstance(value, dict) and _is_versioned(value):
        yield from _of_versioned(value, place, told, publisher, beside=True)
    else:
        yield from release_records(value, place, told, publisher)


def _is_record(value: JsonObject) -> bool:
    return any(name in value for name in ("compiledRelease", "versionedRelease", "releases"))


def _of_record(
    record: JsonObject, place: Place, told: Told, publisher: str | None
) -> Iterator[Mapped]:
    ocid = get_text(record, "ocid")
    releases = record.get("releases")
    listed = list(enumerate(releases)) if isinstance(releases, list) else []
    embedded = [(at, each) for at, each in listed if isinstance(each, dict) and "ocid" in each]
    linked = len(listed) - len(embedded)
    reasons: dict[str, int] = {"linked-release": linked} if linked else {}
    rest: JsonObject = dict(record)
    if embedded:
        rest["releases"] = [None if (at, each) in embedded else each for at, each in listed]
        for at, release in embedded:
            yield from release_records(release, place.at("releases", at), told, publisher)
    compiled, versioned = record.get("compiledRelease"), record.get("versionedRelease")
    if not embedded and isinstance(compiled, dict):
        del rest["compiledRelease"]
        yield from release_records(compiled, place.at("compiledRelease"), told, publisher)
    elif not embedded and isinstance(versioned, dict):
        yield from _of_versioned(
            versioned, place.at("versionedRelease"), told, publisher, beside=False
        )
    reasons |= {
        f"{name}-of-releases": 1 for name in ("compiled", "versioned") if f"{name}Release" in rest
    }
    links = (("project", f"{ocid}|project"),) if ocid else ()
    yield generic(
        place,
        "ocds.record",
        rest,
        reasons or {"record-of-releases": 1},
        case=case_of(ocid) if ocid else None,
        organisation=publisher,
        links=links,
    )


def _is_versioned(value: JsonObject) -> bool:
    """Return whether the fields of a release are histories; its ocid and ids never are."""
    return any(
        _is_history(value.get(name)) for name in ("initiationType", "tag", "language", "date")
    ) or any(_is_history(each) for each in get_members(value, "tender").values())


def _is_history(value: JsonValue) -> bool:
    """Return whether a value is a list of versions."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(each, dict) and each.keys() >= _VERSION for each in value)
    )


def _of_versioned(
    value: JsonObject, place: Place, told: Told, publisher: str | None, *, beside: bool
) -> Iterator[Mapped]:
    """Map what the fields are at last; the histories themselves are kept whole.

    Args:
        value: The versioned release.
        place: Its place.
        told: As everywhere.
        publisher: As everywhere.
        beside: Whether it stands alone, so that nothing else keeps it whole.
    """
    last = _last(value)
    assert isinstance(last, dict)  # an object stays one
    for one in release_records(last, place, told, publisher):
        yield one.derived_from("versionedRelease")
    if beside:
        yield generic(
            place,
            "ocds.versionedRelease",
            value,
            {"versioned-whole": 1},
            case=case_of(ocid) if (ocid := get_text(value, "ocid")) else None,
            organisation=publisher or text_of(get_members(value, "publisher").get("name")),
        )


def _last(value: JsonValue) -> JsonValue:
    if _is_history(value):
        assert isinstance(value, list)
        last = value[-1]
        return last["value"] if isinstance(last, dict) else None
    if isinstance(value, dict):
        return {name: _last(each) for name, each in value.items()}
    return [_last(each) for each in value] if isinstance(value, list) else value
