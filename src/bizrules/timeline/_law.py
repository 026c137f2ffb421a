"""The law of a case over time: which is applied, and on which days it changed."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Final, cast

import attrs

from bizrules.assessment import StatedFacts
from bizrules.cases import Case
from bizrules.derivation import Known, act_span, decision_span
from bizrules.engine import Engine
from bizrules.evaluation import Answer
from bizrules.facts import Value
from bizrules.history import Counting, FirstViolation
from bizrules.intertemporal import Applied
from bizrules.outcomes import LawChoice, Outcome
from bizrules.provenance import Citation, Text
from bizrules.rules import Duty, Rule, Violation
from bizrules.selection import Moment, Stretch
from bizrules.timeline._items import Item, ItemKind
from bizrules.values import DateSpan, Interval
from bizrules.wording import both, phrase, say_citation

_DAY: Final = timedelta(days=1)
_STATE: Final = "中华人民共和国"


@attrs.define(eq=False, slots=False)
class LawOfCase:
    """A case, what it states, and the law about it.

    Attributes:
        outcome: The outcome of the case.
        engine: The engine that evaluated it.
    """

    outcome: Outcome
    engine: Engine

    @property
    def case(self) -> Case:
        """The case."""
        return self.outcome.case

    @property
    def violation(self) -> Violation:
        """Its entry of the catalogue."""
        return self.engine.violations[self.case.violation]

    @cached_property
    def facts(self) -> Mapping[str, Value]:
        """Facts that the case states, as typed values."""
        reading = self.engine.assessor.read(self.case)
        return StatedFacts(reading.view, self.engine.vocabulary)

    @cached_property
    def _answer(self) -> Applied:
        """The laws that the outcome rests on; of one read back, those it would rest on now."""
        source = self.outcome.source
        if not isinstance(source, Answer):
            source = cast("Answer", self.engine.evaluate(self.case).source)
        return source.applied

    @property
    def applied(self) -> tuple[Stretch, ...]:
        """The law applied; while that is open, the old one and the new one."""
        found = self._answer
        if found.choice is not LawChoice.OPEN or found.other is None:
            return (found.main.stretch,)
        old = found.other if found.main is found.current else found.main
        return old.stretch, found.current.stretch

    @cached_property
    def duties(self) -> Mapping[str, Duty]:
        """The duties of the law of the decision, by id."""
        return {duty.id: duty for duty in self._answer.current.stretch.duties}

    def on(self, day: date) -> Stretch:
        """The law of one day for the act and the decision of the case."""
        moment = Moment(DateSpan.on(day), act_span(self.case), decision_span(self.case))
        selector = self.engine.assessor.selector
        return selector.stretch(self.case.region, self.case.violation, moment)

    def known(self, counting: Counting | None = None) -> Known:
        """What a derivation may read of the case."""
        return Known(
            case=self.case,
            stated=self.facts,
            violation=self.violation,
            first=counting or FirstViolation(),
            violations=self.engine.violations,
        )

    def borders(self) -> tuple[date, ...]:
        """Days after the act, and up to the decision, on which the law may have changed."""
        first, last = _range(self.case)
        if first is None or last is None:
            return ()
        days = {day for one in self._intervals() for day in (one.start, one.until)}
        return tuple(sorted(day for day in days if day is not None and first < day <= last))

    def _intervals(self) -> Iterator[Interval]:
        entry = self.violation
        yield entry.in_force
        yield from (provision.in_force for provision in entry.provisions)
        for ruleset in self.engine.assessor.selector.near(self.case.region):
            yield ruleset.in_force
            yield from (rule.in_force for rule in ruleset.rules if _concerns(rule, entry.id))


def _concerns(rule: Rule, violation: str) -> bool:
    return rule.violations is None or violation in rule.violations


def _range(case: Case) -> tuple[date | None, date | None]:
    """First day of the act, and last day of the decision or else of the latest known event."""
    act = act_span(case)
    if case.decided is not None:
        return act.earliest or act.latest, case.decided.latest or case.decided.earliest
    spans = (case.notified, case.filed, case.discovered)
    days = [span.latest or span.earliest for span in spans if span is not None]
    return act.earliest or act.latest, max((day for day in days if day), default=None)


def changes(law: LawOfCase) -> Iterator[Item]:
    """What changed in the law about the violation between act and decision, day by day."""
    for day in law.borders():
        before, after = law.on(day - _DAY), law.on(day)
        if not before.same_law(after):
            yield from _of_violation(day, before, after)
            yield from _of_instruments(day, before, after)


def _of_violation(day: date, before: Stretch, after: Stretch) -> Iterator[Item]:
    """Whether the act became, or ceased to be, a violation; another version of the provision."""
    if before.is_violation is not after.is_violation:
        word = "violation" if after.is_violation else "lawful"
        yield _change(day, phrase(f"timeline.law.{word}"))
    elif before.provisions != after.provisions:
        word = "provision" if after.provisions else "provision-ended"
        cited = tuple(p.citation for p in after.provisions or before.provisions)
        yield _change(day, phrase(f"timeline.law.{word}"), citations=cited)


def _of_instruments(day: date, before: Stretch, after: Stretch) -> Iterator[Item]:
    """Instruments whose rules began, ended or changed."""
    old, new = _by_instrument(before), _by_instrument(after)
    nothing: frozenset[str] = frozenset()
    for name in sorted({*old, *new}):
        come = new.get(name, nothing) - old.get(name, nothing)
        gone = old.get(name, nothing) - new.get(name, nothing)
        if not come and not gone:
            continue
        word = "began" if name not in old else "changed" if name in new else "ended"
        counts = (("come", len(come)), ("gone", len(gone)))
        notes = tuple(phrase(f"timeline.law.count.{key}", n=n) for key, n in counts if n)
        yield _change(day, phrase(f"timeline.law.{word}", name=_instrument(name)), notes=notes)


def _change(
    day: date,
    label: Text,
    *,
    notes: tuple[Text, ...] = (),
    citations: tuple[Citation, ...] = (),
) -> Item:
    return Item(
        kind=ItemKind.LAW, on=DateSpan.on(day), label=label, notes=notes, citations=citations
    )


def _by_instrument(stretch: Stretch) -> dict[str, frozenset[str]]:
    """Ids of the rules about the penalty, by the name of the instrument they stand in."""
    found: dict[str, set[str]] = {}
    for candidate in stretch.penalty:
        found.setdefault(candidate.ruleset.instrument.name, set()).add(candidate.rule.id)
    return {name: frozenset(rules) for name, rules in found.items()}


def _instrument(name: str) -> Text:
    cited = Citation(name.removeprefix(_STATE))
    return both(lambda lang: say_citation(cited, lang))
