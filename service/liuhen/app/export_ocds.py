"""A case of the log as OCDS: what anybody may see of it, for other systems to read."""

from dataclasses import dataclass
from typing import Final

from liuhen.app.case_reading import CaseRecords, records_of_case
from liuhen.core.canonical import JsonObject
from liuhen.core.errors import Unknown
from liuhen.domain.admission import learn
from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.facts import NO_FACTS, Facts, RuleContext
from liuhen.domain.incoming import Incoming
from liuhen.domain.mapping.ocds_export import package_of, record_of, release_of, shown_parts
from liuhen.domain.mapping.shown import Shows, shown_to_public

DEFAULT_PREFIX: Final = "liuhen"
"""Begins an ocid where nobody has registered a prefix."""


@dataclass(frozen=True, slots=True)
class OcdsExport:
    """Exports the cases of one log.

    Attributes:
        store: The log.
        context: Calendar and marks.
        publisher: Name of the log.
    """

    store: CaseRecords
    context: RuleContext
    publisher: str

    def package(
        self,
        case: str,
        uri: str,
        *,
        prefix: str = DEFAULT_PREFIX,
        as_record: bool = False,
        shows: Shows | None = None,
    ) -> JsonObject:
        """Return a package of one release, or of one OCDS record.

        Args:
            case: Case code.
            uri: Where the package is served.
            prefix: What the ocid begins with.
            as_record: As an OCDS record, with a release for each of ours.
            shows: What may be shown; None: what anybody may see at the case's stage.

        Raises:
            Unknown: There is no such case, or nothing in it may be shown. Which, is not told.
        """
        records = records_of_case(self.store, case, CATALOGUE)
        parts = shown_parts(records, shows or shown_to_public(self._facts(records)))
        if not parts:
            raise Unknown(f"this log tells nothing of a case {case[:64]!r}")
        ocid = f"{prefix}-{case}"
        if as_record:
            return package_of(uri, self.publisher, "records", record_of(ocid, parts), parts)
        return package_of(uri, self.publisher, "releases", release_of(ocid, parts), parts)

    def _facts(self, records: list[Incoming]) -> Facts:
        facts = NO_FACTS
        for record in records:
            facts = learn(facts, record, self.context)
        return facts
