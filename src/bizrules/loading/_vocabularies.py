"""Vocabularies: declared facts and groups."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from bizrules._structure import Raw
from bizrules.documents import FactDocument, VocabularyDocument
from bizrules.errors import Problem
from bizrules.facts import CODED, NUMERIC, Answerer, Choice, Cure, Fact, Group, Kind, Vocabulary
from bizrules.grammar import fact_value
from bizrules.loading._gathering import Gathering, by_key
from bizrules.loading._histories import check_special_windows, read_repeat_count
from bizrules.loading._knowledge import read_only
from bizrules.values import Plain, Unit

CORE: Final = "bizrules"


def read_vocabularies(
    written: Iterable[tuple[VocabularyDocument, Raw]], base: Vocabulary, gathering: Gathering
) -> Vocabulary:
    """The base with the facts and groups of the documents.

    Args:
        written: What is written, and where.
        base: What was declared before.
        gathering: Receives the problems.
    """
    documents = list(written)
    groups, facts = dict(base.groups), dict(base.facts)
    # A fact may belong to a group of any document, so all groups come first.
    for given, raw in documents:
        for code, label, place in by_key(given.groups, raw, "groups"):
            gathering.identifier(code, place.key_location)
            if gathering.declare("group", code, place.key_location):
                groups[code] = Group(code=code, label=label)
    for given, raw in documents:
        if given.prefix is None and gathering.plugin != CORE:
            gathering.refuse("missing-key", raw.location, key="prefix")
        for fact, place in gathering.entries(given.facts.values(), FactDocument):
            name = str(place.path[-1])
            _check_name(name, given.prefix, place, gathering)
            if gathering.declare("fact", name, place.key_location):
                facts[name] = _fact(name, fact, place, groups, gathering)
    return Vocabulary(read_only(facts), read_only(groups))


def check_counts(
    given: VocabularyDocument, violations: Collection[str], gathering: Gathering
) -> None:
    """The violations that have a window of their own in a count are known."""
    # Structured again only where something is counted: violations are read after all facts.
    counting = [
        raw for raw in given.facts.values() if isinstance(raw.data, dict) and "counts" in raw.data
    ]
    for fact, place in gathering.entries(counting, FactDocument):
        if fact.counts is not None:
            check_special_windows(fact.counts, place.at("counts"), violations, gathering)


def _check_name(name: str, prefix: str | None, place: Raw, gathering: Gathering) -> None:
    gathering.word(name, place.key_location)
    if prefix is not None and not name.startswith(f"{prefix}."):
        gathering.refuse("prefix-missing", place.key_location, fact=name, prefix=prefix)


def _fact(
    name: str, given: FactDocument, raw: Raw, groups: Mapping[str, Group], gathering: Gathering
) -> Fact:
    _check_keys(given, raw, gathering)
    if given.group is not None:
        gathering.known("unknown-group", given.group, groups, raw.at("group").location)
    choices = []
    for code, label, place in by_key(given.choices or {}, raw, "choices"):
        gathering.entry_id(code, place.key_location)
        choices.append(Choice(code=code, label=label))
    fact = Fact(
        name=name,
        kind=given.kind,
        label=given.label,
        unit=given.unit,
        choices=tuple(choices),
        question=given.question,
        evidence=given.evidence,
        answered_by=given.answered_by or (Answerer.OFFICER,),
        judgement=given.judgement,
        cure=Cure(to=given.cure.to, how=given.cure.how) if given.cure else None,
        group=given.group,
        derived=given.derived,
        denial=given.denial,
        counts=read_repeat_count(given.counts, raw.at("counts"), gathering)
        if given.counts
        else None,
        location=raw.key_location,
    )
    _check_cure(fact, raw, gathering)
    return fact


def _check_keys(given: FactDocument, raw: Raw, gathering: Gathering) -> None:
    """Choices, units and denials belong to some kinds only."""
    kind = given.kind
    if kind in CODED and not given.choices:
        gathering.refuse("missing-key", raw.location, key="choices")
    fits = {
        "choices": kind in CODED or given.choices is None,
        "unit": kind in NUMERIC or given.unit is None,
        "denial": kind is Kind.BOOLEAN or given.denial is None,
        "counts": kind is Kind.INTEGER or given.counts is None,
    }
    for key in (key for key, does in fits.items() if not does):
        place = raw.at(key).key_location
        gathering.refuse("key-not-fitting", place, key=key, kind_phrase=f"kind.{kind.value}")
    gathering.exclusive(raw, ("derived", "counts"), needed=False)
    if kind is Kind.MONEY and given.unit not in (None, Unit.YUAN):
        place = raw.at("unit").location
        found = str(raw.at("unit").data)
        gathering.refuse("unit-mismatch", place, fact=str(raw.path[-1]), unit="yuan", found=found)


def _check_cure(fact: Fact, raw: Raw, gathering: Gathering) -> None:
    """The value that can still be reached is a value of the fact."""
    if fact.cure is None or (fact.kind in CODED and not fact.choices):
        return
    place = raw.at("cure", "to")
    data = Plain(fact.cure.to)
    given: object = [data] if fact.kind is Kind.SET else data
    found = fact_value(fact, Raw(place.document, place.path, given))
    if isinstance(found, Problem):
        gathering.problems.append(found)
