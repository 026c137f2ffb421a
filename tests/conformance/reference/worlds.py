"""A world of plain documents, and which of its rules speak about a case."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from conformance.reference.conditions import Count, Data, Node, Reader, Truth, truth, without
from conformance.reference.days import Span, covers, day, region_line
from conformance.reference.history import Definition, Record

GRADES = ("exempt", "mitigated", "lighter", "ordinary", "heavier")
LEVELS = ("document", "rule", "local_regulation", "administrative_regulation", "law")
ORDINARY, HEAVIER = 3, 4


@dataclass(frozen=True)
class Rule:
    """A rule with what ranks it, its condition read for the days of the law."""

    id: str
    given: Data
    ruleset: Data
    node: Node
    permits: tuple[int, ...]
    ground: str
    axis: str
    depth: int
    start: date
    doubtful: bool = False
    history: Record | None = None
    own: Mapping[str, Any] = field(default_factory=dict)

    def facts(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The facts as the rule reads them: what is first and what counts is its ruleset's."""
        return {**given, **self.own}

    def truth(self, given: Mapping[str, Any]) -> Truth:
        """Its truth, unknown at best where it may not be in force."""
        told = truth(self.node, self.facts(given))
        return None if told and self.doubtful else told

    @property
    def shall(self) -> bool:
        """Whether it binds."""
        return bool(self.given["modality"] == "shall")

    @property
    def level(self) -> int:
        """Rank of its norm."""
        return LEVELS.index(self.ruleset["instrument"]["level"])

    @property
    def special(self) -> bool:
        """Whether it is for certain violations only."""
        return "violations" in self.given

    @property
    def precedence(self) -> tuple[Any, ...]:
        """First the higher norm, then special, superior place, later."""
        return (-self.level, not self.special, self.depth, -self.start.toordinal(), self.id)

    @property
    def speciality(self) -> tuple[Any, ...]:
        """Last the most special: for the violation, deeper place, higher norm, later."""
        return (self.special, self.depth, self.level, self.start, self.id)

    @property
    def lenient(self) -> bool:
        """Whether it names a grade below the ordinary one, or the ordinary one, first."""
        return self.permits[0] != HEAVIER

    @property
    def effect(self) -> Data:
        """What it orders beyond its grade."""
        found: Data = self.given.get("effect", {})
        return found


@dataclass(frozen=True)
class Moment:
    """Days of the law looked at, of the act and of the decision."""

    law: Span
    act: Span
    decision: Span

    def days(self, reach: str) -> Span:
        """On which days a ruleset must be in force, by how far it reaches back."""
        return {"never": self.act, "always": self.decision}.get(reach, self.law)


@dataclass(frozen=True)
class Law:
    """What is law about a violation at a place on some days."""

    moment: Moment
    rules: tuple[Rule, ...]
    provisions: tuple[Data, ...]
    bands: tuple[Data, ...]
    combination: str
    is_violation: Truth
    declared: bool
    reader: Reader

    def same(self, other: "Law") -> bool:
        """Whether both are the same law."""
        mine, theirs = (
            [(r.id, r.node, r.doubtful, r.own) for r in law.penalty] for law in (self, other)
        )
        return (mine, self.provisions, self.bands, self.combination, self.is_violation) == (
            theirs,
            other.provisions,
            other.bands,
            other.combination,
            other.is_violation,
        )

    @property
    def lacks_provision(self) -> bool:
        """Whether the catalogue has a provision, but none for these days: a gap, not a fine."""
        return self.declared and self.is_violation is not False and not self.provisions

    @property
    def penalty(self) -> list[Rule]:
        """Rules on the penalty axis, by id."""
        found = [rule for rule in self.rules if rule.axis == "penalty"]
        return [] if self.is_violation is False else found


