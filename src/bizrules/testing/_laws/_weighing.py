"""Laws about grades and fines: leniency, binding exemptions, statutory ranges, citations."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from bizrules.cases import Case
from bizrules.engine import Engine
from bizrules.outcomes import Finding, FineRange, FineState, LawChoice, Outcome
from bizrules.penalties import Grade, Modality
from bizrules.provenance import Text
from bizrules.rules import Axis, Rule
from bizrules.testing._golden_text import expectation, yuan
from bizrules.testing._laws._breach import Breach
from bizrules.testing._laws._comparing import told
from bizrules.testing._laws._package import ADDED, Package
from bizrules.testing._scene import scene_of
from bizrules.truth import Truth
from bizrules.wording import phrase

EXEMPTED: Final = (Grade.EXEMPT,)
EXPECTED: Final = {
    "grade": "exempt",
    "permitted": ["exempt"],
    "modality": "shall",
    "contested": False,
}
"""An exemption that binds, as golden cases expect it."""


def leniency(package: Package, case: Case) -> Breach | None:
    """With a lenient entry no end of what is permitted is heavier than without it.

    Each entry of the package that may speak is taken out, and one is put in on trial. An entry
    that binds may narrow what a general ground leaves open, never above what was proposed.
    """
    for rule, without, with_it in _pairs(package, case):
        before, after = without.evaluate(case), with_it.evaluate(case)
        if _law_of(before) != _law_of(after):
            continue
        if _is_heavier(before, after, rule):
            said = phrase(
                "law.leniency.broken", rule=rule.id, before=told(before), after=told(after)
            )
            return Breach(said=said, case=case, expect=expectation(before))
    return None


def _law_of(outcome: Outcome) -> tuple[LawChoice, str]:
    """Which law is applied, or leads while that is open: two laws are not compared."""
    return outcome.law_applied.choice, outcome.law_applied.on


def _pairs(package: Package, case: Case) -> Iterator[tuple[Rule, Engine, Engine]]:
    yield from _own_pairs(package, case)
    added = package.with_leniency
    yield added.rules[f"{ADDED}/1"], package.engine, added


def _own_pairs(package: Package, case: Case) -> Iterator[tuple[Rule, Engine, Engine]]:
    own = {ruleset.id for ruleset in package.rulesets}
    scene = scene_of(package.engine, case.region, case.violation)
    if any(ruleset.supplements for ruleset in scene.stretch.rulesets):
        return  # where one is silent beside another, an entry of the other takes it away
    for finding in package.engine.evaluate(case).findings:
        rule = package.engine.rules[finding.rule]
        if rule.ruleset in own and finding.truth is not Truth.FALSE and _is_only_lenient(rule):
            yield rule, package.without_entry(rule), package.engine


def _is_only_lenient(rule: Rule) -> bool:
    return (
        rule.axis is Axis.PENALTY
        and rule.is_lenient
        and max(rule.permits) < Grade.ORDINARY
        and rule.refines is None
    )


def _is_heavier(before: Outcome, after: Outcome, rule: Rule) -> bool:
    if max(after.permitted) > max(before.permitted):
        return True
    if rule.modality is Modality.MAY and min(after.permitted) > min(before.permitted):
        return True
    if before.grade is None or after.grade is None:
        return False
    return after.grade > max(before.grade, *rule.permits)


def exemption(package: Package, case: Case) -> Breach | None:
    """Where a ground of law that binds to exempt holds, nothing else is permitted.

    Those of the rules, and one that is put in and holds in every case.
    """
    for engine in (package.engine, package.with_exemption):
        outcome = engine.evaluate(case)
        binding = [one for one in outcome.held if _binds(one)]
        if binding and not _is_exempt(outcome):
            said = phrase("law.exemption.broken", rule=binding[0].rule, said=told(outcome))
            # With a ground that is put in on trial golden cases know nothing of it.
            expect = EXPECTED if engine is package.engine else {}
            return Breach(said=said, case=case, expect=expect)
    return None


def _binds(finding: Finding) -> bool:
    return (
        finding.axis is Axis.PENALTY
        and finding.modality is Modality.SHALL
        and finding.permits == EXEMPTED
        and finding.level.is_law
    )


def _is_exempt(outcome: Outcome) -> bool:
    """Exempt and bound to it; where the law in time is open, at least nothing else is permitted."""
    settled = outcome.grade is Grade.EXEMPT and outcome.modality is Modality.SHALL
    return (
        (settled or outcome.grade is None)
        and outcome.permitted == EXEMPTED
        and not outcome.contested
    )


def fines(package: Package, case: Case) -> Breach | None:
    """A range of fines lies in the statutory one, below its minimum only when mitigated."""
    outcome = package.engine.evaluate(case)
    fine = outcome.fine
    ordered = [package.engine.rules[name].effect for name in outcome.reason.determining]
    if fine.state is FineState.WAIVED:
        lawful = outcome.grade is Grade.EXEMPT or any(effect.instead for effect in ordered)
        return None if lawful else _misfined(outcome, fine.text, None)
    found, statutory = fine.range, fine.statutory
    if found is None or statutory is None or found.base != statutory.base:
        return None
    if outcome.grade is Grade.MITIGATED:
        within = _high(found) <= _high(statutory)
        fixed = any(effect.fine for effect in ordered)
        within = within and (fixed or _high(found) in (_low(statutory), _high(statutory)))
    else:
        within = _low(statutory) <= _low(found) and _high(found) <= _high(statutory)
    return None if within else _misfined(outcome, fine.text, statutory)


def _misfined(outcome: Outcome, text: Text, statutory: FineRange | None) -> Breach:
    said = phrase("law.fines.broken", fine=text, said=told(outcome))
    expect: dict[str, object] = {}
    if statutory is not None and statutory.base is None and outcome.fine.range is not None:
        low = max(_low(statutory), min(_low(outcome.fine.range), _high(statutory)))
        expect["low"] = yuan(Fraction(low))
        if statutory.high is not None:
            high = max(_low(statutory), min(_high(outcome.fine.range), statutory.high))
            expect["high"] = yuan(Fraction(high))
    return Breach(said=said, case=outcome.case, expect={"fine": expect} if expect else {})


def _low(found: FineRange) -> Fraction:
    return found.low or Fraction(0)


def _high(found: FineRange) -> Fraction | float:
    return float("inf") if found.high is None else found.high


def citation(package: Package, case: Case) -> Breach | None:
    """A settled outcome rests on articles, and on rules that hold unless it is ordinary."""
    outcome = package.engine.evaluate(case)
    reason = outcome.reason
    held = {finding.rule for finding in outcome.held}
    unfounded = sorted({*reason.determining, *reason.opposing} - held)
    bare = any(not finding.citations for finding in outcome.findings)
    if outcome.settled:
        carried = reason.determining or reason.row in ("ordinary", "lawful")
        bare = bare or not outcome.citations or not carried
    if not bare and not unfounded:
        return None
    said = phrase("law.citation.broken", said=told(outcome))
    return Breach(said=said, case=case, expect=expectation(outcome))
