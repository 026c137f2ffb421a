"""Laws about what is known: learning, irrelevance, questions."""

import attrs

from bizrules.cases import Case
from bizrules.facts import Kind
from bizrules.outcomes import LawChoice, Outcome
from bizrules.testing._golden_text import expectation
from bizrules.testing._laws._breach import Breach
from bizrules.testing._laws._comparing import differing, differing_in_what_is_said, named, told
from bizrules.testing._laws._package import Package
from bizrules.testing._scene import scene_of
from bizrules.values import DateSpan
from bizrules.wording import phrase

_COUNTED = (Kind.BOOLEAN, Kind.INTEGER)


def learning(package: Package, case: Case) -> Breach | None:
    """Without any one of its facts, the case must not have been settled otherwise."""
    outcome = package.engine.evaluate(case)
    if any(not problem.is_warning for problem in outcome.problems):
        return None  # a fact that contradicts what is computed is no knowledge
    for name in sorted(case.facts):
        earlier = _forgetting(package, case, name)
        if earlier is None:
            continue
        before = package.engine.evaluate(earlier)
        if not before.settled:
            continue
        parts = differing_in_what_is_said(before, outcome)
        if parts:
            said = phrase(
                "law.learning.broken",
                fact=package.engine.vocabulary[name].label,
                parts=named(parts),
                before=told(before),
                after=told(outcome),
            )
            return Breach(said=said, case=case, expect=expectation(before))
    return None


def _forgetting(package: Package, case: Case, name: str) -> Case | None:
    """The case before the fact was learnt; None if the fact then had another value.

    A fact of a group that was examined was false or nought, and one that is computed was known.
    """
    fact = package.engine.vocabulary[name]
    if fact.group in case.examined and fact.kind in _COUNTED:
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
    again = [question.fact for question in outcome.questions if _is_said(case, question.fact)]
    if not again:
        return None
    said = phrase("law.answers.broken", facts=named(again))
    return Breach(said=said, case=case, expect=expectation(outcome))


def _is_said(case: Case, name: str) -> bool:
    if name in case.facts:
        return True
    if name == "committed":
        return case.committed is not None and _is_exact(case.committed.ended)
    return name == "decided" and case.decided is not None and _is_exact(case.decided)


def _is_exact(span: DateSpan) -> bool:
    return span.earliest is not None and span.earliest == span.latest


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
