"""The law of a stretch made ready for many cases: rules as one function, results by what it tells.

What does not depend on a case is worked out once: the code that matches, the order of the rules,
the parts of findings, the stamps of a receipt, and the fine wherever no fact moves it.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, TypeAlias

import attrs

from bizrules.blocks import Block, Look, compile_block
from bizrules.conditions import ALWAYS
from bizrules.facts import Value, Vocabulary
from bizrules.multiples import FineSource, Multiple
from bizrules.outcome_parts import FindingForm, Parts, Standing, finding_form
from bizrules.outcomes import Fine, FineState
from bizrules.penalties import Grade, Provision
from bizrules.receipts import RulesetStamp
from bizrules.rules import Ruleset
from bizrules.selection import Candidate, Step, Stretch
from bizrules.truth import Truth
from bizrules.values import DateSpan
from bizrules.verdicts import UNTOLD, PenaltyVerdict, Verdicts, VerdictTable, rank_of

MOST_PATTERNS: Final = 32
"""So many patterns of a law are kept; what others lead to is put together each time."""

MOST_FINES: Final = 16
"""So many fines of a law are kept by the facts that they were worked out from."""

MOST_LAWS: Final = 20_000
"""So many laws of an engine are compiled; cases under others are matched rule by rule."""

_TRUTHS: Final = (Truth.FALSE, Truth.TRUE, Truth.UNKNOWN)


class FindingForms:
    """The parts of the findings of a candidate, by truth."""

    __slots__ = ("_candidate", "_forms")

    def __init__(self, candidate: Candidate) -> None:
        """Nothing put together yet."""
        self._candidate = candidate
        self._forms: list[FindingForm | None] = [None, None, None]

    def form(self, bits: int) -> FindingForm:
        """The parts for a rule that fails (0), holds (1) or cannot be told (2)."""
        known = self._forms[bits]
        if known is None:
            known = self._forms[bits] = form_of(self._candidate, _TRUTHS[bits])
        return known


def form_of(candidate: Candidate, truth: Truth) -> FindingForm:
    """The parts of the finding of a candidate."""
    rule = candidate.rule
    kind = candidate.ruleset.lists.get(rule.list) if rule.list else None
    return finding_form(
        {
            "rule": rule.id,
            "title": rule.title,
            "list": kind.name if kind else None,
            "ground": rule.ground,
            "axis": rule.axis,
            "permits": rule.permits,
            "modality": rule.modality,
            "truth": truth,
            "level": rule.level,
            "citations": rule.citations,
            "measures": tuple(sorted(rule.measures or (), key=lambda m: m.value)),
        }
    )


def stamps_of(rulesets: Sequence[Ruleset]) -> tuple[RulesetStamp, ...]:
    """The stamps of rulesets, by id."""
    return tuple(
        RulesetStamp(id=r.id, version=r.version, digest=r.digest, plugin=r.plugin)
        for r in sorted(rulesets, key=lambda r: r.id)
    )


class Told:
    """What follows from which rules hold and which cannot be told.

    Attributes:
        form: What an outcome says of it.
        fine: The fine, where no fact moves it; None until it was worked out once.
        findings: The forms of the findings, in their order.
        standing: Those of them that hold, then those that cannot be told.
        holding: How many of these hold.
        verdict: What the rules lead to.
        possible: Grades still possible; None until they were worked out once.
        held: Rules that hold, by id.
        unknown: Rules that cannot be told, by id.
        fines: Fines that the switches of the provision move, by what those tell.
    """

    __slots__ = (
        "_opened",
        "findings",
        "fine",
        "fines",
        "form",
        "held",
        "holding",
        "possible",
        "standing",
        "unknown",
        "verdict",
    )

    def __init__(
        self,
        held: list[Candidate],
        unknown: list[Candidate],
        verdict: PenaltyVerdict,
        findings: list[FindingForm],
    ) -> None:
        """No fine worked out yet."""
        self.form = verdict.form
        self.fine: Fine | None = None
        self.findings = findings
        self.standing: Standing = tuple(
            form for truth in (Truth.TRUE, Truth.UNKNOWN) for form in findings if form[1] is truth
        )
        self.holding = len(held)
        self.verdict = verdict
        self.held = held
        self.unknown = unknown
        self.fines: dict[int, Fine | Multiple] = {}
        self.possible: frozenset[Grade | None] | None = None
        self._opened: Told | None = None

    @property
    def opened(self) -> "Told":
        """The same where it is open whether this law applies: then no grade is proposed."""
        found = self._opened
        if found is None:
            found = Told(self.held, self.unknown, self.verdict, self.findings)
            _, permitted, _, contested, _ = self.form
            found.form = None, permitted, None, contested, False
            self._opened = found
        return found


@attrs.define(kw_only=True, eq=False)
class CompiledLaw:
    """The law of a stretch, compiled.

    Attributes:
        stretch: The law.
        plan: Facts to compute.
        general: Which rules for all violations hold, and which cannot be told.
        own: The same of the rules that name the violation.
        shift: By how many bits these stand behind the general ones.
        places: For each condition of the block the place of its rule among those of the stretch.
        ranks: For each of these places where the rule ranks, and the number of its weight.
        forms: For each of them the parts of its findings.
        table: Verdicts under this law.
        stamps: Stamps of its rulesets.
        receipt: The parts of receipts under it.
        switches: Which switches of its provision hold, and which cannot be told.
        bases: For each switch whether the fine behind it is a multiple of a fact.
        doubtful: In a pattern the bits of rules that may not be in force: that they hold.
        patterns: What follows from patterns that were met.
        fines: Fines by grade, effects, and what the switches tell.
        fined: Facts on which the fine depends besides.
        worked_out: Fines by the values of these.
    """

    stretch: Stretch
    plan: tuple[Step, ...]
    general: Block
    own: Block
    shift: int
    places: tuple[int, ...]
    ranks: tuple[tuple[int, int], ...]
    forms: tuple[FindingForms, ...]
    table: VerdictTable
    stamps: tuple[RulesetStamp, ...]
    switches: Block
    bases: tuple[bool, ...]
    doubtful: int
    patterns: dict[int, Told] = attrs.field(factory=dict, init=False)
    fines: dict[object, Fine | Multiple] = attrs.field(factory=dict, init=False)
    fined: tuple[str, ...] = attrs.field(init=False)
    worked_out: dict[object, Fine] = attrs.field(factory=dict, init=False)
    receipt: Parts = attrs.field(factory=dict, init=False)
    _failed: list[FindingForm] = attrs.field(init=False)

    def match(self, look: Look) -> int:
        """Which rules hold and which cannot be told, as a pattern."""
        return self.general(look) | self.own(look) << self.shift

    @fined.default
    def _facts_of_fines(self) -> tuple[str, ...]:
        read = (provision.facts_of_fine for provision in self.stretch.provisions)
        return tuple(sorted(frozenset[str]().union(*read)))

    @_failed.default
    def _all_failed(self) -> list[FindingForm]:
        return [form.form(0) for form in self.forms]

    def tell(self, pattern: int) -> Told:
        """What follows from a pattern of the block that was not met before."""
        findings, ranked = self._failed.copy(), []
        sides: tuple[list[int], list[int]] = [], []
        # What would hold cannot be told where it may not be in force.
        doubted = pattern & self.doubtful
        rest = pattern ^ doubted | doubted << UNTOLD
        while rest:
            lowest = rest & -rest
            rest ^= lowest
            bit = lowest.bit_length() - 1
            place, untold = self.places[bit >> 1], bit & UNTOLD
            rank, number = self.ranks[place]
            ranked.append((rank, number + untold))
            sides[untold].append(place)
            findings[place] = self.forms[place].form(1 + untold)
        ranked.sort()
        # Of equal neighbours only one stands in a key.
        key = tuple(
            number for at, (_, number) in enumerate(ranked) if not at or ranked[at - 1][1] != number
        )
        penalty = self.stretch.penalty
        held, unknown = ([penalty[place] for place in sorted(side)] for side in sides)
        told = Told(held, unknown, self.table[key], findings)
        if len(self.patterns) < MOST_PATTERNS:
            self.patterns[pattern] = told
        return told

    def fine_at_hand(
        self, told: Told, values: Mapping[str, Value], source: FineSource
    ) -> Fine | None:
        """The fine, if it needs no working out but the multiplication of a base.

        Args:
            told: What the rules tell.
            values: The facts.
            source: Works out what the fine says besides.
        """
        known = told.fines.get(self.switches(values.get)) if self.bases else told.fine
        return known.times(values, source) if isinstance(known, Multiple) else known

    def fine(self, told: Told, look: Look, source: FineSource) -> Fine:
        """The fine that is not at hand, worked out; and what of it holds for other cases is kept.

        Args:
            told: What the rules tell.
            look: Finds the values of facts.
            source: Works the fine out from the facts.
        """
        grade, effects = told.form[0], told.verdict.result.effects
        # Where a date decides between versions, the fine says which.
        by_date = source.date if self.has_versions else None
        found = self.switches(look) if self.bases else 0
        said = grade, effects, found, by_date
        kept = self.fines.get(said)
        if isinstance(kept, Fine):
            worked_out = kept
        else:
            worked_out = self._fine_of_facts((grade, effects, by_date), look, source)
        kept = kept or self._to_keep(found, worked_out, source)
        if kept is not None:
            self.fines[said] = kept
            if not self.has_versions:
                told.fines[found] = kept
                told.fine = None if self.bases else worked_out
        return worked_out

    def _fine_of_facts(self, said: tuple[object, ...], look: Look, source: FineSource) -> Fine:
        """The fine as it is worked out from the facts; kept for others that state the same.

        Args:
            said: What bears on it besides.
            look: Finds the values of facts.
            source: Works it out.
        """
        key = *said, *map(look, self.fined)
        known = self.worked_out.get(key)
        if known is None:
            known = source.plain_fine()
            if len(self.worked_out) < MOST_FINES:
                self.worked_out[key] = known
        return known

    @property
    def has_versions(self) -> bool:
        """Whether the provision or the bands are others on other possible days."""
        return max(len(self.stretch.provisions), len(self.stretch.bands)) > 1

    def _to_keep(self, found: int, fine: Fine, source: FineSource) -> Fine | Multiple | None:
        """What holds for every case of which the switches tell the same; None if nothing does."""
        if len(self.stretch.provisions) > 1:
            # The switches are those of one version only.
            return None
        # Nothing but the precondition bears on a fine that is waived.
        if fine.state is FineState.WAIVED:
            return fine
        for place, moves in enumerate(self.bases):
            bits = found >> 2 * place & 3
            if bits == 1 + UNTOLD:
                return None
            if bits and place:
                tier = self.stretch.provisions[0].tiers[place - 1]
                multiple = source.multiple(tier) if moves and not self.has_versions else None
                return multiple if moves else fine
            if not bits and not place:
                # Before the first switch, the precondition, there is no fine.
                break
        return fine


@attrs.frozen(kw_only=True, eq=False)
class LawCompiler:
    """Compiles the law of stretches; what several share is compiled once.

    Safe for threads: what is kept is only ever added to, and two threads that compile the same
    write the same.

    Attributes:
        vocabulary: Declarations of facts.
        verdicts: Results that are remembered.
    """

    vocabulary: Vocabulary
    verdicts: Verdicts
    _laws: dict[int, tuple[Stretch, CompiledLaw]] = attrs.field(factory=dict, init=False)
    _blocks: dict[tuple[int, ...], tuple[tuple[Candidate, ...], Block]] = attrs.field(
        factory=dict, init=False
    )
    _switches: dict[int, tuple[Provision, Block]] = attrs.field(factory=dict, init=False)
    _forms: dict[int, FindingForms] = attrs.field(factory=dict, init=False)

    def law(self, stretch: Stretch) -> CompiledLaw | None:
        """The law of the stretch, compiled; None where a date leaves open what a rule says."""
        known = self._laws.get(id(stretch))
        if known is None:
            varies = any(candidate.others for candidate in stretch.penalty)
            if varies or len(self._laws) >= MOST_LAWS:
                return None
            # By identity: what is kept keeps the stretch alive.
            known = self._laws.setdefault(id(stretch), (stretch, self._compile(stretch)))
        return known[1]

    def _compile(self, stretch: Stretch) -> CompiledLaw:
        penalty = stretch.penalty
        general = tuple(place for place, c in enumerate(penalty) if c.rule.is_general)
        own = tuple(place for place, c in enumerate(penalty) if not c.rule.is_general)
        weights = [c.weight for c in penalty if c.weight is not None]
        order = sorted(range(len(weights)), key=lambda place: rank_of(weights[place]))
        rank = {place: number for number, place in enumerate(order)}
        provision = next(iter(stretch.provisions), None)
        places = (*general, *own)
        doubtful = (2 * at for at, one in enumerate(places) if _is_doubtful(stretch, one))
        return CompiledLaw(
            stretch=stretch,
            plan=stretch.plan,
            general=self._shared([penalty[place] for place in general]),
            own=self._block([penalty[place] for place in own]) if own else _nothing,
            shift=2 * len(general),
            places=places,
            ranks=tuple((rank[at], self.verdicts.number(w)) for at, w in enumerate(weights)),
            forms=tuple(self._forms_of(candidate) for candidate in penalty),
            table=self.verdicts.table(stretch),
            stamps=stamps_of(stretch.rulesets),
            switches=self._switched(provision),
            bases=_bases(provision),
            doubtful=sum(1 << bit for bit in doubtful),
        )

    def _block(self, candidates: Sequence[Candidate]) -> Block:
        return compile_block([(one.condition, one.names) for one in candidates], self.vocabulary)

    def _shared(self, candidates: Sequence[Candidate]) -> Block:
        """The block of rules for all violations, which many laws share."""
        key = tuple(map(id, candidates))
        known = self._blocks.get(key)
        if known is None:
            # What is kept keeps the candidates alive.
            made = tuple(candidates), self._block(candidates)
            known = self._blocks.setdefault(key, made)
        return known[1]

    def _forms_of(self, candidate: Candidate) -> FindingForms:
        if not candidate.rule.is_general:
            return FindingForms(candidate)
        known = self._forms.get(id(candidate))
        return known or self._forms.setdefault(id(candidate), FindingForms(candidate))

    def _switched(self, provision: Provision | None) -> Block:
        """The precondition of a provision and the switches of its tiers."""
        if provision is None or not _bases(provision):
            return _nothing
        known = self._switches.get(id(provision))
        if known is None:
            conditions = (provision.only_after, *(tier.when for tier in provision.tiers))
            block = compile_block([(one, _NO_NAMES) for one in conditions], self.vocabulary)
            known = self._switches.setdefault(id(provision), (provision, block))
        return known[1]


@attrs.frozen(eq=False)
class TwoLaws:
    """Old law and new, compiled: those of act and decision, which differ.

    Attributes:
        old: That of the act.
        new: That of the decision.
        receipt: The parts of receipts under both.
        same_plan: Whether both compute the same facts in the same way.
    """

    old: CompiledLaw
    new: CompiledLaw
    receipt: Parts = attrs.field(kw_only=True)
    same_plan: bool = attrs.field(init=False)

    @same_plan.default
    def _computes_alike(self) -> bool:
        return self.old.plan == self.new.plan


LawMet: TypeAlias = CompiledLaw | TwoLaws
"""The law of the days of a case, met before."""

Days: TypeAlias = tuple[int, int, int, int]
"""The stretches of time in which the days of the act, and those of the decision, begin and end."""

_NO_SPAN: Final = (date.max, date.min, None)
_NO_SPANS: Final = (date.max, date.min, date.max, date.min, None)


@attrs.define(eq=False)
class LawsMet:
    """The compiled law about one violation at one place, on the days that were met so far.

    Attributes:
        borders: Days on which the law may change.
        span: A stretch of time in which the law stays the same, and that law: of the last case of
            which act and decision lay in one. None where more than one law is looked at.
        spans: The same of the last case of which they lay in two: that of the act, that of the
            decision, and the law.
    """

    borders: tuple[date, ...]
    span: tuple[date, date, LawMet | None] = attrs.field(init=False, default=_NO_SPAN)
    spans: tuple[date, date, date, date, LawMet | None] = attrs.field(init=False, default=_NO_SPANS)
    _met: dict[Days, bool] = attrs.field(factory=dict, init=False)
    _laws: dict[Days, LawMet | None] = attrs.field(factory=dict, init=False)

    def law_on(self, acted: DateSpan, decided: DateSpan) -> tuple[Days | None, LawMet | None]:
        """The law of act and decision; or, where it is not kept, the stretches they lie in."""
        days = *self._ends(acted), *self._ends(decided)
        if days not in self._laws:
            return days, None
        law = self._laws[days]
        act, act_ends, decision, decision_ends = days
        if act == act_ends and decision == decision_ends:
            ends = (date.min, *self.borders, date.max)
            since, until = ends[decision], ends[decision + 1]
            if act == decision:
                self.span = since, until, law
            else:
                self.spans = ends[act], ends[act + 1], since, until, law
        return None, law

    def _ends(self, span: DateSpan) -> tuple[int, int]:
        """The stretches of time in which a span begins and ends; an open end lies beyond all."""
        first, last, borders = span.earliest, span.latest, self.borders
        return (
            0 if first is None else bisect_right(borders, first),
            len(borders) if last is None else bisect_right(borders, last),
        )

    def is_first(self, days: Days) -> bool:
        """Whether the stretches of time were not met before: then compiling may not pay."""
        if days in self._met:
            return False
        self._met[days] = True
        return True

    def keep(self, days: Days, law: LawMet | None) -> LawMet | None:
        """Keep the law of stretches of time."""
        return self._laws.setdefault(days, law)


_NO_NAMES: Final[Mapping[str, str]] = {}


def _nothing(_look: Look) -> int:
    return 0


def _bases(provision: Provision | None) -> tuple[bool, ...]:
    """For the precondition and each tier whether its fine is a multiple of a fact.

    Empty where no fact tells anything: a single tier of an amount, on no condition.
    """
    if provision is None:
        return ()
    tiers = provision.tiers
    found = (False, *(tier.fine is not None and tier.fine.base is not None for tier in tiers))
    bare = provision.only_after == ALWAYS and all(tier.when == ALWAYS for tier in tiers[:1])
    if (bare and not any(found[:2])) or all(tier.fine is None for tier in tiers):
        return ()
    return found


def _is_doubtful(stretch: Stretch, place: int) -> bool:
    """Whether a rule is in force on only some of the possible days."""
    return stretch.penalty[place].rule.id in stretch.doubtful