@dataclass(frozen=True)
class World:
    """Plain documents, and the day as of which they are known."""

    documents: tuple[Data, ...]
    known: date | None = None
    drafts: bool = False
    facts: Mapping[str, Data] = field(init=False)
    groups: Mapping[str, Data] = field(init=False)
    violations: Mapping[str, Data] = field(init=False)

    def __post_init__(self) -> None:
        """Gather what the documents declare."""
        for name in ("facts", "groups", "violations"):
            given = (one.get(name, {}) for one in self.documents)
            found = {key: entry for part in given for key, entry in part.items()}
            object.__setattr__(self, name, found)

    def _rulesets(self, region: str) -> list[Data]:
        """Those of the place and above it, nearest first; those of a department before general."""
        places = region_line(region)
        own = [
            one
            for one in self.documents
            if one["document"] == "ruleset"
            and one["region"] in places
            and (self.drafts or one["instrument"]["kind"] != "draft")
        ]
        return sorted(
            own, key=lambda r: (places.index(r["region"]), "department" not in r, r["id"])
        )

    def is_known(self, published: str | None) -> bool:
        """Whether it was published by the day as of which the world is known."""
        return not (self.known and published) or day(published) <= self.known

    def speaking(self, case: Data, moment: Moment) -> list[Data]:
        """The rulesets of the case's place and department that may be in force."""
        return [
            one
            for one in self._rulesets(case["region"])
            if one.get("department") in (None, self.violations[case["violation"]]["department"])
            and self.is_known(_published(one))
            and covers(one.get("in_force", {}), moment.days(one.get("reach_back", "")), self.known)
            is not False
        ]

    def law(self, case: Data, moment: Moment, elements: frozenset[str] = frozenset()) -> Law:
        """The law about the case's violation at its place.

        Args:
            case: The case.
            moment: The days.
            elements: Elements of other norms that the same act broke.
        """
        violation = self.violations[case["violation"]]
        asked = _Asked(case, violation, moment, elements | set(violation.get("elements", [])))
        speaking = self.speaking(case, moment)
        near = self._rulesets(case["region"])
        rules = [rule for one in near for rule in self._speaking(one, asked)]
        declared = (one["combination"] for one in speaking if "combination" in one)
        return Law(
            moment=moment,
            rules=tuple(sorted(_without_supplements(rules), key=lambda rule: rule.id)),
            provisions=tuple(self._provisions(violation, moment.law)),
            bands=tuple(table for one in speaking for table in one.get("bands", [])),
            combination=next(declared, "contest"),
            declared=bool(violation.get("provisions")),
            is_violation=covers(violation.get("in_force", {}), moment.law, self.known),
            reader=self._reader({}, moment.law),
        )

    def _provisions(self, violation: Data, days: Span) -> Sequence[Data]:
        """The version in force; several where the days leave it open."""
        given: list[dict[str, Any]] = violation.get("provisions", [])
        known = [one for one in given if self.is_known(one.get("published"))]
        begins = {one.get("in_force", {}).get("from") for one in known}
        unseen = {one.get("in_force", {}).get("from") for one in given} - begins
        found = []
        for one in known:
            interval = dict(one.get("in_force", {}))
            if interval.get("until") in unseen:
                del interval["until"]
            found.append((one, covers(interval, days, self.known)))
        sure = [one for one, truth_ in found if truth_ is True]
        return sure[:1] or [one for one, truth_ in found if truth_ is None]

    def _speaking(self, ruleset: Data, asked: "_Asked") -> Iterator[Rule]:
        days = asked.moment.days(ruleset.get("reach_back", ""))
        violation, name = asked.violation, asked.case["violation"]
        for given in ruleset.get("rules", []):
            interval, published = in_force(given, ruleset)
            departments = given.get("departments", [ruleset.get("department")])
            general = "violations" not in given
            if (
                not self.is_known(published)
                or (general and given.get("ground") in violation.get("displaces", []))
                or name not in given.get("violations", [name])
                or (departments != [None] and violation["department"] not in departments)
            ):
                continue
            speaks = covers(interval, days, self.known)
            if speaks is not False:
                start = day(interval["from"]) if "from" in interval else date.min
                rule = self._rule(given, ruleset, asked)
                history = self._history(ruleset, asked)
                yield replace(
                    rule,
                    start=start,
                    doubtful=speaks is None,
                    history=history,
                    own=_told(history, asked.case),
                )

    def _rule(self, given: Data, ruleset: Data, asked: "_Asked") -> Rule:
        reader = self._reader(ruleset, asked.moment.days(ruleset.get("reach_back", "")))
        nodes = [reader.when(one) for one in (ruleset.get("preamble", {}), given)]
        if "unexpressed" in given:
            name = f"{ruleset['id']}/{given['id']}#unexpressed"
            judged = Reader({name: {"kind": "boolean"}}, reader.defined)
            nodes.append(judged.read(name))
        listed = ruleset.get("lists", {}).get(given.get("list"), {}).get("effect")
        permits = given.get("permits", [listed] if listed in GRADES else [])
        node: Node = Count(len(nodes), tuple(nodes))
        if "heavier" in permits:
            node = without(node, asked.elements)
        default = "compulsion" if listed == "no_compulsion" else "penalty"
        return Rule(
            id=f"{ruleset['id']}/{given['id']}",
            given=given,
            ruleset=ruleset,
            node=node,
            permits=tuple(GRADES.index(grade) for grade in permits),
            ground=given.get("ground", "listed"),
            axis=given.get("axis", default),
            depth=len(region_line(ruleset["region"])) - 1,
            start=date.min,
        )

    def _history(self, asking: Data, asked: "_Asked") -> Record | None:
        """What the record says by the definition of a ruleset, or of the nearest above it."""
        if not {"first_violation", "prior_count"} & self.facts.keys():
            return None
        days = asked.moment.days(asking.get("reach_back", ""))
        for one in self._holders("first_violation", asking):
            in_time = covers(one.get("in_force", {}), days, self.known) is not False
            if self.is_known(_published(one)) and in_time:
                return Definition(one["first_violation"], asked.case, self.violations).record()
        return None

    def _holders(self, key: str, asking: Data) -> list[Data]:
        """Rulesets with a key that speak to the asking one: itself, then the nearest above."""
        places, department = region_line(asking.get("region", "national")), asking.get("department")
        holders = [
            one
            for one in self.documents
            if one["document"] == "ruleset"
            and key in one
            and one["region"] in places
            and one.get("department") in (None, department)
            and (self.drafts or one["instrument"]["kind"] != "draft")
        ]
        return sorted(
            holders,
            key=lambda one: (
                one["id"] != asking.get("id"),
                places.index(one["region"]),
                one.get("department") != department,
            ),
        )

    def _reader(self, ruleset: Data, days: Span) -> Reader:
        """Reads the conditions of a ruleset as they are meant on the days."""
        return Reader(self.facts, lambda name: self._concept(name, ruleset, days))

    def _concept(self, name: str, asking: Data, days: Span) -> Node:
        """What a concept means for a ruleset: its own definition, or the nearest in force."""
        for one in self._holders("define", asking):
            if name not in one["define"]:
                continue
            given = one["define"][name]
            own = {**one.get("in_force", {}), **given.get("in_force", {})}
            if self.is_known(_published(one)) and covers(own, days, self.known):
                return self._reader(one, days).when(given)
        raise LookupError(name)


