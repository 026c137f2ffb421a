"""Mutants: the rules with one thing changed that an author could have got wrong (变异).

A mutant is made of the frozen rules, never of text. What stands once for several rules, as a
preamble, a definition or a common first day does, is changed for all of them at once.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from hashlib import sha256
from typing import Any, Final, TypeAlias

import attrs

from bizrules import phrases
from bizrules.conditions import ALWAYS, AllOf, Condition, Defined, walk
from bizrules.explanation import orders_text
from bizrules.facts import Vocabulary
from bizrules.penalties import Band, FineEffect, Grade, Modality
from bizrules.provenance import Location, Text
from bizrules.rules import Effect, Rule, RuleEffect, Ruleset
from bizrules.testing._alterations import Alteration, Change, alterations
from bizrules.testing._boundaries import HUNDREDTH
from bizrules.values import add_days
from bizrules.wording import both, condition_text, join, name_of, numbered_parts, phrase, say_date

_GRADE_OF: Final[Mapping[Effect, Grade]] = {
    Effect.EXEMPT: Grade.EXEMPT,
    Effect.MITIGATED: Grade.MITIGATED,
    Effect.LIGHTER: Grade.LIGHTER,
    Effect.HEAVIER: Grade.HEAVIER,
}
_NEXT: Final[Mapping[Grade, tuple[Grade, ...]]] = {
    Grade.EXEMPT: (Grade.MITIGATED,),
    Grade.MITIGATED: (Grade.EXEMPT, Grade.LIGHTER),
    Grade.LIGHTER: (Grade.MITIGATED, Grade.HEAVIER),
    Grade.ORDINARY: (Grade.LIGHTER, Grade.HEAVIER),
    Grade.HEAVIER: (Grade.LIGHTER,),
}
"""The neighbours of a grade among the lists; no list is for ordinary penalties."""

OF_CONDITIONS: Final = frozenset(Change) - {
    Change.DAYS,
    Change.PERMITS,
    Change.MODALITY,
    Change.EFFECT,
}
"""Changes that leave everything of a rule but its condition as it is."""

Said: TypeAlias = Callable[[], Text]
"""Says something when it is asked for: most mutants are noticed and never said."""


@attrs.frozen(kw_only=True)
class Mutant:
    """The rules with one thing changed.

    Attributes:
        change: What is changed.
        ruleset: Id of the ruleset in which the change stands.
        rule: Id of the rule that is changed; None if what is changed stands for several rules.
        definition: Name of the definition that is changed, if one is.
        location: Where what is changed stands.
        originals: The rules as they are, by id.
        rules: The same rules, changed.
    """

    change: Change
    ruleset: str
    rule: str | None = None
    definition: str | None = None
    location: Location | None = attrs.field(default=None, eq=False)
    originals: tuple[Rule, ...] = attrs.field(repr=False)
    rules: tuple[Rule, ...] = attrs.field(repr=False)
    _text: Said = attrs.field(eq=False, repr=False)
    _before: Said = attrs.field(eq=False, repr=False)
    _after: Said = attrs.field(eq=False, repr=False)

    @property
    def text(self) -> Text:
        """What is changed, in words."""
        return self._text()

    @property
    def before(self) -> Text:
        """What the first of the rules says as it is, as far as that is changed."""
        return self._before()

    @property
    def after(self) -> Text:
        """What it says once changed."""
        return self._after()

    @property
    def is_part(self) -> bool:
        """Whether what is changed is only a part of a point of the rule."""
        return self.change in OF_CONDITIONS and self.before.en not in self.text.en


def mutants_of(
    rulesets: Iterable[Ruleset], vocabulary: Vocabulary, *, only: Container[str] | None = None
) -> tuple[Mutant, ...]:
    """Every mutant of the rules: what stands for several rules first, then rule by rule.

    Args:
        rulesets: All rulesets, since those of a place may use a definition of a superior one.
        vocabulary: Declarations of the facts that they read.
        only: Ids of the rulesets in which something is changed; None for all.
    """
    found: dict[object, Mutant] = {}
    for ruleset in rulesets:
        is_wanted = only is None or ruleset.id in only
        for rule in ruleset.rules:
            own = _of_rule(rule, ruleset, vocabulary) if is_wanted else ()
            used = _of_condition(rule, vocabulary, definitions=True) if _borrows(rule) else ()
            for key, mutant in (*own, *used):
                if only is not None and mutant.ruleset not in only:
                    continue
                first = found.get(key)
                found[key] = mutant if first is None else _together(first, mutant)
    mutants = [_alone(mutant) for mutant in found.values()]
    return tuple(sorted(mutants, key=lambda one: (one.ruleset, one.rule is not None)))


def sample_of(mutants: Sequence[Mutant], number: int, seed: int = 0) -> tuple[Mutant, ...]:
    """So many of the mutants, in their order, the same for the same seed.

    Args:
        mutants: All of them.
        number: How many are taken; all, if there are no more.
        seed: Which ones.
    """

    def lot(at: int) -> bytes:
        return sha256(f"{seed}:{at}".encode()).digest()

    drawn = sorted(range(len(mutants)), key=lot)[:number]
    return tuple(mutants[at] for at in sorted(drawn))


def _borrows(rule: Rule) -> bool:
    """Whether it uses a definition."""
    return any(isinstance(node, Defined) for node in walk(rule.condition))


def _together(one: Mutant, other: Mutant) -> Mutant:
    return attrs.evolve(
        one,
        originals=(*one.originals, *other.originals),
        rules=(*one.rules, *other.rules),
    )


def _alone(mutant: Mutant) -> Mutant:
    """Days that only one rule has are its own."""
    if mutant.change is not Change.DAYS or len(mutant.rules) > 1:
        return mutant
    rule = mutant.originals[0]
    return attrs.evolve(mutant, rule=rule.id, location=rule.location)


def _of_rule(
    rule: Rule, ruleset: Ruleset, vocabulary: Vocabulary
) -> Iterator[tuple[object, Mutant]]:
    yield from _of_condition(rule, vocabulary, definitions=False)
    yield from _of_days(rule, ruleset)
    changed = [(Change.PERMITS, new) for new in _other_grades(rule, ruleset)]
    other = Modality.MAY if rule.modality is Modality.SHALL else Modality.SHALL
    changed.append((Change.MODALITY, attrs.evolve(rule, modality=other)))
    changed += [(Change.EFFECT, attrs.evolve(rule, effect=one)) for one in _effects(rule.effect)]
    for change, new in changed:
        say = _SAYS[change]
        mutant = Mutant(
            change=change,
            ruleset=rule.ruleset,
            rule=rule.id,
            location=rule.location,
            originals=(rule,),
            rules=(new,),
            text=partial(_turned, change, partial(say, rule), partial(say, new)),
            before=partial(say, rule),
            after=partial(say, new),
        )
        yield (rule.id, change, new), mutant


def _of_condition(
    rule: Rule, vocabulary: Vocabulary, *, definitions: bool
) -> Iterator[tuple[object, Mutant]]:
    """What is changed in the condition itself, or in the definitions that it uses."""
    for one in alterations(rule.condition, vocabulary):
        if (one.definition is not None) is not definitions:
            continue
        is_shared = definitions or one.in_preamble
        name = one.definition
        ruleset = rule.ruleset if name is None else name.partition("#")[0]
        mutant = Mutant(
            change=one.change,
            ruleset=ruleset,
            rule=None if is_shared else rule.id,
            definition=name,
            location=one.location or rule.location,
            originals=(rule,),
            rules=(attrs.evolve(rule, condition=one.whole),),
            text=partial(_altered, one, vocabulary),
            before=partial(_differing, rule.condition, one.whole, vocabulary),
            after=partial(_differing, one.whole, rule.condition, vocabulary),
        )
        home = (name, ruleset) if is_shared else (rule.id, one.whole)
        yield (home, one.change, one.location, one.old, one.new), mutant


def _altered(one: Alteration, vocabulary: Vocabulary) -> Text:
    """What is changed of a condition."""
    old = condition_text(one.old, vocabulary)
    if one.new is None:
        return phrase("mutants.dropped", old=old)
    return _turned(one.change, lambda: old, partial(condition_text, one.new, vocabulary))


def _turned(change: Change, old: Said, new: Said) -> Text:
    return phrase(f"mutants.{change.value}", old=old(), new=new())


def _differing(one: Condition, other: Condition, vocabulary: Vocabulary) -> Text:
    """The points of the one that are not points of the other; a dash if there are none."""
    others = list(numbered_parts(other))
    points = [part for part in numbered_parts(one) if part not in others]
    if not points:
        return phrase("mutants.nothing" if one != ALWAYS else "condition.always")
    return condition_text(points[0] if len(points) == 1 else AllOf(tuple(points)), vocabulary)


def _of_days(rule: Rule, ruleset: Ruleset) -> Iterator[tuple[object, Mutant]]:
    """The first day in force, and the first no longer in force, a day earlier and later."""
    days = rule.in_force
    for end in ("start", "until"):
        day: date | None = getattr(days, end)
        for moved in (add_days(day, -1), add_days(day, 1)) if day is not None else ():
            changes: dict[str, Any] = {end: moved}
            new = attrs.evolve(days, **changes)
            if moved == day or (new.start and new.until and new.until <= new.start):
                continue
            say = partial(_say_day, end)
            mutant = Mutant(
                change=Change.DAYS,
                ruleset=rule.ruleset,
                location=ruleset.location,
                originals=(rule,),
                rules=(attrs.evolve(rule, in_force=new),),
                text=partial(_turned, Change.DAYS, partial(say, day), partial(say, moved)),
                before=partial(say, day),
                after=partial(say, moved),
            )
            yield (rule.ruleset, end, day, moved), mutant


def _say_day(end: str, day: date) -> Text:
    key = "rule.from" if end == "start" else "rule.until"
    return both(lambda lang: phrases.say(key, lang, day=say_date(day, lang)))


def _other_grades(rule: Rule, ruleset: Ruleset) -> Iterator[Rule]:
    """The rule on the neighbouring list, or with one fewer of the grades that it permits."""
    if len(rule.permits) > 1:
        for grade in rule.permits:
            kept = tuple(one for one in rule.permits if one is not grade)
            yield attrs.evolve(rule, permits=kept)
        yield attrs.evolve(rule, permits=rule.permits[::-1])
        return
    for grade in _NEXT[rule.permits[0]] if rule.permits else ():
        lists = (name for name, one in ruleset.lists.items() if _GRADE_OF.get(one.effect) is grade)
        # A list of that grade may not be among those of the ruleset.
        other = None if rule.list is None else next(lists, rule.list)
        yield attrs.evolve(rule, permits=(grade,), list=other)


def _effects(effect: RuleEffect) -> Iterator[RuleEffect]:
    """The same orders with one of them left out, or one step off."""
    for kind in sorted(effect.waives, key=lambda one: one.value):
        yield attrs.evolve(effect, waives=effect.waives - {kind})
    for kind in sorted(effect.keeps, key=lambda one: one.value):
        yield attrs.evolve(effect, keeps=effect.keeps - {kind})
    if effect.instead is not None:
        yield attrs.evolve(effect, instead=None)
    if effect.fine is not None:
        yield attrs.evolve(effect, fine=None)
        for fine in _fines(effect.fine):
            yield attrs.evolve(effect, fine=fine)


def _fines(fine: FineEffect) -> Iterator[FineEffect]:
    """An amount one fen off, a share one hundredth."""
    for end in ("amount", "low", "high"):
        amount: int | None = getattr(fine, end)
        for moved in (amount - 1, amount + 1) if amount is not None else ():
            changes: dict[str, Any] = {end: moved}
            new = attrs.evolve(fine, **changes)
            is_range = new.low is None or new.high is None or new.low <= new.high
            if moved >= 0 and is_range:
                yield new
    if fine.floor is not None:
        for share in (fine.floor - HUNDREDTH, fine.floor + HUNDREDTH):
            if 0 <= share <= 1:
                yield attrs.evolve(fine, floor=share)
    if fine.band is not None:
        for band in _bands(fine.band):
            yield attrs.evolve(fine, band=band)


def _bands(band: Band) -> Iterator[Band]:
    for end in ("low", "high"):
        share: Fraction = getattr(band, end)
        for moved in (share - HUNDREDTH, share + HUNDREDTH):
            changes: dict[str, Any] = {end: moved}
            new = attrs.evolve(band, **changes)
            if 0 <= new.low <= new.high <= 1:
                yield new
    if band.low < band.high:
        yield attrs.evolve(band, low_closed=not band.low_closed)
        yield attrs.evolve(band, high_closed=not band.high_closed)


def _modality(rule: Rule) -> Text:
    return name_of("modality", rule.modality.value)


def _grades(rule: Rule) -> Text:
    return both(
        lambda lang: join(
            (name_of("grade", grade.code).in_(lang) for grade in rule.permits), lang, "or"
        )
    )


def _orders(rule: Rule) -> Text:
    nothing = rule.effect == RuleEffect()
    return phrase("mutants.nothing") if nothing else orders_text(rule.effect)


_SAYS: Final[Mapping[Change, Callable[[Rule], Text]]] = {
    Change.PERMITS: _grades,
    Change.MODALITY: _modality,
    Change.EFFECT: _orders,
}
