"""Cases: read from documents, built in Python, and written again."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, TypeVar

import attrs

from bizrules._structure import Raw, structure
from bizrules._tree import Document
from bizrules.case_dates import DATES, Locate, order_problems
from bizrules.cases import (
    Act,
    Case,
    FactInput,
    Party,
    Prior,
    Priors,
    format_span,
    plain_facts,
)
from bizrules.documents import CaseDocument, PartyDocument, PriorsDocument
from bizrules.errors import CaseError, DocumentError, Problem
from bizrules.facts import Value, parse_value
from bizrules.grammar import fact_value
from bizrules.loading._gathering import read_span
from bizrules.loading._knowledge import Knowledge
from bizrules.nearness import near_names
from bizrules.provenance import Location
from bizrules.rules import Measure
from bizrules.values import DateSpan

_T = TypeVar("_T")

_MEASURES: Final = tuple(measure.value for measure in Measure)


@attrs.frozen(kw_only=True)
class _SpanDocument:
    """A date known only to lie between two days."""

    earliest: date | None = None
    latest: date | None = None


@attrs.frozen(kw_only=True)
class _ActDocument:
    """A continuing act."""

    from_: Raw
    to: Raw | None = None


def case_problems(case: Case, knowledge: Knowledge, locate: Locate) -> Iterator[Problem]:
    """What is wrong with a case whatever its facts are: names, dates, party.

    Args:
        case: The case.
        knowledge: What the case may name.
        locate: The place of a part of the case.
    """
    if case.region not in knowledge.regions:
        near = ",".join(f"{r.code} {r.zh}" for r in knowledge.regions.near(case.region))
        details = {"found": case.region, "near_names": near}
        yield Problem("unknown-region", locate("region"), details)
    checks = (
        ("unknown-violation", "violation", (case.violation,), knowledge.violations),
        ("unknown-group", "examined", sorted(case.examined), knowledge.vocabulary.groups),
        ("unknown-measure", "measures", case.measures, _MEASURES),
    )
    for code, key, names, known in checks:
        for name in names:
            if name not in known:
                details = {"found": name, "near_names": near_names(name, known)}
                yield Problem(code, locate(key), details)
    yield from _prior_problems(case, knowledge, locate)
    if case.party.age is not None and case.party.age < 0:
        details = {"fact": "age", "found": str(case.party.age)}
        yield Problem("negative-count", locate("party", "age"), details)
    yield from order_problems(case, locate)


def _prior_problems(case: Case, knowledge: Knowledge, locate: Locate) -> Iterator[Problem]:
    """Earlier violations that the catalogue does not have."""
    known = knowledge.violations
    for index, prior in enumerate(case.priors.found if case.priors is not None else ()):
        if prior.violation is not None and prior.violation not in known:
            near = near_names(prior.violation, known)
            place = locate("priors", "found", index, "violation")
            details = {"found": prior.violation, "near_names": near}
            yield Problem("unknown-violation", place, details)


def check_case(case: Case, knowledge: Knowledge) -> tuple[Problem, ...]:
    """Everything that is wrong with a case built in Python; empty if nothing is.

    Args:
        case: The case.
        knowledge: What the case may name.
    """

    def locate(*path: str | int) -> Location:
        return Location(f"case {case.id}", path=".".join(("$", *map(str, path))))

    problems = list(case_problems(case, knowledge, locate))
    facts = knowledge.vocabulary.facts
    for name, value in case.facts.items():
        fact = facts.get(name)
        place = locate("facts", name)
        if fact is None:
            near = near_names(name, facts)
            problems.append(Problem("unknown-fact", place, {"fact": name, "near_names": near}))
            continue
        found = parse_value(fact, value, place)
        if isinstance(found, Problem):
            problems.append(found)
    return tuple(problems)


@attrs.frozen(eq=False)
class CaseReader:
    """Reads one case of a document.

    Attributes:
        knowledge: What the case may name.
        raw: Where the case stands.
        problems: Receives the problems.
    """

    knowledge: Knowledge
    raw: Raw
    problems: list[Problem] = attrs.field(factory=list)

    def refuse(self, code: str, location: Location, **details: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(code, location, details))

    def written(self) -> CaseDocument | None:
        """The case as it is written; None if its shape is wrong."""
        try:
            return structure(self.raw.document, CaseDocument, self.raw.path)
        except DocumentError as error:
            self.problems.extend(error.problems)
            return None

    def case(self, given: CaseDocument) -> Case:
        """The case, with typed values."""
        case = Case(
            id=given.id,
            region=given.region,
            violation=given.violation,
            committed=self.act(given.committed),
            discovered=self.span(given.discovered),
            filed=self.span(given.filed),
            notified=self.span(given.notified),
            decided=self.span(given.decided),
            act=given.act,
            authority=given.authority,
            party=_party(given.party),
            facts=self.facts(given.facts),
            examined=frozenset(given.examined),
            priors=self.priors(given.priors),
            measures=tuple(measure.value for measure in given.measures),
            location=self.raw.location,
        )
        self.problems.extend(case_problems(case, self.knowledge, self.locate))
        return case

    def locate(self, *path: str | int) -> Location:
        """The place of a part of the case."""
        return self.raw.document.locate((*self.raw.path, *path))

    def facts(self, given: Mapping[str, Raw]) -> dict[str, FactInput]:
        """Typed values of the facts that could be read."""
        known = self.knowledge.vocabulary.facts
        values: dict[str, FactInput] = {}
        for name, raw in given.items():
            fact = known.get(name)
            if fact is None:
                near = near_names(name, known)
                self.refuse("unknown-fact", raw.key_location, fact=name, near_names=near)
                continue
            found: Value | Problem = fact_value(fact, raw)
            if isinstance(found, Problem):
                self.problems.append(found)
            else:
                values[name] = found
        return values

    def act(self, raw: Raw | None) -> Act | None:
        """Act = date | "{" "from:" date ["to:" date] "}"."""
        data = raw.data if raw is not None else None
        if raw is None or not isinstance(data, dict) or data.keys() <= {"earliest", "latest"}:
            ended = self.span(raw)
            return None if ended is None else Act(ended=ended)
        given = self._inside(raw, _ActDocument)
        if given is None:
            return None
        began = self.span(given.from_)
        if given.to is None:
            return Act(ended=DateSpan(began.earliest if began else None, None), began=began)
        return Act(ended=self.span(given.to) or DateSpan(), began=began)

    def span(self, raw: Raw | None) -> DateSpan | None:
        """Date = day | month | year | "{" ["earliest:" day] ["latest:" day] "}"."""
        if raw is None:
            return None
        if isinstance(raw.data, dict):
            given = self._inside(raw, _SpanDocument)
            if (
                given is not None
                and given.earliest
                and given.latest
                and (given.latest < given.earliest)
            ):
                low, high = given.earliest.isoformat(), given.latest.isoformat()
                self.refuse("empty-interval", raw.location, low=low, high=high)
            return DateSpan(given.earliest, given.latest) if given else None
        found = read_span(str(raw.data) if isinstance(raw.data, str | date) else "")
        if isinstance(found, DateSpan):
            return found
        self.refuse(found, raw.location, found=str(raw.data))
        return None

    def _inside(self, raw: Raw, cls: type[_T]) -> _T | None:
        try:
            return structure(raw.document, cls, raw.path)
        except DocumentError as error:
            self.problems.extend(error.problems)
            return None

    def priors(self, given: PriorsDocument | None) -> Priors | None:
        """What a search of the records found."""
        if given is None:
            return None
        found = tuple(Prior(**attrs.asdict(prior, recurse=False)) for prior in given.found)
        return Priors(searched_since=given.searched_since, registers=given.registers, found=found)


def _party(given: PartyDocument | None) -> Party:
    if given is None:
        return Party()
    return Party(kind=given.kind, age=given.age, birth_date=given.birth_date)


def read_case(
    raw: Raw, knowledge: Knowledge
) -> tuple[CaseDocument | None, Case | None, CaseReader]:
    """The case at a place as written and as read; None where it has problems.

    The reader carries the problems.
    """
    reader = CaseReader(knowledge, raw)
    given = reader.written()
    case = None if given is None else reader.case(given)
    return given, None if reader.problems else case, reader


def case_from_plain(data: object, knowledge: Knowledge, *, name: str = "case") -> Case:
    """The case of which `case_to_plain` made the data.

    Args:
        data: One case in document form.
        knowledge: What the case may name.
        name: What to call the data in problems.

    Raises:
        CaseError: With everything that is wrong with it.
    """
    raw = Raw(Document(name, data), (), data)
    given, case, reader = read_case(raw, knowledge)
    if given is not None:
        reader.problems.extend(golden_keys(raw))
    if case is None or reader.problems:
        raise CaseError(reader.problems)
    return case


def golden_keys(raw: Raw) -> Iterator[Problem]:
    """A problem for each key of a case that stands only in golden cases."""
    for key in ("expect", "official"):
        if isinstance(raw.data, dict) and key in raw.data:
            yield Problem("expect-not-allowed", raw.at(key).key_location, {"key": key})


def case_to_plain(case: Case) -> dict[str, object]:
    """The case in document form, JSON-able; what is not known is left out.

    `case_from_plain` reads it back without loss, but for the place where it was written.
    """
    plain: dict[str, object] = {
        "id": case.id,
        "region": case.region,
        "violation": case.violation,
        "committed": _plain_act(case.committed),
        **{name: _plain_span(getattr(case, name)) for name in DATES},
        "act": case.act,
        "authority": case.authority,
        "party": _plain_party(case.party) or None,
        "facts": plain_facts(case.facts) or None,
        "examined": sorted(case.examined) or None,
        "priors": _plain_priors(case.priors),
        "measures": list(case.measures) or None,
    }
    return {key: value for key, value in plain.items() if value is not None}


def _plain_span(span: DateSpan | None) -> object:
    if span is None:
        return None
    said = format_span(span)
    if said and ".." not in said:
        return said
    ends = {"earliest": span.earliest, "latest": span.latest}
    return {key: day.isoformat() for key, day in ends.items() if day is not None}


def _plain_act(act: Act | None) -> object:
    if act is None:
        return None
    if act.began is None:
        return _plain_span(act.ended)
    return {"from": _plain_span(act.began), "to": _plain_span(act.ended)}


def _plain_party(party: Party) -> dict[str, object]:
    kind = party.kind.value if party.kind else None
    return _known({"kind": kind, "age": party.age, "birth_date": party.birth_date})


def _plain_priors(priors: Priors | None) -> dict[str, object] | None:
    if priors is None:
        return None
    found = [
        _known({**attrs.asdict(prior, recurse=False), "result": prior.result.value})
        for prior in priors.found
    ]
    registers = None if priors.registers is None else sorted(r.value for r in priors.registers)
    return _known({"searched_since": priors.searched_since, "registers": registers, "found": found})


def _known(given: Mapping[str, object]) -> dict[str, object]:
    """What is known, dates as text."""
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in given.items()
        if value is not None
    }
