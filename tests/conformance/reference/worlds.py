"""A world of plain documents, and which of its rules speak about a case."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeAlias

from conformance.reference.conditions import Count, Data, Node, Reader, Truth, truth, without

GRADES = ("exempt", "mitigated", "lighter", "ordinary", "heavier")
LEVELS = ("document", "rule", "local_regulation", "administrative_regulation", "law")
ORDINARY, HEAVIER = 3, 4
Span: TypeAlias = tuple[date, date]


def day(raw: str, *, last: bool = False) -> date:
    """A day, or the first or last day of a month or year."""
    parts = [int(part) for part in raw.split("-")]
    if len(parts) == 3:
        return date(*parts)
    year, month = parts[0], parts[1] if len(parts) > 1 else (12 if last else 1)
    if not last:
        return date(year, month, 1)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def span(raw: Any) -> Span:  # noqa: ANN401 - a date, a rough date, or a pair of days
    """The first and the last day that a written date may be."""
    if isinstance(raw, dict):
        ends = raw.get("earliest"), raw.get("latest")
        return day(ends[0]) if ends[0] else date.min, day(ends[1]) if ends[1] else date.max
    return day(raw), day(raw, last=True)


def covers(interval: Data, days: Span, known: date | None) -> Truth:
    """Whether something was in force on all of the days; None if only on some."""
    start = day(interval["from"]) if "from" in interval else date.min
    until = day(interval["until"]) if "until" in interval else date.max
    announced = interval.get("end_published")
    if known and announced and day(announced) > known:
        until = date.max
    if days[1] < start or (until <= days[0] and until != date.max):
        return False
    return True if start <= days[0] and (days[1] < until or until == date.max) else None


def line(region: str) -> list[str]:
    """A region and those above it, nearest first."""
    if region == "national":
        return [region]
    codes = dict.fromkeys((region, region[:4] + "00", region[:2] + "0000"))
    return [*codes, "national"]


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
        mine, theirs = ([(r.id, r.node, r.doubtful) for r in law.penalty] for law in (self, other))
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
        places = line(region)
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

    def _is_known(self, published: str | None) -> bool:
        return not (self.known and published) or day(published) <= self.known

    def law(self, case: Data, moment: Moment) -> Law:
        """The law about the case's violation at its place."""
        violation = self.violations[case["violation"]]
        department = violation["department"]
        near = self._rulesets(case["region"])
        speaking = [
            one
            for one in near
            if one.get("department") in (None, department)
            and self._is_known(_published(one))
            and covers(one.get("in_force", {}), moment.days(one.get("reach_back", "")), self.known)
            is not False
        ]
        rules = [rule for one in near for rule in self._speaking(one, case, violation, moment)]
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
        known = [one for one in given if self._is_known(one.get("published"))]
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

    def _speaking(
        self, ruleset: Data, case: Data, violation: Data, moment: Moment
    ) -> Iterator[Rule]:
        days = moment.days(ruleset.get("reach_back", ""))
        for given in ruleset.get("rules", []):
            interval, published = _in_force(given, ruleset)
            departments = given.get("departments", [ruleset.get("department")])
            general = "violations" not in given
            if (
                not self._is_known(published)
                or (general and given.get("ground") in violation.get("displaces", []))
                or case["violation"] not in given.get("violations", [case["violation"]])
                or (departments != [None] and violation["department"] not in departments)
            ):
                continue
            speaks = covers(interval, days, self.known)
            if speaks is not False:
                yield self._rule(given, ruleset, case, interval, doubtful=speaks is None, days=days)

    def _rule(
        self,
        given: Data,
        ruleset: Data,
        case: Data,
        interval: Data,
        *,
        doubtful: bool,
        days: Span,
    ) -> Rule:
        reader = self._reader(ruleset, days)
        nodes = [reader.when(one) for one in (ruleset.get("preamble", {}), given)]
        if "unexpressed" in given:
            name = f"{ruleset['id']}/{given['id']}#unexpressed"
            judged = Reader({name: {"kind": "boolean"}}, reader.defined)
            nodes.append(judged.read(name))
        listed = ruleset.get("lists", {}).get(given.get("list"), {}).get("effect")
        permits = given.get("permits", [listed] if listed in GRADES else [])
        node: Node = Count(len(nodes), tuple(nodes))
        elements = frozenset(self.violations[case["violation"]].get("elements", []))
        if "heavier" in permits:
            node = without(node, elements)
        default = "compulsion" if listed == "no_compulsion" else "penalty"
        return Rule(
            id=f"{ruleset['id']}/{given['id']}",
            given=given,
            ruleset=ruleset,
            node=node,
            permits=tuple(GRADES.index(grade) for grade in permits),
            ground=given.get("ground", "listed"),
            axis=given.get("axis", default),
            depth=len(line(ruleset["region"])) - 1,
            start=day(interval["from"]) if "from" in interval else date.min,
            doubtful=doubtful,
        )

    def _reader(self, ruleset: Data, days: Span) -> Reader:
        """Reads the conditions of a ruleset as they are meant on the days."""
        return Reader(self.facts, lambda name: self._concept(name, ruleset, days))

    def _concept(self, name: str, asking: Data, days: Span) -> Node:
        """What a concept means for a ruleset: its own definition, or the nearest in force."""
        region, department = asking.get("region", "national"), asking.get("department")
        places = line(region)
        holders = [
            one
            for one in self.documents
            if name in one.get("define", {})
            and one["region"] in places
            and one.get("department") in (None, department)
        ]
        holders.sort(
            key=lambda one: (
                one["id"] != asking.get("id"),
                places.index(one["region"]),
                one.get("department") != department,
            )
        )
        for one in holders:
            given = one["define"][name]
            own = {**one.get("in_force", {}), **given.get("in_force", {})}
            if self._is_known(_published(one)) and covers(own, days, self.known):
                return self._reader(one, days).when(given)
        raise LookupError(name)


def _published(ruleset: Data) -> str | None:
    found: str | None = ruleset.get("published", ruleset["instrument"].get("issued"))
    return found


def _in_force(given: Data, ruleset: Data) -> tuple[Data, str | None]:
    """Days of a rule, and when it was published: its own, its batch's, its ruleset's."""
    batches = {one["id"]: one for one in ruleset.get("batches", [])}
    batch = batches.get(given.get("batch"), {})
    began = batch.get("in_force", batch.get("published"))
    found = {**ruleset.get("in_force", {}), **({"from": began} if began else {})}
    found.update(given.get("in_force", {}))
    for other in ruleset.get("rules", []):
        if other.get("replaces") == given["id"]:
            interval, published = _in_force(other, ruleset)
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
    found = [(rule, truth(rule.node, facts)) for rule in rules]
    held = [rule for rule, told in found if told is True and not rule.doubtful]
    return held, [rule for rule, told in found if told is not False and rule not in held]