@dataclass(frozen=True)
class _Asked:
    """What the law is asked about."""

    case: Data
    violation: Data
    moment: Moment
    elements: frozenset[str]


def _told(history: Record | None, case: Data) -> dict[str, Any]:
    """What nobody stated and the record tells."""
    if history is None:
        return {}
    found = {"first_violation": history.first, "prior_count": history.count}
    stated = case.get("facts", {})
    return {key: told for key, told in found.items() if told is not None and key not in stated}


def _published(ruleset: Data) -> str | None:
    found: str | None = ruleset.get("published", ruleset["instrument"].get("issued"))
    return found


def in_force(given: Data, ruleset: Data) -> tuple[Data, str | None]:
    """Days of a rule, and when it was published: its own, its batch's, its ruleset's."""
    batches = {one["id"]: one for one in ruleset.get("batches", [])}
    batch = batches.get(given.get("batch"), {})
    began = batch.get("in_force", batch.get("published"))
    found = {**ruleset.get("in_force", {}), **({"from": began} if began else {})}
    found.update(given.get("in_force", {}))
    for other in ruleset.get("rules", []):
        if other.get("replaces") == given["id"]:
            interval, published = in_force(other, ruleset)
            found["until"] = interval["from"]
            found["end_published"] = published or interval["from"]
    for one in ruleset.get("batches", []):
        if given["id"] in one.get("repeals", []):
            found["until"] = one.get("in_force", one.get("published"))
            found["end_published"] = one.get("published", found["until"])
    return found, batch.get("published", _published(ruleset))


def _without_supplements(rules: Iterable[Rule]) -> list[Rule]:
    """Without what a supplementing ruleset says where a list above it speaks in force."""
    given = list(rules)
    found = []
    for rule in given:
        above = [
            one
            for one in given
            if one.axis == rule.axis and one.depth < rule.depth and one.special
            if "list" in one.given
        ]
        if not rule.ruleset.get("supplements") or not above:
            found.append(rule)
        elif all(one.doubtful for one in above):
            found.append(replace(rule, doubtful=True))
    return found


def split(rules: Iterable[Rule], facts: Mapping[str, Any]) -> tuple[list[Rule], list[Rule]]:
    """The rules that hold, and those that cannot be told."""
    found = [(rule, rule.truth(facts)) for rule in rules]
    return [rule for rule, told in found if told], [rule for rule, told in found if told is None]
