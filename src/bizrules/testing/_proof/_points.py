"""What golden cases have to show of rules (验证点), and which of it they do show."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import Final, TypeAlias

import attrs

from bizrules.conditions import Test
from bizrules.engine import Engine
from bizrules.facts import Value, Vocabulary
from bizrules.provenance import Location, Text
from bizrules.rules import Rule, Ruleset
from bizrules.testing._boundaries import Boundary, boundaries_of
from bizrules.testing._proof._forms import Leaf, form_of
from bizrules.wording import both, condition_text, join, phrase, quoted, say_value

Key: TypeAlias = tuple[object, ...]
"""What makes two points the same."""


class Shows(Enum):
    """What a point is about.

    A rule holds, or fails; one of its conditions is decisive where it is met, or where it is not;
    a condition that is decisive lies at its border, on the side where it is met or on the other.
    """

    HOLDS = "holds"
    FAILS = "fails"
    MET = "met"
    NOT_MET = "not_met"
    BORDER_MET = "border_met"
    BORDER_NOT_MET = "border_not_met"

    @property
    def part(self) -> str:
        """What it belongs to: `rules`, `conditions` or `borders`."""
        return _PARTS[self]

    @property
    def side(self) -> bool:
        """The truth of the rule, condition or test that has to be seen."""
        return self in (Shows.HOLDS, Shows.MET, Shows.BORDER_MET)


_PARTS: Final[Mapping[Shows, str]] = {
    Shows.HOLDS: "rules",
    Shows.FAILS: "rules",
    Shows.MET: "conditions",
    Shows.NOT_MET: "conditions",
    Shows.BORDER_MET: "borders",
    Shows.BORDER_NOT_MET: "borders",
}
PARTS: Final = ("rules", "conditions", "borders")
"""The kinds of points, in the order in which they are counted."""


@attrs.frozen(kw_only=True, eq=False)
class Point:
    """One thing that a golden case has to show (验证点).

    Attributes:
        shows: What it is about.
        rules: Ids of the rules it is shown by, any of them; several where a condition is written
            once for several rules.
        ruleset: Id of their ruleset.
        leaf: The condition; None for a rule as a whole.
        boundary: The border of the condition, if it is about one.
        text: What has to be shown, in words.
    """

    shows: Shows
    rules: tuple[str, ...]
    ruleset: str
    leaf: Leaf | None = None
    boundary: Boundary | None = None
    text: Text

    @property
    def subject(self) -> str:
        """The rule it belongs to; the ruleset where several rules share the condition."""
        return self.rules[0] if len(self.rules) == 1 else self.ruleset

    @property
    def place(self) -> Location | None:
        """Where the condition is written."""
        return None if self.leaf is None else self.leaf.place

    @property
    def key(self) -> Key:
        """What makes two points the same."""
        if self.leaf is None:
            return (self.shows, self.rules[0])
        return point_key(self.shows, self.leaf, self.boundary)


def point_key(shows: Shows, leaf: Leaf, boundary: Boundary | None = None) -> Key:
    """The key of a point about a condition."""
    border = () if boundary is None else (boundary.rising, boundary.holds)
    return (shows, leaf, *border)


@attrs.frozen(kw_only=True)
class Shown:
    """A point with the golden cases that show it.

    Attributes:
        point: The point.
        by: Ids of the cases, a few of them.
        possible: Whether any case could show it. Some conditions can never be decisive: that the
            goods are worth less than 500 yuan where they have to be worth less than 100 anyway.
    """

    point: Point
    by: tuple[str, ...] = ()
    possible: bool = True

    @property
    def is_missing(self) -> bool:
        """Whether some case could show it and none does."""
        return self.possible and not self.by


@attrs.frozen(kw_only=True)
class Count:
    """How many points could be shown, and how many are."""

    shown: int = 0
    total: int = 0

    @property
    def share(self) -> Fraction:
        """The share that is shown; all of nothing is all. *Unit*: 0 to 1."""
        return Fraction(self.shown, self.total) if self.total else Fraction(1)

    @property
    def percent(self) -> str:
        """The share in percent with one decimal, rounded down: 100.0 means all."""
        tenths = self.share * 1000 // 1
        return f"{tenths // 10}.{tenths % 10}"


def count(found: Iterable[Shown]) -> Count:
    """How many of the points could be shown, and how many are."""
    possible = [one for one in found if one.possible]
    return Count(shown=sum(1 for one in possible if one.by), total=len(possible))


@attrs.frozen(kw_only=True, eq=False)
class Proof:
    """What golden cases show of rules, and what they leave out.

    Attributes:
        points: Every point, rule by rule in the order of the rulesets.
        rulesets: The rulesets, by id.
        rules: The rules, by id.
        cases: How many golden cases were looked at.
    """

    points: tuple[Shown, ...]
    rulesets: Mapping[str, Ruleset]
    rules: Mapping[str, Rule]
    cases: int

    @cached_property
    def by_subject(self) -> Mapping[str, tuple[Shown, ...]]:
        """The points of every rule; under the id of a ruleset those that its rules share."""
        found: dict[str, list[Shown]] = {name: [] for name in self.rules}
        for one in self.points:
            found.setdefault(one.point.subject, []).append(one)
        return {name: tuple(points) for name, points in found.items()}

    @cached_property
    def by_ruleset(self) -> Mapping[str, tuple[Shown, ...]]:
        """The points of every ruleset."""
        found: dict[str, list[Shown]] = {name: [] for name in self.rulesets}
        for one in self.points:
            found[one.point.ruleset].append(one)
        return {name: tuple(points) for name, points in found.items()}

    @property
    def missing(self) -> tuple[Shown, ...]:
        """The points that some case could show and none does."""
        return tuple(one for one in self.points if one.is_missing)

    def count(self, part: str | None = None) -> Count:
        """How many points there are and are shown, of one of `PARTS` or of all."""
        return count(o for o in self.points if part is None or o.point.shows.part == part)


def points_of(rules: Mapping[str, Rule], engine: Engine) -> Iterator[Point]:
    """Every point about the rules: each rule's own, and what rules share at the first of them.

    Args:
        rules: The rules, by id.
        engine: What knows the facts.
    """
    forms = {name: form_of(rule.condition, rule) for name, rule in rules.items()}
    users: dict[Leaf, list[str]] = {}
    for name, form in forms.items():
        for leaf in dict.fromkeys(form.leaves):
            users.setdefault(leaf, []).append(name)
    told: set[Leaf] = set()
    for name, rule in rules.items():
        yield from _of_rule(rule)
        for leaf in forms[name].leaves:
            if leaf not in told:
                told.add(leaf)
                yield from _of_leaf(leaf, tuple(users[leaf]), rule.ruleset, engine.vocabulary)


def _of_rule(rule: Rule) -> Iterator[Point]:
    for shows in (Shows.HOLDS, Shows.FAILS):
        text = phrase(f"proof.{shows.value}", rule=quoted(rule.title))
        yield Point(shows=shows, rules=(rule.id,), ruleset=rule.ruleset, text=text)


def _of_leaf(
    leaf: Leaf, rules: tuple[str, ...], ruleset: str, vocabulary: Vocabulary
) -> Iterator[Point]:
    said = quoted(condition_text(leaf.node, vocabulary))
    for shows in (Shows.MET, Shows.NOT_MET):
        text = phrase(f"proof.{shows.value}", condition=said)
        yield Point(shows=shows, rules=rules, ruleset=ruleset, leaf=leaf, text=text)
    found = boundaries_of(leaf.node, vocabulary) if isinstance(leaf.node, Test) else ()
    for boundary in found:
        for shows in (Shows.BORDER_MET, Shows.BORDER_NOT_MET):
            yield Point(
                shows=shows,
                rules=rules,
                ruleset=ruleset,
                leaf=leaf,
                boundary=boundary,
                text=_border_text(boundary, shows, said, vocabulary),
            )


def _border_text(boundary: Boundary, shows: Shows, said: Text, vocabulary: Vocabulary) -> Text:
    value = boundary.holds if shows.side else boundary.fails
    if value is None:
        return phrase(f"proof.{shows.value}-share", condition=said)
    facts = [vocabulary[name].label for name in boundary.facts]
    labels = both(lambda lang: join((label.in_(lang) for label in facts), lang))
    return phrase(
        f"proof.{shows.value}",
        condition=said,
        fact=labels,
        value=_said_value(boundary, value),
    )


def _said_value(boundary: Boundary, value: Value) -> Text:
    return both(lambda lang: say_value(boundary.fact, value, lang))
