"""Outcomes: what the library answers, as plain records (处理意见).

Everything here is data. What is costly and not always read (fine, duties, questions, near
misses, traces) is computed on first reading from the outcome's source and then kept.
"""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

import attrs

from bizrules.cases import Case
from bizrules.errors import Problem
from bizrules.facts import Kind
from bizrules.penalties import Grade, Modality, PenaltyKind
from bizrules.provenance import Citation, NormLevel, Text
from bizrules.receipts import Receipt
from bizrules.rules import Axis, Ground, Measure
from bizrules.shared_records import Drafted, Shared
from bizrules.truth import Truth

CHOICE: Final = "choice"
CHANGES: Final = (CHOICE, "grade", "compulsion", "fine", "kinds")
"""What a question can change, in the order in which it is said."""


@attrs.frozen(kw_only=True)
class Trace(Shared):
    """Why a condition has its truth value, as a tree.

    Attributes:
        node: What it is: `all`, `any`, `not`, `at_least`, `per_kind`, `defined`, `test`,
            `in_force`, `element`, `displaced`.
        truth: Its truth.
        text: What it says, in words.
        found: What the case says about it, in words; None if nothing is known.
        facts: Facts it reads.
        derived: Whether a fact was computed rather than stated.
        citations: Where it is defined, for a defined concept.
        definition: Which earlier violations count, in words, for a fact that they tell; whose
            definition it is, for a concept that a local ruleset defines.
        children: The parts.
    """

    node: str
    truth: Truth
    text: Text
    found: Text | None = None
    facts: tuple[str, ...] = ()
    derived: bool = False
    citations: tuple[Citation, ...] = ()
    definition: Text | None = None
    children: "tuple[Trace, ...]" = ()


class TraceSource(Protocol):
    """Computes the trace of a finding when it is read."""

    def trace(self, rule: str) -> Trace:
        """The trace of the rule against the case."""


@attrs.frozen(kw_only=True)
class Finding(Shared):
    """One rule against one case (认定).

    Attributes:
        rule: Id of the rule.
        title: Its name.
        list: Printed name of its list, if it stands on one.
        ground: Its door.
        axis: Penalty or compulsion.
        permits: Grades it permits, the one named first in front.
        modality: SHALL or MAY.
        truth: Held, failed or unknown.
        level: Rank of its norm.
        citations: Articles it rests on.
        measures: Measures it is for, on the compulsion axis.
    """

    rule: str
    title: Text
    list: Text | None = None
    ground: Ground
    axis: Axis
    permits: tuple[Grade, ...]
    modality: Modality
    truth: Truth
    level: NormLevel
    citations: tuple[Citation, ...]
    measures: tuple[Measure, ...] = ()
    source: "TraceSource | Trace | None" = attrs.field(default=None, eq=False, repr=False)

    @property
    def trace(self) -> Trace:
        """Why; computed when read.

        Raises:
            LookupError: If the finding was built without a source.
        """
        if isinstance(self.source, Trace):
            return self.source
        if self.source is None:
            msg = f"the finding of `{self.rule}` has no trace"
            raise LookupError(msg)
        return self.source.trace(self.rule)


class FineState(Enum):
    """What can be said of the fine."""

    NONE = "none"
    NOT_YET = "not_yet"
    WAIVED = "waived"
    RANGE = "range"
    SYMBOLIC = "symbolic"
    UNDETERMINED = "undetermined"


@attrs.frozen(kw_only=True)
class FineRange(Drafted):
    """An exact range of a fine (罚款幅度).

    Attributes:
        low: Lower end. *Unit*: fen; with a base that is unknown, times the base.
        high: Upper end; None if the provision sets none.
        low_closed: Whether the lower end belongs to it.
        high_closed: Whether the upper end belongs to it.
        base: The fact whose unknown amount the ends multiply; None if they are money.
        tier: Tier of the provision.
    """

    low: Fraction | None
    high: Fraction | None
    low_closed: bool = True
    high_closed: bool = True
    base: str | None = None
    tier: str = ""


