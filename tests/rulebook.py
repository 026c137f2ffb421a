"""Rulesets over a small vocabulary, and the law that a selector finds in them."""

from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from typing import Any

import attrs

from bizrules.conditions import Condition, Op, Test
from bizrules.facts import Kind
from bizrules.penalties import Grade, Modality
from bizrules.provenance import Citation, Instrument, InstrumentKind, NormLevel
from bizrules.regions import Region, parse_regions
from bizrules.rules import Duty, Ground, Rule, Ruleset, Trigger, Violation
from bizrules.selection import Candidate, Moment, Selector, Stretch
from bizrules.values import DateSpan, Interval
from strategies import fact, text, vocabulary_of

REGIONS = parse_regions((files("bizrules") / "data" / "regions.csv").read_text(encoding="utf-8"))
NATIONAL, YUNNAN, KUNMING, PANLONG = "000000", "530000", "530100", "530103"
VOCABULARY = vocabulary_of(
    [
        fact("recalled", Kind.BOOLEAN),
        fact("incident", Kind.BOOLEAN),
        fact("first_violation", Kind.BOOLEAN),
        fact("prior_count", Kind.INTEGER),
        fact("age_at_act", Kind.INTEGER),
        fact("days_to_correct", Kind.DAYS),
        fact("party_is_minor", Kind.BOOLEAN),
        fact("violation_months", Kind.INTEGER),
    ]
)
DERIVED = {
    "age_at_act": False,
    "party_is_minor": False,
    "days_to_correct": False,
    "violation_months": False,
    "first_violation": True,
    "prior_count": True,
}
CITE = Citation("行政处罚法", "33")
DAY = DateSpan.on(date(2022, 6, 1))


def holds(name: str) -> Condition:
    """The condition that a boolean fact is true."""
    return Test((name,), Op.IS, True)


def ruleset(name: str, region: str = PANLONG, **changes: Any) -> Ruleset:  # noqa: ANN401 - any field
    """A ruleset; what it holds gets its id, its region and, unless it has its own, its days."""
    base = Ruleset(
        id=name,
        version="1",
        title=text(name),
        region=region,
        instrument=Instrument(name=name, level=NormLevel.DOCUMENT, kind=InstrumentKind.LIST),
    )
    made = attrs.evolve(base, **changes)
    rules = [
        attrs.evolve(
            rule,
            id=f"{name}/{rule.id}",
            ruleset=name,
            region=region,
            in_force=rule.in_force if rule.in_force != Interval() else made.in_force,
        )
        for rule in made.rules
    ]
    duties = tuple(attrs.evolve(duty, ruleset=name) for duty in made.duties)
    return attrs.evolve(made, rules=tuple(rules), duties=duties)


def rule(name: str = "1", **changes: Any) -> Rule:  # noqa: ANN401 - any field
    """A rule that may exempt from every violation."""
    base = Rule(
        id=name,
        ruleset="",
        title=text(name),
        ground=Ground.LISTED,
        permits=(Grade.EXEMPT,),
        modality=Modality.MAY,
        citations=(CITE,),
        level=NormLevel.DOCUMENT,
        region=NATIONAL,
    )
    return attrs.evolve(base, **changes)


def duty(name: str, **changes: Any) -> Duty:  # noqa: ANN401 - any field
    """A duty that always follows."""
    base = Duty(id=name, ruleset="set", text=text(name), trigger=Trigger.ALWAYS, citations=(CITE,))
    return attrs.evolve(base, **changes)


FOOD = Violation(id="food", title=text("food"), department="market_regulation", field="food")
FIRE = Violation(id="fire", title=text("fire"), department="fire_rescue", field="fire")


def selector(
    *rulesets: Ruleset,
    violation: Violation = FOOD,
    known_on: date | None = None,
    zones: Iterable[Region] = (),
) -> Selector:
    """A selector over the rulesets, with the violation under its own id and a fire matter."""
    return Selector(
        vocabulary=VOCABULARY,
        rulesets=rulesets,
        violations={violation.id: violation, FIRE.id: FIRE},
        regions=REGIONS.with_zones(zones),
        derived=DERIVED,
        as_known_on=known_on,
    )


def stretch(
    *rulesets: Ruleset,
    violation: Violation = FOOD,
    region: str = PANLONG,
    on: DateSpan = DAY,
    known_on: date | None = None,
) -> Stretch:
    """The law of the place about the violation on those days."""
    made = selector(*rulesets, violation=violation, known_on=known_on)
    return made.stretch(region, violation.id, Moment.on(on))


def ids(candidates: Iterable[Candidate]) -> list[str]:
    """The ids of the rules."""
    return [candidate.rule.id for candidate in candidates]


def since(day: date) -> Interval:
    """In force from a day on."""
    return Interval(day)
