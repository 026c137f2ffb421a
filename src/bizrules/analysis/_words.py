"""Parts of an entry in words, in both languages."""

from collections.abc import Mapping
from datetime import date

import attrs

from bizrules import phrases
from bizrules.conditions import Condition, Defined, walk
from bizrules.explanation import orders_text
from bizrules.facts import Vocabulary
from bizrules.history_wording import counting_text
from bizrules.provenance import Text
from bizrules.rules import Rule, Ruleset, Violation
from bizrules.wording import (
    both,
    condition_text,
    join,
    name_of,
    phrase,
    say_citations,
    say_date,
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
        known = self.catalogue
        return _listed(
            [
                known[code].title if code in known else Text(zh=code, en=code)
                for code in sorted(rule.violations)
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
        if ruleset.first_violation is None:
            return phrase("diff.no-first-violation")
        return counting_text(ruleset.first_violation, violation)

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


def _meanings(condition: Condition) -> Mapping[Text, Condition]:
    """What the concepts of the condition mean."""
    return {node.label: node.condition for node in walk(condition) if isinstance(node, Defined)}