@attrs.frozen(kw_only=True)
class Fine(Shared):
    """The fine that is open (罚款).

    Attributes:
        state: Whether there is a range, and if not, why.
        range: The range of the grade; None without one, or if the tier is undetermined.
        statutory: The range of the provision before the grade.
        alternatives: Ranges by tier while facts leave the tier open.
        may_be_none: Whether it may still turn out that there is no fine.
        modality: SHALL or MAY be fined.
        text: The range in words.
        steps: How it came about, step by step.
        citation: The provision.
        open_facts: Facts that would settle tier, base or precondition.
    """

    state: FineState
    range: FineRange | None = None
    statutory: FineRange | None = None
    alternatives: tuple[FineRange, ...] = ()
    may_be_none: bool = False
    modality: Modality | None = None
    text: Text
    steps: tuple[Text, ...] = ()
    citation: Citation | None = None
    open_facts: tuple[str, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is known of its range, as where the provision is not on record."""
        known = self.range is not None or self.alternatives
        return self.state is FineState.UNDETERMINED and not known


@attrs.frozen(kw_only=True)
class KindOutcome:
    """What the grade does to a penalty other than the fine.

    Attributes:
        kind: The kind.
        truth: Whether the provision opens it in this case.
        modality: SHALL or MAY.
        waived: Whether the outcome waives it.
        text: What happens to it, in words.
    """

    kind: PenaltyKind
    truth: Truth
    modality: Modality
    waived: bool
    text: Text


class Verdict(Enum):
    """What the second axis says about one measure."""

    MUST_OMIT = "must_omit"
    MAY_OMIT = "may_omit"
    NO_GROUND = "no_ground"
    OPEN = "open"


@attrs.frozen(kw_only=True)
class MeasureOutcome:
    """One compulsory measure (行政强制)."""

    measure: Measure
    verdict: Verdict
    rules: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


@attrs.frozen(kw_only=True)
class DueDuty:
    """A duty that follows from the outcome.

    Attributes:
        duty: Its id.
        text: What has to be done.
        modality: SHALL or MAY.
        since: Date from which the period runs, or ahead of which it runs; None if not known.
        due: Last day; None without a period, or if the date from which it runs is unknown.
        opens: First day on which it may be done, where it has to wait until a period is over;
            such a duty has no last day.
        same_hour: Whether the last day ends for it at the hour at which the period began.
        period: The period in words.
        accrual: What grows day by day after that day, in words.
        capped_on: Day on which it grows no more.
        met: Day on which it was done, as far as the case says so exactly.
        prolonged: What could still move the day because it is not known, in words.
        late: That it was done after the last day, in words; None if that is not certain.
        overdue: Whether that holds even if all is known that could add days.
        verified: Whether the working days of that year are officially known.
        certain: Whether it follows for sure, or only if an unknown condition holds.
        citations: Articles it rests on.
    """

    duty: str
    text: Text
    modality: Modality
    since: date | None = None
    due: date | None = None
    opens: date | None = None
    same_hour: bool = False
    period: Text | None = None
    accrual: Text | None = None
    capped_on: date | None = None
    met: date | None = None
    prolonged: Text | None = None
    late: Text | None = None
    overdue: bool = False
    verified: bool = True
    certain: bool = True
    citations: tuple[Citation, ...] = ()


@attrs.frozen(kw_only=True)
class Question(Shared):
    """An unknown fact that can still change the outcome.

    Attributes:
        fact: Name of the fact.
        kind: Kind of value asked for.
        ask: The question in words.
        label: What the fact is called.
        choices: Codes and labels, for a choice, level or set.
        unit: Unit of a number, as documents write it.
        evidence: What evidences it.
        answered_by: Who can answer.
        judgement: Whether a person judges it.
        group: Group of circumstances it belongs to.
        changes: What it can change, of `CHANGES`: `choice` (of the provision for an act that broke
            several norms), `grade`, `compulsion`, `fine`, `kinds` (of penalty besides the fine).
        rules: Rules that wait for it.
        settles: Share of its answers, 0 to 1, that would settle the outcome at once.
        since: For what earlier violations tell: day back to which to search; None if no window
            says, or the date from which it runs is not known.
        registers: For what earlier violations tell: registers to search, in words.
    """

    fact: str
    kind: Kind
    ask: Text
    label: Text
    choices: tuple[tuple[str, Text], ...] = ()
    unit: str | None = None
    evidence: Text | None = None
    answered_by: tuple[str, ...] = ()
    judgement: bool = False
    group: str | None = None
    changes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    settles: Fraction = Fraction(0)
    since: date | None = None
    registers: tuple[Text, ...] = ()

    def text(self, lang: str = "zh") -> str:
        """The question in the language."""
        return self.ask.in_(lang)

    @property
    def rank(self) -> tuple[object, ...]:
        """Sorts questions, the most useful first; groups come after single facts."""
        first = (CHOICE not in self.changes, self.changes == ("fine",))
        group = (self.group is not None, self.group or "")
        return (*first, *group, -self.settles, -len(self.rules), self.fact)


@attrs.frozen(kw_only=True)
class Miss(Shared):
    """One condition for want of which a lenient rule failed.

    Attributes:
        facts: Facts it reads.
        text: The condition in words.
        found: What the case says.
        gap: By how much it is missed, in words, where that can be said.
        cure: How the party can still cure it, if it can.
    """

    facts: tuple[str, ...]
    text: Text
    found: Text | None = None
    gap: Text | None = None
    cure: Text | None = None


@attrs.frozen(kw_only=True)
class NearMiss(Shared):
    """A lenient rule that failed by few conditions.

    Attributes:
        rule: Its id.
        title: Its name.
        permits: Grades it would have permitted.
        misses: The conditions it missed.
        curable: Whether the party can still cure all of them.
        until: Last day to cure, where the case names one.
    """

    rule: str
    title: Text
    permits: tuple[Grade, ...]
    misses: tuple[Miss, ...]
    curable: bool
    until: date | None = None


class LawChoice(Enum):
    """Which law was applied (从旧兼从轻)."""

    SAME = "same"
    OLD = "old"
    NEW = "new"
    OPEN = "open"
    DECISION_ONLY = "decision_only"
    UNDATED = "undated"


class LawBasis(Enum):
    """What told old and new law apart, in the order in which it is looked at."""

    LAWFUL = "lawful"
    GRADE = "grade"
    PERMITTED = "permitted"
    FINE = "fine"
    KINDS = "kinds"
    EQUAL = "equal"


@attrs.frozen(kw_only=True)
class OtherLaw:
    """The outcome under the law that was not applied, in short."""

    on: str
    grade: Grade | None
    permitted: tuple[Grade, ...]
    settled: bool
    contested: bool
    fine: FineRange | None = None
    kinds: tuple[PenaltyKind, ...] = ()


@attrs.frozen(kw_only=True)
class LawApplied:
    """Law applied in time. *Source*: 行政处罚法 37.

    Attributes:
        choice: Whether old or new law, no difference, or not yet to be told.
        basis: What told them apart; None where nothing did or could.
        on: Date (or partial date) of the law applied.
        text: Why.
        other: The result under the other law, if they differ.
        citations: Where the choice rests; empty where there was none to make.
    """

    choice: LawChoice
    basis: LawBasis | None = None
    on: str
    text: Text
    other: OtherLaw | None = None
    citations: tuple[Citation, ...] = ()


@attrs.frozen(kw_only=True)
class Reason:
    """Row of the resolution table that applied (认定结论).

    Attributes:
        row: Code of the row.
        text: The reason, in words.
        citations: Where the row rests.
        determining: Rules that carried it.
        opposing: Rules on the other side, in a contested outcome.
        left_aside: Rules that held but were set aside for a higher or more special one.
    """

    row: str
    text: Text
    citations: tuple[Citation, ...] = ()
    determining: tuple[str, ...] = ()
    opposing: tuple[str, ...] = ()
    left_aside: tuple[str, ...] = ()


class OutcomeSource(Protocol):
    """Computes the costly parts of an outcome when they are read."""

    def findings(self) -> tuple[Finding, ...]:
        """All findings, by rule id."""

    def reason(self) -> Reason:
        """The row that applied, in words."""

    def possible(self) -> tuple[Grade, ...]:
        """Grades that are still possible."""

    def fine(self) -> Fine:
        """The fine."""

    def other_kinds(self) -> tuple[KindOutcome, ...]:
        """The other kinds of penalty."""

    def compulsion(self) -> tuple[MeasureOutcome, ...]:
        """The measures."""

    def duties(self) -> tuple[DueDuty, ...]:
        """The duties."""

    def questions(self) -> tuple[Question, ...]:
        """The questions, most useful first."""

    def near_misses(self) -> tuple[NearMiss, ...]:
        """The near misses, curable ones first."""

    def law_applied(self) -> LawApplied:
        """Which law was applied."""

    def receipt(self) -> Receipt:
        """What is needed to compute the outcome again."""

    def labels(self) -> Mapping[str, Text]:
        """Names of region, violation and party, for the explanation."""


LATE_PARTS: Final = frozenset({"crime_suspected", "problems"})
"""What every outcome says, but not everybody reads."""


@attrs.frozen(kw_only=True, eq=False)
class Outcome(Drafted):
    """What `evaluate` returns for a case (处理意见). It recommends; the authority decides.

    Attributes:
        case: The case as given.
        grade: Grade proposed; None where the penalty is open or contested.
        permitted: Grades that the law leaves open, most lenient first.
        modality: SHALL or MAY for the grade proposed; None for ORDINARY and without a grade.
        contested: Whether lenient and heavier grounds meet.
        settled: Whether penalty and measures are the same for every way the unknown rules could
            turn out; the penalty may be settled while a measure is not.
        crime_suspected: Whether a crime is suspected: TRUE comes before everything else.
        problems: Problems of the case that did not prevent its evaluation.
    """

    case: Case
    grade: Grade | None
    permitted: tuple[Grade, ...]
    modality: Modality | None
    contested: bool
    settled: bool
    crime_suspected: Truth = Truth.UNKNOWN
    problems: tuple[Problem, ...] = ()
    source: OutcomeSource = attrs.field(repr=False)

    if not TYPE_CHECKING:  # Any name would be taken for an attribute.

        def __getattr__(self, name: str) -> object:
            """What an outcome of `outcome_parts` was not given: its source computes it."""
            if name not in LATE_PARTS:
                msg = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(msg)
            found = getattr(self.source, name)()
            object.__setattr__(self, name, found)
            return found

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every candidate rule with its truth, by rule id."""
        return self.source.findings()

    @cached_property
    def reason(self) -> Reason:
        """Row of the resolution table, in words."""
        return self.source.reason()

    @cached_property
    def possible(self) -> tuple[Grade, ...]:
        """Grades that some answer to the open questions would propose."""
        return self.source.possible()

    @cached_property
    def fine(self) -> Fine:
        """The fine that is open for the grade."""
        return self.source.fine()

    @cached_property
    def other_kinds(self) -> tuple[KindOutcome, ...]:
        """What happens to the other kinds of penalty."""
        return self.source.other_kinds()

    @cached_property
    def compulsion(self) -> tuple[MeasureOutcome, ...]:
        """What the second axis says about each measure of the case."""
        return self.source.compulsion()

    @cached_property
    def duties(self) -> tuple[DueDuty, ...]:
        """What follows by law."""
        return self.source.duties()

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Unknown facts that can still change the outcome, most useful first."""
        return self.source.questions()

    @cached_property
    def near_misses(self) -> tuple[NearMiss, ...]:
        """Lenient rules that failed by few conditions, curable ones first."""
        return self.source.near_misses()

    @cached_property
    def law_applied(self) -> LawApplied:
        """Which law was applied, and why."""
        return self.source.law_applied()

    @cached_property
    def receipt(self) -> Receipt:
        """What is needed to compute the outcome again."""
        return self.source.receipt()

    @cached_property
    def labels(self) -> Mapping[str, Text]:
        """Names of region, violation and party kind."""
        return self.source.labels()

    @cached_property
    def held(self) -> tuple[Finding, ...]:
        """Findings that hold."""
        return tuple(f for f in self.findings if f.truth is Truth.TRUE)

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Findings that do not hold."""
        return tuple(f for f in self.findings if f.truth is Truth.FALSE)

    @cached_property
    def unknown(self) -> tuple[Finding, ...]:
        """Findings that cannot yet be told."""
        return tuple(f for f in self.findings if f.truth is Truth.UNKNOWN)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every article the outcome rests on, each once."""
        found: dict[Citation, None] = {}
        for finding in self.held:
            found.update(dict.fromkeys(finding.citations))
        found.update(dict.fromkeys((*self.reason.citations, *self.law_applied.citations)))
        if self.fine.citation is not None:
            found[self.fine.citation] = None
        for measure in self.compulsion:
            found.update(dict.fromkeys(measure.citations))
        for duty in self.duties:
            found.update(dict.fromkeys(duty.citations))
        return tuple(found)
