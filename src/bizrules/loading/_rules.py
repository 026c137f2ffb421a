"""Rules and duties of a ruleset."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Final

import attrs

from bizrules import phrases
from bizrules._structure import Raw
from bizrules.case_dates import CASE_DATES
from bizrules.conditions import AllOf, Condition, Op, Test
from bizrules.documents import (
    AccrualDocument,
    DeadlineDocument,
    DutyDocument,
    EffectDocument,
    FineEffectDocument,
    RuleDocument,
)
from bizrules.facts import Fact, Kind, Vocabulary
from bizrules.grammar import Scope, combine, parse_share
from bizrules.loading._gathering import Gathering, citations, shown_interval
from bizrules.loading._histories import refuse_first
from bizrules.nearness import near_names
from bizrules.penalties import Band, FineEffect, Grade
from bizrules.provenance import Text
from bizrules.rules import (
    Accrual,
    Axis,
    CalendarKind,
    Deadline,
    Duty,
    Effect,
    Ground,
    Measure,
    Rule,
    RuleEffect,
    Ruleset,
    Trigger,
)
from bizrules.values import Interval

_GRADE_OF: Final[Mapping[Effect, Grade]] = {
    Effect.EXEMPT: Grade.EXEMPT,
    Effect.MITIGATED: Grade.MITIGATED,
    Effect.LIGHTER: Grade.LIGHTER,
    Effect.HEAVIER: Grade.HEAVIER,
}


@attrs.frozen(eq=False, kw_only=True)
class RuleReader:
    """Reads the rules and duties of one ruleset.

    Attributes:
        ruleset: The ruleset without its rules.
        vocabulary: Declared facts.
        scope: Definitions in scope.
        violations: Ids of known violations.
        preamble_when: What must hold for every rule.
        preamble_unless: What excludes every rule.
        gathering: Receives the problems.
        judgements: Receives the facts that stand for what could not be expressed.
    """

    ruleset: Ruleset
    vocabulary: Vocabulary
    scope: Scope
    violations: Collection[str]
    preamble_when: Condition | None
    preamble_unless: Condition | None
    gathering: Gathering
    judgements: dict[str, Fact]

    def rule(self, given: RuleDocument, raw: Raw) -> Rule:
        """One rule, linked."""
        ruleset = self.ruleset
        rule_id = self._declare("rule", given.id, raw)
        self._require_basis(given, rule_id, raw)
        axis = self._axis(given, raw)
        departments = given.departments or ((ruleset.department,) if ruleset.department else None)
        return Rule(
            id=rule_id,
            ruleset=ruleset.id,
            title=given.title,
            list=given.list,
            ground=given.ground or Ground.LISTED,
            axis=axis,
            permits=self._permits(given, raw, axis, rule_id),
            modality=given.modality,
            violations=self._violations(given, raw),
            departments=frozenset(departments) if departments else None,
            measures=self._measures(given, raw, axis),
            condition=self._condition(given, rule_id, raw),
            effect=self._effect(given.effect, raw.at("effect")) if given.effect else RuleEffect(),
            citations=citations(given.cite, raw),
            level=ruleset.instrument.level,
            region=ruleset.region,
            in_force=self._in_force(given, raw, rule_id),
            published=ruleset.published,
            reach=ruleset.reach,
            batch=given.batch,
            replaces=f"{ruleset.id}/{given.replaces}" if given.replaces else None,
            refines=given.refines,
            entry=given.entry,
            status=given.status or ruleset.status,
            unexpressed=given.unexpressed,
            note=given.note,
            location=raw.location,
        )

    def _require_basis(self, given: RuleDocument, rule_id: str, raw: Raw) -> None:
        """A rule cites where it stands, and says through which door it goes."""
        if not given.cite:
            self.gathering.refuse("missing-citation", raw.location, id=rule_id)
        if given.ground is None and given.list is None:
            self.gathering.refuse("missing-key", raw.location, key="ground")

    def _declare(self, what: str, name: str, raw: Raw) -> str:
        place = raw.at("id").location
        self.gathering.entry_id(name, place)
        full = f"{self.ruleset.id}/{name}"
        self.gathering.declare(what, full, place)
        return full

    def _axis(self, given: RuleDocument, raw: Raw) -> Axis:
        """The axis written, or else that of the list."""
        if given.list is None:
            return given.axis or Axis.PENALTY
        lists = self.ruleset.lists
        if given.list not in lists:
            self.gathering.known("unknown-list", given.list, lists, raw.at("list").location)
            return given.axis or Axis.PENALTY
        effect = lists[given.list].effect
        own = Axis.COMPULSION if effect is Effect.NO_COMPULSION else Axis.PENALTY
        if given.axis not in (None, own):
            place = raw.at("axis").location
            self.gathering.refuse("axis-mismatch", place, list=given.list, axis=own.value)
        return own

    def _permits(
        self, given: RuleDocument, raw: Raw, axis: Axis, rule_id: str
    ) -> tuple[Grade, ...]:
        """The grades written, or else the grade of the list; none on the second axis."""
        gathering = self.gathering
        if axis is Axis.COMPULSION:
            if given.permits:
                place = raw.at("permits").key_location
                gathering.refuse("penalty-only", place, key="permits")
            return ()
        listed = self.ruleset.lists.get(given.list or "")
        own = _GRADE_OF.get(listed.effect) if listed else None
        if not given.permits:
            if own is None and given.list is None:
                gathering.refuse("missing-key", raw.location, key="permits")
            return () if own is None else (own,)
        lenient = [grade for grade in given.permits if grade < Grade.ORDINARY]
        mixed = bool(lenient) and Grade.HEAVIER in given.permits
        if mixed or (own is not None and own not in given.permits):
            permits = ", ".join(grade.code for grade in given.permits)
            gathering.refuse(
                "contradictory-permits" if own is not None else "mixed-permits",
                raw.at("permits").location,
                rule=rule_id,
                permits=permits,
                list=given.list or "",
            )
        return given.permits

    def _violations(self, given: RuleDocument, raw: Raw) -> frozenset[str] | None:
        if given.violations is None:
            return None
        if not given.violations:
            self.gathering.refuse("value-missing", raw.at("violations").location)
        for index, name in enumerate(given.violations):
            if name not in self.violations:
                place = raw.at("violations", index).location
                near = near_names(name, self.violations)
                self.gathering.refuse("unknown-violation", place, found=name, near_names=near)
        return frozenset(given.violations)

    def _measures(self, given: RuleDocument, raw: Raw, axis: Axis) -> frozenset[Measure] | None:
        if given.measures is None:
            return None
        if axis is Axis.PENALTY:
            place = raw.at("measures").key_location
            self.gathering.refuse("compulsion-only", place, key="measures")
        return frozenset(given.measures)

    def _condition(self, given: RuleDocument, rule_id: str, raw: Raw) -> Condition:
        """Preamble, conditions and exclusions; and a judgement of what could not be expressed."""
        when = self.gathering.condition(given.when, self.vocabulary, self.scope)
        unless = self.gathering.exclusion(given.unless, self.vocabulary, self.scope)
        condition = combine(self.preamble_when, when, self.preamble_unless, unless)
        if not given.unexpressed:
            return condition
        fact = _judgement(rule_id, given, raw)
        self.judgements[fact.name] = fact
        judged = Test((fact.name,), Op.IS, True, fact.location)
        parts = condition.parts if isinstance(condition, AllOf) else (condition,)
        return AllOf((*parts, judged)) if parts else judged

    def _effect(self, given: EffectDocument, raw: Raw) -> RuleEffect:
        return RuleEffect(
            waives=frozenset(given.waives),
            keeps=frozenset(given.keeps),
            instead=given.instead,
            fine=self._fine(given.fine, raw.at("fine")) if given.fine else None,
        )

    def _fine(self, given: FineEffectDocument, raw: Raw) -> FineEffect:
        """Exactly one of an amount, a range, a band and a floor."""
        gathering = self.gathering
        ends = ("low", "high") if given.low is None else ("low",)
        gathering.exclusive(raw, ("amount", *ends, "band", "floor"))
        if given.low is not None and given.high is not None and given.low > given.high:
            gathering.refuse(
                "empty-interval", raw.location, low=str(given.low), high=str(given.high)
            )
        floor = gathering.ratio(given.floor, raw, "floor")
        if floor is not None and floor > 1:
            gathering.refuse("bad-band", raw.at("floor").location, found=str(given.floor))
        return FineEffect(
            amount=gathering.fen(given.amount, raw, "amount"),
            low=gathering.fen(given.low, raw, "low"),
            high=gathering.fen(given.high, raw, "high"),
            band=read_band(given.band, raw.at("band"), gathering) if given.band else None,
            floor=floor,
        )

    def _in_force(self, given: RuleDocument, raw: Raw, rule_id: str) -> Interval:
        """The days written, inside those of the ruleset."""
        own, outer = given.in_force, self.ruleset.in_force
        if own is not None:
            start, end = shown_interval(outer)
            if own.from_ is not None and outer.start is not None and own.from_ < outer.start:
                place, found = raw.at("in_force", "from").location, own.from_.isoformat()
                self.gathering.refuse(
                    "rule-before-ruleset", place, rule=rule_id, found=found, start=start
                )
            if own.until is not None and outer.until is not None and outer.until < own.until:
                place, found = raw.at("in_force", "until").location, own.until.isoformat()
                self.gathering.refuse(
                    "rule-after-ruleset", place, rule=rule_id, found=found, end=end
                )
        return self.gathering.interval(own, raw, outer)

    def duty(self, given: DutyDocument, raw: Raw) -> Duty:
        """One duty, linked."""
        gathering, ruleset = self.gathering, self.ruleset
        duty_id = self._declare("duty", given.id, raw)
        if not given.cite:
            gathering.refuse("missing-citation", raw.location, id=duty_id)
        if given.on is Trigger.GROUND and not given.grounds:
            gathering.refuse("missing-key", raw.location, key="grounds")
        departments = given.departments or ((ruleset.department,) if ruleset.department else None)
        if given.met_by is not None:
            self._check_date(given.met_by, raw.at("met_by"))
        when = gathering.condition(given.when, self.vocabulary, self.scope)
        if when is not None and given.when is not None:
            refuse_first(when, given.when, self.vocabulary, gathering)
        return Duty(
            id=duty_id,
            ruleset=ruleset.id,
            text=given.text,
            trigger=given.on,
            grounds=frozenset(given.grounds),
            except_grounds=frozenset(given.except_grounds),
            measures=frozenset(given.measures) or None,
            when=AllOf(()) if when is None else when,
            departments=frozenset(departments) if departments else None,
            modality=given.modality,
            deadline=self._deadline(given.deadline, raw.at("deadline")) if given.deadline else None,
            accrues=self._accrual(given.accrues, raw.at("accrues")) if given.accrues else None,
            met_by=given.met_by,
            citations=citations(given.cite, raw),
            in_force=gathering.interval(given.in_force, raw, ruleset.in_force),
            location=raw.location,
        )

    def _deadline(self, given: DeadlineDocument, raw: Raw) -> Deadline:
        gathering = self.gathering
        unit = gathering.exclusive(raw, tuple(_KINDS)) or "days"
        length: int | None = getattr(given, unit)
        if length is not None:
            gathering.positive(length, raw, unit)
        key = gathering.exclusive(raw, ("after", "before")) or "after"
        anchor: str = getattr(given, key) or ""
        if anchor:
            self._check_date(anchor, raw.at(key))
        for index, name in enumerate(given.extended_by):
            self._check_days(name, raw.at("extended_by", index))
        return Deadline(
            length=length or 0,
            kind=_KINDS[unit],
            anchor=anchor,
            before=key == "before",
            hours=unit == "hours",
            extended_by=given.extended_by,
            waits=given.waits,
        )

    def _check_date(self, name: str, raw: Raw) -> None:
        """A date of the case, or a fact that is one."""
        facts = self.vocabulary.facts
        if name in CASE_DATES or (name in facts and facts[name].kind is Kind.DATE):
            return
        dates = [one for one, fact in facts.items() if fact.kind is Kind.DATE]
        near = near_names(name, [*CASE_DATES, *dates])
        choices = ",".join(CASE_DATES)
        self.gathering.refuse(
            "unknown-date", raw.location, found=name, near_names=near, choices=choices
        )

    def _check_days(self, name: str, raw: Raw) -> None:
        """A fact that says how many days something took."""
        fact = self.vocabulary.facts.get(name)
        if fact is None or fact.kind is not Kind.DAYS:
            facts = self.vocabulary.facts
            near = near_names(name, [one for one, fact in facts.items() if fact.kind is Kind.DAYS])
            self.gathering.refuse("unknown-days", raw.location, found=name, near_names=near)

    def _accrual(self, given: AccrualDocument, raw: Raw) -> Accrual:
        rate = self.gathering.ratio(given.rate, raw, "rate")
        cap = self.gathering.ratio(given.cap, raw, "cap")
        if not rate or not cap:
            self.gathering.refuse("accrual-zero", raw.location)
        return Accrual(rate=rate or Fraction(1), cap=cap or Fraction(1))


_KINDS: Final = {
    "days": CalendarKind.CALENDAR,
    "working_days": CalendarKind.WORKING,
    "hours": CalendarKind.CALENDAR,
    "months": CalendarKind.MONTHS,
}
"""How the units of a period are counted."""


def _judgement(rule_id: str, given: RuleDocument, raw: Raw) -> Fact:
    """The fact that a person has to answer in place of what could not be expressed."""
    zh = "；".join(one.text.zh for one in given.unexpressed)
    en = "; ".join(one.text.en for one in given.unexpressed)
    return Fact(
        name=f"{rule_id}#unexpressed",
        kind=Kind.BOOLEAN,
        label=Text(zh=zh, en=en),
        question=Text(
            zh=phrases.say("question.unexpressed", "zh", text=zh),
            en=phrases.say("question.unexpressed", "en", text=en),
        ),
        judgement=True,
        location=raw.at("unexpressed").location,
    )


def read_band(text: str, raw: Raw, gathering: Gathering) -> Band | None:
    """The band; a problem if the text is none."""
    try:
        return parse_share(text)
    except ValueError:
        gathering.refuse("bad-band", raw.location, found=text)
        return None
