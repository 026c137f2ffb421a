"""Laws about what is known: learning, irrelevance, questions."""

from collections.abc import Iterator
from typing import Any

import attrs

from bizrules.case_dates import DATES
from bizrules.cases import Act, Case, PartyKind
from bizrules.facts import Fact, Kind
from bizrules.outcomes import LawChoice, Outcome, Question
from bizrules.provenance import Text
from bizrules.testing._golden_text import expectation
from bizrules.testing._laws._breach import Breach
from bizrules.testing._laws._comparing import differing, differing_in_what_is_said, named, told
from bizrules.testing._laws._package import Package
from bizrules.testing._scene import scene_of
from bizrules.values import DateSpan
from bizrules.wording import phrase

_COUNTED = (Kind.BOOLEAN, Kind.INTEGER)


def learning(package: Package, case: Case) -> Breach | None:
    """Without any one thing it says, the case must not have been settled otherwise."""
    outcome = package.engine.evaluate(case)
    if any(not problem.is_warning for problem in outcome.problems):
        return None  # a fact that contradicts what is computed is no knowledge
    for learnt, earlier in _earlier(package, case):
        before = package.engine.evaluate(earlier)
        if not before.settled:
            continue
        parts = differing_in_what_is_said(before, outcome)
        if parts:
            said = phrase(
                "law.learning.broken",
                fact=learnt,
                parts=named(parts),
                before=told(before),
                after=told(outcome),
            )
            return Breach(said=said, case=case, expect=expectation(before))
    return None


def _earlier(package: Package, case: Case) -> Iterator[tuple[Text, Case]]:
    """The case before each thing was learnt that it says, with what that was."""
    for name in sorted(case.facts):
        earlier = _forgetting(package, case, name)
        if earlier is not None:
            yield package.engine.vocabulary[name].label, earlier
    for group in sorted(case.examined):
        fewer = attrs.evolve(case, examined=case.examined - {group})
        yield package.engine.vocabulary.groups[group].label, fewer
    told_already = _read_for_what_was_examined(package, case)
    if case.priors is not None and "priors" not in told_already:
        yield phrase("law.learnt.priors"), attrs.evolve(case, priors=None)
    if "party" not in told_already:
        yield from _of_whom_less_is_known(case)
    dates = _before_dates(case)
    yield from ((label, one) for name, label, one in dates if name not in told_already)


def _of_whom_less_is_known(case: Case) -> Iterator[tuple[Text, Case]]:
    for key in ("kind", "age", "birth_date"):
        if getattr(case.party, key) is not None:
            party = attrs.evolve(case.party, **{key: None})
            yield phrase(f"law.learnt.{key}"), attrs.evolve(case, party=party)


def _before_dates(case: Case) -> Iterator[tuple[str, Text, Case]]:
    """The case while a date was known only to the year, or not at all."""
    act = case.committed
    if act is not None:
        rough = Act(ended=_year(act.ended), began=act.began and _year(act.began))
        for known in (rough, None):
            earlier = attrs.evolve(case, committed=known)
            yield "committed", phrase("law.learnt.committed"), earlier
    for key in DATES:
        span: DateSpan | None = getattr(case, key)
        if span is not None:
            for vaguer in (_year(span), None):
                changed: dict[str, Any] = {key: vaguer}
                yield key, phrase(f"law.learnt.{key}"), attrs.evolve(case, **changed)


def _year(span: DateSpan) -> DateSpan:
    first, last = span.earliest, span.latest
    return DateSpan(
        first and first.replace(month=1, day=1), last and last.replace(month=12, day=31)
    )


def _read_for_what_was_examined(package: Package, case: Case) -> frozenset[str]:
    """What facts are computed from that would otherwise be false or nought, being examined.

    Whoever examined whether the party was a minor, and found nothing, has said that it was none:
    an age that is learnt later and tells the contrary adds nothing, it corrects.
    """
    vocabulary = package.engine.vocabulary
    found = {name for name, fact in vocabulary.facts.items() if _is_told_by_examination(fact, case)}
    waiting, read = set(found), set[str]()
    by_name = {one.name: one for one in package.engine.derivations}
    while waiting:
        derivation = by_name.get(waiting.pop())
        new = set(derivation.reads if derivation else ()) - read
        read |= new
        waiting |= new
    return frozenset(read)


