"""Golden cases: cases with what their outcome must be."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

from bizrules._structure import Raw
from bizrules.documents import CaseDocument, ExpectDocument, OfficialDocument
from bizrules.errors import Problem
from bizrules.loading._cases import read_case
from bizrules.loading._gathering import Ids
from bizrules.loading._knowledge import (
    Expect,
    ExpectedFine,
    ExpectedLaw,
    GoldenCase,
    Knowledge,
    Official,
    read_only,
)
from bizrules.nearness import near_names
from bizrules.outcomes import Verdict
from bizrules.rules import Measure


@attrs.frozen(eq=False)
class GoldenReader:
    """Reads golden cases.

    Attributes:
        knowledge: What the cases may name.
        problems: Receives the problems.
        rules: Ids of all rules.
        duties: Ids of all duties.
    """

    knowledge: Knowledge
    problems: list[Problem] = attrs.field(factory=list)
    rules: Ids = attrs.field(init=False)
    duties: Ids = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Find the ids of all rules and duties."""
        object.__setattr__(self, "rules", Ids(self.knowledge, "rule"))
        object.__setattr__(self, "duties", Ids(self.knowledge, "duty"))

    def golden(self, raw: Raw) -> GoldenCase | None:
        """The golden case at the place; None if it has problems."""
        given, case, reader = read_case(raw, self.knowledge)
        self.problems.extend(reader.problems)
        if given is None:
            return None
        expect = self._expect(given, raw)
        if case is None:
            return None
        official = None if given.official is None else _official(given.official)
        return GoldenCase(case=case, expect=expect, official=official, location=raw.location)

    def _expect(self, case: CaseDocument, raw: Raw) -> Expect | None:
        given = case.expect
        if given is None:
            return None
        place = raw.at("expect")
        self._check_names("unknown-rule", given.holds, place, "holds", self.rules)
        self._check_names("unknown-rule", given.fails, place, "fails", self.rules)
        facts = self.knowledge.vocabulary.facts
        self._check_names("unknown-fact", given.asks, place, "asks", facts)
        self._check_duties(given, place)
        return Expect(
            grade=given.grade,
            no_grade=isinstance(place.data, dict) and place.data.get("grade", "") is None,
            permitted=given.permitted,
            modality=given.modality,
            settled=given.settled,
            contested=given.contested,
            fine=_expected_fine(given),
            compulsion=self._compulsion(given.compulsion, place),
            asks=given.asks,
            holds=given.holds,
            fails=given.fails,
            law=_expected_law(given),
            duties=None if given.duties is None else read_only(given.duties),
            no_duties=given.no_duties,
            capped=None if given.capped is None else read_only(given.capped),
        )

    def _check_duties(self, given: ExpectDocument, raw: Raw) -> None:
        self._check_names("unknown-duty", given.no_duties, raw, "no_duties", self.duties)
        for key, names in (("duties", given.duties), ("capped", given.capped)):
            for name in names or ():
                if name not in self.duties:
                    details = {"found": name, "near_names": near_names(name, self.duties)}
                    place = raw.at(key, name).key_location
                    self.problems.append(Problem("unknown-duty", place, details))

    def _check_names(
        self,
        code: str,
        names: tuple[str, ...] | None,
        raw: Raw,
        key: str,
        known: Iterable[str],
    ) -> None:
        for index, name in enumerate(names or ()):
            if name not in known:
                near = near_names(name, known)
                detail = "fact" if code == "unknown-fact" else "found"
                details = {detail: name, "near_names": near}
                self.problems.append(Problem(code, raw.at(key, index).location, details))

    def _compulsion(
        self, given: Mapping[str, Verdict] | None, raw: Raw
    ) -> Mapping[Measure, Verdict] | None:
        if given is None:
            return None
        measures = {measure.value: measure for measure in Measure}
        for name in given.keys() - measures.keys():
            place = raw.at("compulsion", name).key_location
            details = {"found": name, "near_names": near_names(name, measures)}
            self.problems.append(Problem("unknown-measure", place, details))
        known = {measures[name]: verdict for name, verdict in given.items() if name in measures}
        return MappingProxyType(known)


def _expected_fine(given: ExpectDocument) -> ExpectedFine | None:
    if given.fine is None:
        return None
    return ExpectedFine(low=given.fine.low, high=given.fine.high, state=given.fine.state)


def _expected_law(given: ExpectDocument) -> ExpectedLaw | None:
    if given.law is None:
        return None
    return ExpectedLaw(choice=given.law.choice, basis=given.law.basis)


def _official(given: OfficialDocument) -> Official:
    return Official(
        grade=given.grade,
        fine=given.fine,
        compulsion=None if given.compulsion is None else read_only(given.compulsion),
        quality=given.quality,
        contested=given.contested,
        complete=given.complete,
        authority=given.authority,
        note=given.note,
    )
