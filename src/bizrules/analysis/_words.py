"""Parts of an entry in words, in both languages."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial

import attrs

from bizrules import phrases
from bizrules.case_dates import CASE_DATES
from bizrules.conditions import ALWAYS, Condition, Defined, walk
from bizrules.explanation import orders_text
from bizrules.facts import Vocabulary
from bizrules.history import Anchor, FirstViolation
from bizrules.history_wording import counted_text, window_text
from bizrules.penalties import Band, BandTable, Shape
from bizrules.provenance import Text
from bizrules.rules import Deadline, Definition, Duty, Rule, Ruleset, Violation
from bizrules.wording import (
    both,
    condition_text,
    join,
    name_of,
    phrase,
    say_citations,
    say_date,
    say_share,
)


@attrs.frozen
class Words:
    """Says parts of entries.

    Attributes:
        vocabulary: Declarations of the facts that they read.
        catalogue: The violation catalogue.
    """

    vocabulary: Vocabulary
    catalogue: Mapping[str, Violation]

    def list_name(self, rule: Rule, ruleset: Ruleset) -> Text:
        """Printed name of its list; for a ground of law, that it is one."""
        kind = ruleset.lists.get(rule.list or "")
        return phrase("diff.no-list") if kind is None else kind.name

    def ground(self, rule: Rule) -> Text:
        """The door it goes through."""
        return phrase(f"ground.{rule.ground.value}")

    def level(self, rule: Rule) -> Text:
        """Rank of its norm."""
        return phrase(f"level.{rule.level.name.lower()}")

    def modality(self, rule: Rule) -> Text:
        """Whether it must or may be done."""
        return name_of("modality", rule.modality.value)

    def grades(self, rule: Rule) -> Text:
        """The grades it permits; on the second axis that it spares measures."""
        if not rule.permits:
            return phrase("diff.no-grades")
        return _listed([name_of("grade", grade.code) for grade in rule.permits], "or")

    def violations(self, rule: Rule) -> Text:
        """Violations it is for."""
        if rule.violations is None:
            return phrase("rule.matters-all")
        return self._titles(rule.violations)

    def _titles(self, codes: Iterable[str]) -> Text:
        known = self.catalogue
        return _listed(
            [
                known[code].title if code in known else Text(zh=code, en=code)
                for code in sorted(codes)
            ]
        )

    def departments(self, rule: Rule) -> Text:
        """Departments it is for."""
        if rule.departments is None:
            return phrase("diff.all")
        return _listed([name_of("department", code) for code in sorted(rule.departments)])

    def measures(self, rule: Rule) -> Text:
        """Measures it is for."""
        if rule.measures is None:
            return phrase("diff.all")
        codes = sorted(measure.value for measure in rule.measures)
        return _listed([name_of("measure", code) for code in codes])

    def condition(self, rule: Rule) -> Text:
        """Its condition."""
        return condition_text(rule.condition, self.vocabulary)

    def conditions(self, old: Condition, new: Condition) -> tuple[Text, Text]:
        """Two conditions, with the meaning of every concept that they define differently."""
        before, after = _meanings(old), _meanings(new)
        differing = {
            label
            for label in before.keys() | after.keys()
            if label in before and label in after and before[label] != after[label]
        }
        return self._explained(old, differing), self._explained(new, differing)

    def _explained(self, condition: Condition, labels: set[Text]) -> Text:
        text = condition_text(condition, self.vocabulary)
        for label, inner in _meanings(condition).items():
            if label in labels:
                meaning = condition_text(inner, self.vocabulary)
                text = phrase("diff.meaning", text=text, label=label, meaning=meaning)
        return text

    def first_violation(self, ruleset: Ruleset, violation: str) -> Text:
        """What the ruleset counts as a first violation where it is about this violation."""
        given = ruleset.first_violation
        if given is None:
            return phrase("diff.not-own")
        return _clauses([counted_text(given, violation), *self._counting(given)])

    def _counting(self, given: FirstViolation) -> Iterator[Text]:
        """How else a definition counts, where it does not do as most do."""
        if given.window is None and given.search is not None:
            yield phrase("diff.counting.search", window=window_text(given, given.search))
        if given.counted_by is not Anchor.DECIDED:
            yield phrase(f"diff.counting.by.{given.counted_by.value}")
        for special in given.special_windows:
            names = self._titles(special.violations)
            window = window_text(given, special.window)
            yield phrase("diff.counting.special", names=names, window=window)
        if given.registers:
            names = _listed([phrase(f"register.{one.value}") for one in given.registers])
            yield phrase("diff.counting.registers", names=names)

    def combination(self, ruleset: Ruleset) -> Text:
        """How lenient and heavier circumstances combine."""
        if ruleset.combination is None:
            return phrase("diff.not-own")
        return phrase(f"diff.combination.{ruleset.combination.value}")

    def supplements(self, ruleset: Ruleset) -> Text:
        """How it stands to superior rulesets."""
        return phrase(f"diff.supplements.{'yes' if ruleset.supplements else 'no'}")

    def reach(self, ruleset: Ruleset) -> Text:
        """To which acts it reaches."""
        return phrase(f"diff.reach.{ruleset.reach.value}")

    def bands(self, tables: Iterable[BandTable]) -> Text:
        """The share of the span of each grade, for each shape of range."""
        said = [_table(table) for table in tables]
        return _clauses(said) if said else phrase("diff.not-own")

    def definition(self, definition: Definition | None) -> Text:
        """What a concept means."""
        if definition is None:
            return phrase("diff.not-own")
        return condition_text(definition.condition, self.vocabulary)

    def duty(self, duty: Duty | None) -> Text:
        """What has to be done, on what, and by when."""
        if duty is None:
            return phrase("diff.nothing")
        return phrase("diff.duty", text=duty.text, details=_clauses(list(self._details(duty))))

    def _details(self, duty: Duty) -> Iterator[Text]:
        yield name_of("modality", duty.modality.value)
        codes = sorted(ground.value for ground in duty.grounds)
        grounds = _listed([phrase(f"ground.{code}") for code in codes], "or")
        yield phrase(f"diff.trigger.{duty.trigger.value}", grounds=grounds)
        if duty.measures is not None:
            codes = sorted(measure.value for measure in duty.measures)
            yield _listed([name_of("measure", code) for code in codes], "or")
        if duty.departments is not None:
            yield _listed([name_of("department", code) for code in sorted(duty.departments)])
        if duty.when != ALWAYS:
            yield condition_text(duty.when, self.vocabulary)
        if duty.deadline is not None:
            yield self._period(duty.deadline)
        if duty.accrues is not None:
            yield phrase(
                "accrual",
                rate=both(partial(say_share, duty.accrues.rate)),
                cap=both(partial(say_share, duty.accrues.cap)),
            )

    def _period(self, deadline: Deadline) -> Text:
        if deadline.anchor in CASE_DATES:
            anchor = phrase(f"after.{deadline.anchor}")
        else:
            anchor = self._label(deadline.anchor)
        way = "before" if deadline.before else "waits" if deadline.waits else "period"
        kind = "hours" if deadline.hours else deadline.kind.value
        period = phrase(f"{way}.{kind}", n=deadline.length, after=anchor)
        if not deadline.extended_by:
            return period
        more = _listed([self._label(name) for name in deadline.extended_by])
        return phrase("period.extended", period=period, more=more)

    def _label(self, name: str) -> Text:
        return self.vocabulary[name].label

    def effect(self, rule: Rule) -> Text:
        """What it orders beyond the grade."""
        text = orders_text(rule.effect)
        return text if text.zh else phrase("diff.no-effect")

    def citations(self, rule: Rule) -> Text:
        """What it rests on."""
        return both(lambda lang: say_citations(rule.citations, lang))

    def entry(self, rule: Rule) -> Text:
        """Its printed number."""
        if rule.entry is None:
            return phrase("diff.no-entry")
        return Text(zh=rule.entry, en=rule.entry)

    def days(self, rule: Rule) -> Text:
        """Days on which it is in force."""
        days = rule.in_force
        said = [
            phrase(key, day=_day(day))
            for key, day in (("rule.from", days.start), ("rule.until", days.until))
            if day is not None
        ]
        if not said:
            return phrase("diff.no-days")
        return both(lambda lang: phrases.say("list.mark", lang).join(t.in_(lang) for t in said))


def _day(day: date) -> Text:
    return both(lambda lang: say_date(day, lang))


def _listed(texts: list[Text], word: str = "and") -> Text:
    return both(lambda lang: join((text.in_(lang) for text in texts), lang, word))


def _clauses(texts: list[Text]) -> Text:
    return both(lambda lang: phrases.say("note.mark", lang).join(t.in_(lang) for t in texts))


def _table(table: BandTable) -> Text:
    shares = [
        phrase("diff.band", grade=name_of("grade", grade.code), share=_share(table.bands[grade]))
        for grade in sorted(table.bands)
    ]
    text = both(lambda lang: phrases.say("clause.mark", lang).join(t.in_(lang) for t in shares))
    if table.shapes == frozenset(Shape):
        return text
    shapes = [phrase(f"diff.shape.{shape.value}") for shape in Shape if shape in table.shapes]
    return phrase("diff.bands", shapes=_listed(shapes), shares=text)


def _share(band: Band) -> Text:
    ends = ((band.low, band.low_closed), (band.high, band.high_closed))
    low, high = (
        phrase(f"diff.share.{'closed' if closed else 'open'}", share=both(partial(say_share, end)))
        for end, closed in ends
    )
    return phrase("diff.share", low=low, high=high)


def _meanings(condition: Condition) -> Mapping[Text, Condition]:
    """What the concepts of the condition mean."""
    return {node.label: node.condition for node in walk(condition) if isinstance(node, Defined)}
