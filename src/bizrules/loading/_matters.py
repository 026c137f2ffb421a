"""Matters: several cases of one party, read from documents."""

from collections.abc import Iterable, Mapping

import attrs

from bizrules._structure import Raw, structure
from bizrules.cases import Case
from bizrules.documents import ExpectedActDocument, ExpectMatterDocument, MatterDocument
from bizrules.errors import DocumentError, Problem, sort_problems
from bizrules.loading._cases import golden_keys, read_case
from bizrules.loading._gathering import Ids
from bizrules.loading._knowledge import (
    CaseReading,
    ExpectedAct,
    ExpectMatter,
    GoldenMatter,
    Knowledge,
    MatterReading,
    read_only,
)
from bizrules.nearness import near_names


def reading_of(
    cases: Iterable[Raw], knowledge: Knowledge, raw: Raw, name: str | None = None
) -> MatterReading:
    """The cases as one matter, or everything that is wrong with them.

    Args:
        cases: The cases.
        knowledge: What they may name.
        raw: Where the matter stands.
        name: What it calls itself.
    """
    found: list[Case] = []
    problems: list[Problem] = []
    for place in cases:
        _, case, reader = read_case(place, knowledge)
        own = [*reader.problems, *golden_keys(place)]
        problems += own
        if case is not None and not own:
            found.append(case)
    return MatterReading(
        id=name,
        cases=() if problems else tuple(found),
        problems=sort_problems(problems),
        location=raw.location,
    )


def read_matter(raw: Raw, knowledge: Knowledge, *, golden: bool) -> MatterReading:
    """Matter = "id:" name "cases:" case+ ["expect:" …]; the last in golden files only.

    Args:
        raw: Where it stands.
        knowledge: What its cases may name.
        golden: Whether the file is one of golden cases.
    """
    try:
        given = structure(raw.document, MatterDocument, raw.path)
    except DocumentError as error:
        return _unread(raw, error.problems)
    if given.expect is not None and not golden:
        place = raw.at("expect").key_location
        return _unread(raw, [Problem("expect-not-allowed", place, {"key": "expect"})])
    if not given.cases:
        return _unread(raw, [Problem("no-case", raw.at("cases").location)])
    return reading_of(given.cases, knowledge, raw, given.id)


def not_a_case(raw: Raw) -> CaseReading:
    """A matter where only single cases are wanted."""
    name = _name(raw)
    problem = Problem("matter-not-case", raw.location, {"found": name or "?"})
    return CaseReading(id=name, case=None, problems=(problem,), location=raw.location)


def _unread(raw: Raw, problems: Iterable[Problem]) -> MatterReading:
    return MatterReading(
        id=_name(raw), cases=(), problems=sort_problems(problems), location=raw.location
    )


def _name(raw: Raw) -> str | None:
    name = raw.data.get("id") if isinstance(raw.data, dict) else None
    return name if isinstance(name, str) else None


@attrs.frozen(eq=False)
class GoldenMatterReader:
    """Reads golden matters.

    Attributes:
        knowledge: What they may name.
        problems: Receives the problems.
    """

    knowledge: Knowledge
    problems: list[Problem] = attrs.field(factory=list)

    def golden(self, raw: Raw) -> GoldenMatter | None:
        """The golden matter at the place; None if it has problems."""
        reading = read_matter(raw, self.knowledge, golden=True)
        self.problems.extend(reading.problems)
        if reading.problems:
            return None
        given = structure(raw.document, MatterDocument, raw.path)
        expect = None if given.expect is None else self._expect(given.expect, reading.cases, raw)
        return GoldenMatter(id=given.id, cases=reading.cases, expect=expect, location=raw.location)

    def _expect(
        self, given: ExpectMatterDocument, cases: tuple[Case, ...], raw: Raw
    ) -> ExpectMatter:
        place = raw.at("expect")
        own = {case.id for case in cases}
        for index, name in enumerate(given.asks or ()):
            facts = self.knowledge.vocabulary.facts
            self._check("unknown-fact", name, facts, place.at("asks", index))
        for index, act in enumerate(given.acts or ()):
            if act.applied is not None:
                self._check("unknown-entry", act.applied, own, place.at("acts", index, "applied"))
        for key in ("roles", "holds", "fails"):
            named: Mapping[str, object] | None = getattr(given, key)
            for name in named or ():
                self._check("unknown-entry", name, own, place.at(key, name))
        for key, listed in (("holds", given.holds), ("fails", given.fails)):
            if listed is not None:
                self._check_rules(listed, place.at(key))
        return _expected(given, place)

    def _check_rules(self, given: Mapping[str, tuple[str, ...]], place: Raw) -> None:
        rules = Ids(self.knowledge, "rule")
        for case, names in given.items():
            for index, name in enumerate(names):
                self._check("unknown-rule", name, rules, place.at(case, index))

    def _check(self, code: str, name: str, known: Iterable[str], place: Raw) -> None:
        if name not in known:
            detail = "fact" if code == "unknown-fact" else "found"
            details = {detail: name, "near_names": near_names(name, known)}
            self.problems.append(Problem(code, place.location, details))


def _expected(given: ExpectMatterDocument, place: Raw) -> ExpectMatter:
    fine = given.fine
    return ExpectMatter(
        acts=None
        if given.acts is None
        else tuple(_act(act, place.at("acts", at)) for at, act in enumerate(given.acts)),
        roles=None if given.roles is None else read_only(given.roles),
        low=None if fine is None else fine.low,
        high=None if fine is None else fine.high,
        crime=given.crime,
        settled=given.settled,
        asks=given.asks,
        holds=None if given.holds is None else read_only(given.holds),
        fails=None if given.fails is None else read_only(given.fails),
    )


def _act(given: ExpectedActDocument, place: Raw) -> ExpectedAct:
    data = place.data
    return ExpectedAct(
        act=given.act,
        applied=given.applied,
        not_applied=isinstance(data, dict) and data.get("applied", "") is None,
        basis=given.basis,
        settled=given.settled,
    )
