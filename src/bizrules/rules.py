"""Rules, lists, grounds, definitions and the rulesets that issue them together."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cached_property

import attrs

from bizrules.conditions import ALWAYS, Condition
from bizrules.history import FirstViolation
from bizrules.penalties import BandTable, FineEffect, Grade, Modality, PenaltyKind, Provision
from bizrules.provenance import (
    Citation,
    Instrument,
    InstrumentKind,
    Location,
    NormLevel,
    Status,
    Text,
)
from bizrules.values import Interval


class Axis(Enum):
    """What a list bears on: the penalty, or the compulsory measures. The two never mix."""

    PENALTY = "penalty"
    COMPULSION = "compulsion"


class Ground(Enum):
    """Door through which a rule goes (法定事由). Doors stay apart.

    *Source*: 行政处罚法 30, 31, 32, 33, 36, 49, 57; 行政强制法 5, 16, 23, 39, 42, 43.
    """

    NOT_ESTABLISHED = "not_established"
    AGE = "age"
    INCAPACITY = "incapacity"
    MINOR = "minor"
    FIRST = "first"
    NO_FAULT = "no_fault"
    LIMITATION = "limitation"
    REMEDY = "remedy"
    DURESS = "duress"
    CONFESSION = "confession"
    MERIT = "merit"
    EMERGENCY = "emergency"
    REPEAT = "repeat"
    AGGRAVATION = "aggravation"
    SPECIAL = "special"
    NECESSITY = "necessity"
    PROPERTY = "property"
    HARDSHIP = "hardship"
    TIME = "time"
    LISTED = "listed"


class Effect(Enum):
    """Effect of a list on its axis."""

    EXEMPT = "exempt"
    MITIGATED = "mitigated"
    LIGHTER = "lighter"
    HEAVIER = "heavier"
    NO_COMPULSION = "no_compulsion"


@attrs.frozen(kw_only=True)
class ListKind:
    """One of the lists of a ruleset (清单), with its printed name."""

    id: str
    name: Text
    effect: Effect


class Measure(Enum):
    """A compulsory measure or a way of execution.

    *Source*: 行政强制法 9 (measures), 12 (execution).
    """

    RESTRAINT = "restraint"
    SEALING = "sealing"
    SEIZURE = "seizure"
    FREEZING = "freezing"
    OTHER_MEASURE = "other_measure"
    ADDITIONAL_FINE = "additional_fine"
    TRANSFER = "transfer"
    AUCTION = "auction"
    RESTORATION = "restoration"
    SUBSTITUTE_PERFORMANCE = "substitute_performance"
    UTILITIES_CUT = "utilities_cut"
    OTHER_EXECUTION = "other_execution"

    @property
    def is_execution(self) -> bool:
        """Whether it is execution (强制执行) rather than a measure (强制措施)."""
        return self not in _MEASURES


_MEASURES = frozenset(
    {Measure.RESTRAINT, Measure.SEALING, Measure.SEIZURE, Measure.FREEZING, Measure.OTHER_MEASURE}
)


class Reach(Enum):
    """Whether the rules of a ruleset reach back to acts before them (溯及力).

    IF_MORE_LENIENT: as law does (从旧兼从轻); NEVER: only acts committed while they are in force;
    ALWAYS: every case decided while they are in force.

    *Source*: 行政处罚法 37 for laws, regulations and rules; a normative document says it itself.
    """

    IF_MORE_LENIENT = "if_more_lenient"
    NEVER = "never"
    ALWAYS = "always"


@attrs.frozen(kw_only=True)
class Unexpressed:
    """A condition of the instrument that the language cannot say, with the reason."""

    text: Text
    reason: Text


@attrs.frozen(kw_only=True)
class RuleEffect:
    """What a rule orders beyond its grade.

    Attributes:
        waives: Kinds of penalty it waives; empty waives what the grade waives.
        keeps: Kinds that stay in spite of it (such as confiscation).
        instead: Kind ordered in place of a fine; a warning is a penalty, so this is no exemption.
        fine: What it fixes about the fine.
    """

    waives: frozenset[PenaltyKind] = frozenset()
    keeps: frozenset[PenaltyKind] = frozenset()
    instead: PenaltyKind | None = None
    fine: FineEffect | None = None


@attrs.frozen(kw_only=True)
class Rule:
    """Conditions under which a list or a ground of law applies (清单条目、法定情节).

    Attributes:
        id: Full id, `ruleset/rule`.
        ruleset: Id of its ruleset.
        title: Its name.
        list: Id of the list it stands on, in its ruleset; None for a ground of law off the lists.
        ground: Its door.
        axis: Penalty or compulsion.
        permits: Grades it permits, the one the norm names first in front; empty for compulsion.
        modality: SHALL or MAY.
        violations: Violations it is for; None for all.
        departments: Departments it is for; None for all.
        measures: Measures it is for; None for all. Only on the compulsion axis.
        condition: When it applies, preamble and exceptions included.
        effect: What it orders beyond the grade.
        citations: Articles it rests on; never empty.
        level: Rank of its norm.
        region: Region of its ruleset.
        in_force: Days on which it is in force.
        published: Day from which it was known; None if not recorded.
        reach: Whether it reaches back to acts before it.
        batch: Batch with which it came; None if its ruleset has no batches.
        replaces: Earlier version of the same entry, ended by this one.
        refines: Entry of a superior ruleset that it spells out for its place.
        entry: Number as printed.
        status: How well it is attested.
        unexpressed: Conditions that could not be expressed.
        note: A remark for readers.
    """

    id: str
    ruleset: str
    title: Text
    list: str | None = None
    ground: Ground
    axis: Axis = Axis.PENALTY
    permits: tuple[Grade, ...] = ()
    modality: Modality
    violations: frozenset[str] | None = None
    departments: frozenset[str] | None = None
    measures: frozenset[Measure] | None = None
    condition: Condition = ALWAYS
    effect: RuleEffect = RuleEffect()
    citations: tuple[Citation, ...]
    level: NormLevel
    region: str
    in_force: Interval = Interval()
    published: date | None = None
    reach: Reach = Reach.IF_MORE_LENIENT
    batch: str | None = None
    replaces: str | None = None
    refines: str | None = None
    entry: str | None = None
    status: Status = Status.CONFIRMED
    unexpressed: tuple[Unexpressed, ...] = ()
    note: Text | None = None
    location: Location | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def is_lenient(self) -> bool:
        """Whether it permits a grade below ORDINARY."""
        return any(grade < Grade.ORDINARY for grade in self.permits)

    @property
    def is_heavier(self) -> bool:
        """Whether it permits HEAVIER."""
        return Grade.HEAVIER in self.permits

    @property
    def is_exemption(self) -> bool:
        """Whether EXEMPT is the grade it names first."""
        return self.permits[:1] == (Grade.EXEMPT,)

    @property
    def is_general(self) -> bool:
        """Whether it is for all violations."""
        return self.violations is None


class CalendarKind(Enum):
    """How a period is counted: calendar days (自然日), working days (工作日) or months (月)."""

    CALENDAR = "calendar"
    WORKING = "working"
    MONTHS = "months"


@attrs.frozen(kw_only=True)
class Deadline:
    """A period of a duty.

    Attributes:
        length: How many days (or hours, or months).
        kind: Calendar or working days: 2, 3, 5 and 7 days are working days (行政处罚法 85).
        anchor: Date from which it runs: `committed`, `discovered`, `filed`, `notified`, `decided`,
            or the name of a date fact.
        before: Whether it runs back from that date, as a notice ahead of a hearing does.
        hours: Whether the length is in hours.
        extended_by: Facts whose days are added, such as the days a test took.
        waits: Whether the act is open only once the period is over (方可), not until its end.
    """

    length: int
    kind: CalendarKind = CalendarKind.CALENDAR
    anchor: str
    before: bool = False
    hours: bool = False
    extended_by: tuple[str, ...] = ()
    waits: bool = False


@attrs.frozen(kw_only=True)
class Accrual:
    """What grows day by day after a period has run out (加处罚款).

    *Source*: 行政处罚法 72; 行政强制法 45.

    Attributes:
        rate: Share of the amount added a day.
        cap: Share of the amount beyond which it does not grow.
    """

    rate: Fraction
    cap: Fraction = Fraction(1)


class Trigger(Enum):
    """What kind of outcome a duty follows."""

    ALWAYS = "always"
    CRIME = "crime"
    EXEMPT = "exempt"
    PENALTY = "penalty"
    FINE = "fine"
    MITIGATED = "mitigated"
    CONTESTED = "contested"
    MEASURE = "measure"
    EXECUTION = "execution"
    GROUND = "ground"


@attrs.frozen(kw_only=True)
class Duty:
    """What follows by law from an outcome (后续义务), declared once.

    Attributes:
        id: Full id, `ruleset/duty`.
        text: What has to be done.
        trigger: Outcome it follows.
        grounds: With the trigger `ground`: grounds one of which must have settled the outcome.
        except_grounds: With the trigger `exempt`: grounds on which it does not follow. Where any
            are named, a rule on another ground must have carried the outcome.
        measures: With a trigger about measures: measures it is for; None for all.
        when: A condition of the case besides.
        departments: Departments it is for; None for all.
        modality: SHALL or MAY.
        deadline: By when, if the norm says so.
        accrues: What grows day by day once the deadline has passed.
        met_by: Date that shows when it was done: of the case, as for a deadline, or a date fact.
        citations: Articles it rests on.
        in_force: Days on which it is in force.
    """

    id: str
    ruleset: str
    text: Text
    trigger: Trigger
    grounds: frozenset[Ground] = frozenset()
    except_grounds: frozenset[Ground] = frozenset()
    measures: frozenset[Measure] | None = None
    when: Condition = ALWAYS
    departments: frozenset[str] | None = None
    modality: Modality = Modality.SHALL
    deadline: Deadline | None = None
    accrues: Accrual | None = None
    met_by: str | None = None
    citations: tuple[Citation, ...]
    in_force: Interval = Interval()
    location: Location | None = attrs.field(default=None, eq=False, repr=False)


class Combination(Enum):
    """How lenient and heavier circumstances combine in a ruleset that says so.

    CONTEST proposes nothing (the default); LENIENT and HEAVIER let one side prevail;
    ORDINARY sets them off against each other.
    """

    CONTEST = "contest"
    LENIENT = "lenient"
    HEAVIER = "heavier"
    ORDINARY = "ordinary"


@attrs.frozen(kw_only=True)
class Batch:
    """A batch of a published list, with the counts its issuer gave.

    Attributes:
        id: Its name.
        published: When it was published.
        in_force: First day of its entries; None for the day it was published.
        repeals: Entries of earlier batches that it repeals, by full id.
        counts: How many entries of each list.
        total: How many entries.
        note: A remark for readers.
    """

    id: str
    published: date | None = None
    in_force: date | None = None
    repeals: tuple[str, ...] = ()
    counts: Mapping[str, int] = attrs.field(factory=dict, hash=False)
    total: int | None = None
    note: Text | None = None


@attrs.frozen(kw_only=True)
class Definition:
    """A legal concept with its condition, reusable by name inside its ruleset and below it.

    Attributes:
        name: Its name.
        ruleset: Ruleset that holds it.
        label: What it is called.
        condition: What it means.
        citations: Where it is defined.
        in_force: Days on which it is in force.
        published: Day from which it was known; None if not recorded.
        others: Other definitions of the concept in its place, nearest first, for other days.
    """

    name: str
    ruleset: str
    label: Text
    condition: Condition
    citations: tuple[Citation, ...] = ()
    in_force: Interval = Interval()
    published: date | None = None
    others: "tuple[Definition, ...]" = ()
    location: Location | None = attrs.field(default=None, eq=False, repr=False)


class RuleTable(Sequence[Rule]):
    """Rules that are read only when they are asked for, as those of a bundle are."""

    __slots__ = ()

    @abstractmethod
    def about(self, violation: str) -> tuple[Rule, ...]:
        """The rules that name the violation and those for all, in their order."""

    @property
    @abstractmethod
    def ids(self) -> Sequence[str]:
        """Their ids, in their order."""


@attrs.frozen(kw_only=True)
class Ruleset:
    """Rules issued together (规则集).

    Attributes:
        id: Its id.
        version: Version of the encoding.
        title: Its name.
        region: GB/T 2260 code of where it applies; `000000` is the whole country.
        department: Department it is for; None for all.
        instrument: The document that carries it.
        in_force: Days on which it is in force.
        published: Day from which it was known.
        reach: Whether its rules reach back to acts before them.
        checked_on: Day on which its content was last compared with the source.
        supplements: Whether it is silent where a superior ruleset speaks.
        lists: Lists by id.
        definitions: Definitions by name.
        first_violation: Its definition of a first violation, if it has one.
        bands: Its band tables.
        combination: How lenient and heavier circumstances combine, if it says so.
        batches: Batches its issuer published.
        rules: Its rules.
        duties: Duties it declares.
        digest: SHA-256 of its content.
        plugin: Package that ships it.
    """

    id: str
    version: str
    title: Text
    region: str
    department: str | None = None
    instrument: Instrument
    in_force: Interval = Interval()
    published: date | None = None
    reach: Reach = Reach.IF_MORE_LENIENT
    checked_on: date | None = None
    status: Status = Status.CONFIRMED
    supplements: bool = False
    lists: Mapping[str, ListKind] = attrs.field(factory=dict, hash=False)
    definitions: Mapping[str, Definition] = attrs.field(factory=dict, hash=False)
    first_violation: FirstViolation | None = None
    bands: tuple[BandTable, ...] = ()
    combination: Combination | None = None
    batches: tuple[Batch, ...] = ()
    rules: Sequence[Rule] = ()
    duties: tuple[Duty, ...] = ()
    digest: str = ""
    plugin: str = "bizrules"
    location: Location | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def is_draft(self) -> bool:
        """Whether its instrument is a draft put out for comment (征求意见稿), not yet law."""
        return self.instrument.kind is InstrumentKind.DRAFT

    @property
    def known_from(self) -> date | None:
        """Day from which it was known: as recorded, else the day its instrument was issued."""
        return self.published or self.instrument.issued

    @property
    def put_out(self) -> date | None:
        """Day on which a draft was put out for comment; None if not recorded."""
        return self.known_from or self.in_force.start

    def rules_on(self, violation: str) -> tuple[Rule, ...]:
        """Its rules that speak about a violation: those that name it, and those for all."""
        rules = self.rules
        if isinstance(rules, RuleTable):
            return rules.about(violation)
        general, about = self._places
        numbers = sorted((*about.get(violation, ()), *general))
        return tuple(rules[number] for number in numbers)

    @cached_property
    def _places(self) -> tuple[tuple[int, ...], Mapping[str, tuple[int, ...]]]:
        """Where the rules for all violations stand, and those about each that is named."""
        return rule_places(self.rules)

    def successor(self, rule: Rule) -> Rule | None:
        """The later version of the entry, if there is one."""
        return next((one for one in self.rules if one.replaces == rule.id), None)

    def repealing(self, rule: Rule) -> Batch | None:
        """The batch that repealed the rule, if one did."""
        return next((one for one in self.batches if rule.id in one.repeals), None)


class RulesById(Mapping[str, Rule]):
    """The rules of several rulesets by their ids, each read when it is asked for."""

    __slots__ = ("_places",)

    def __init__(self, rulesets: Iterable[Ruleset]) -> None:
        """Note where each rule stands."""
        self._places: dict[str, tuple[Sequence[Rule], int]] = {}
        for ruleset in rulesets:
            rules = ruleset.rules
            ids = rules.ids if isinstance(rules, RuleTable) else [rule.id for rule in rules]
            self._places.update((one, (rules, number)) for number, one in enumerate(ids))

    def __getitem__(self, rule_id: str) -> Rule:
        """The rule of that id."""
        rules, number = self._places[rule_id]
        return rules[number]

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def rule_places(
    rules: Sequence[Rule],
) -> tuple[tuple[int, ...], Mapping[str, tuple[int, ...]]]:
    """Numbers of the rules for all violations, and of those that name each violation."""
    general: list[int] = []
    about: dict[str, list[int]] = {}
    for number, rule in enumerate(rules):
        if rule.violations is None:
            general.append(number)
        else:
            for violation in rule.violations:
                about.setdefault(violation, []).append(number)
    return tuple(general), {name: tuple(found) for name, found in about.items()}


@attrs.frozen(kw_only=True)
class LimitationPeriod:
    """A limitation period of a special law (行政处罚法 36: 法律另有规定的除外)."""

    months: int
    citations: tuple[Citation, ...]


@attrs.frozen(kw_only=True)
class Violation:
    """An entry of the violation catalogue (违法行为).

    Attributes:
        id: Its id, `field.name`.
        title: What it is called.
        department: Department that enforces it.
        field: Field of law, for priors of the same field.
        broken: Norms broken.
        provisions: Penalty provisions, each in its versions; the one in force is taken.
        no_provision: Why there is none, where that is known.
        elements: Facts that are elements of the offence and cannot make it heavier again.
        limitation: Limitation period of a special law, if it has one.
        displaces: Grounds that a law or administrative regulation displaces for it.
        absorbs: Violations that merge into it where one act breaks both (吸收), as a means does
            in its end.
        special_to: Violations whose general provision it displaces (特别规定优先).
        in_force: Days on which it is a violation.
    """

    id: str
    title: Text
    department: str
    field: str
    broken: tuple[Citation, ...] = ()
    provisions: tuple[Provision, ...] = ()
    no_provision: Text | None = None
    elements: frozenset[str] = frozenset()
    limitation: LimitationPeriod | None = None
    displaces: frozenset[Ground] = frozenset()
    absorbs: frozenset[str] = frozenset()
    special_to: frozenset[str] = frozenset()
    in_force: Interval = Interval()
    location: Location | None = attrs.field(default=None, eq=False, repr=False)