def _is_told_by_examination(fact: Fact, case: Case) -> bool:
    return fact.group in case.examined and fact.kind in _COUNTED


def _forgetting(package: Package, case: Case, name: str) -> Case | None:
    """The case before the fact was learnt; None if the fact then had another value.

    A fact of a group that was examined was false or nought, and so was what is computed from it.
    """
    if _is_told_by_examination(package.engine.vocabulary[name], case):
        return None
    if name in _read_for_what_was_examined(package, case):
        return None
    return attrs.evolve(case, facts={n: v for n, v in case.facts.items() if n != name})


def irrelevance(package: Package, case: Case) -> Breach | None:
    """Without the facts that nothing reads, the outcome is the same in every part."""
    reads = scene_of(package.engine, case.region, case.violation).reads
    unread = sorted(case.facts.keys() - reads)
    if not unread:
        return None
    less = attrs.evolve(case, facts={n: v for n, v in case.facts.items() if n in reads})
    without = package.engine.evaluate(less)
    found = package.engine.evaluate(case)
    parts = differing(without, found, ignoring=("case", "receipt"))
    if not parts:
        return None
    said = phrase("law.irrelevance.broken", facts=named(unread), parts=named(parts))
    return Breach(said=said, case=case, expect=expectation(without))


def answers(package: Package, case: Case) -> Breach | None:
    """Nothing is asked that the case says."""
    outcome = package.engine.evaluate(case)
    again = [question.fact for question in outcome.questions if _is_said(case, question)]
    if not again:
        return None
    said = phrase("law.answers.broken", facts=named(again))
    return Breach(said=said, case=case, expect=expectation(outcome))


def _is_said(case: Case, question: Question) -> bool:
    """Whether the case says it: as a fact, a date, of the party, or by a search of the records."""
    name, act = question.fact, case.committed
    if name in case.facts:
        return True
    if name == "committed":
        return act is not None and _is_exact(act.ended)
    if name in DATES:
        return _is_exact(getattr(case, name))
    if name == "violation_months":
        return act is not None and _is_exact(act.began) and _is_exact(act.ended)
    if name == "days_to_correct":
        return {"ordered_on", "corrected_on"} <= case.facts.keys()
    return _is_said_of_party(case, name) or _is_searched(case, question)


def _is_said_of_party(case: Case, name: str) -> bool:
    """Whether the party is described so far; an age in years or a birth before a known act."""
    party, act = case.party, case.committed
    natural = party.kind in (None, PartyKind.INDIVIDUAL, PartyKind.INDIVIDUAL_BUSINESS)
    born = party.birth_date is not None and act is not None and _is_exact(act.ended)
    aged = natural and (party.age is not None or born)
    if name == "party_kind":
        return party.kind is not None
    if name == "party_is_minor":
        return aged or not natural or "age_at_act" in case.facts
    return name == "age_at_act" and aged


def _is_searched(case: Case, question: Question) -> bool:
    """Whether the records the question is about were searched far enough and nothing was found.

    What was found may be told too little of to say whether it counts.
    """
    priors = case.priors
    if priors is None or priors.found or priors.searched_since is None or question.since is None:
        return False
    if priors.registers is not None:
        searched = {phrase(f"register.{one.value}") for one in priors.registers}
        if not searched.issuperset(question.registers):
            return False
    return priors.searched_since <= question.since


def _is_exact(span: DateSpan | None) -> bool:
    return span is not None and span.exact is not None


def completion(package: Package, case: Case) -> Breach | None:
    """Where nothing is left to ask, the outcome is settled and its fine is known.

    Unless a text that was in force is not on record, which the outcome then says.
    """
    outcome = package.engine.evaluate(case)
    if outcome.questions or _is_complete(outcome):
        return None
    missing = outcome.fine.open_facts or ("settled",)
    said = phrase("law.completion.broken", said=told(outcome), parts=named(missing))
    return Breach(said=said, case=case, expect={"settled": True})


def _is_complete(outcome: Outcome) -> bool:
    # Two laws cannot be compared, whatever is answered, where the text of one is not on record.
    codes = {problem.code for problem in outcome.problems}
    if outcome.law_applied.choice is LawChoice.OPEN and "provision-not-on-record" in codes:
        return True
    return outcome.settled and not outcome.fine.open_facts
