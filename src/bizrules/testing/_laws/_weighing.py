"""Laws about grades and fines: leniency, binding exemptions, statutory ranges, citations."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Final

from bizrules.cases import Case
from bizrules.engine import Engine
from bizrules.errors import Problem
from bizrules.facts import parse_value
from bizrules.matching import comparable
from bizrules.outcomes import Finding, FineRange, FineState, LawChoice, Outcome
from bizrules.penalties import FineScale, Grade, Modality
from bizrules.provenance import Location, Text
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
    """A range of fines lies in the statutory one, below its minimum when and only when mitigated.

    Each range that is left open is compared with those of its tier.
    """
    outcome = package.engine.evaluate(case)
    fine = outcome.fine
    ordered = [package.engine.rules[name].effect for name in outcome.reason.determining]
    if fine.state is FineState.WAIVED:
        lawful = outcome.grade is Grade.EXEMPT or any(effect.instead for effect in ordered)
        return None if lawful else _misfined(outcome, fine.text, None)
    fixed = any(effect.fine for effect in ordered)
    found, threatened = fine.range, fine.statutory
    if found is not None and threatened is not None:
        lawful = _is_lawful(found, threatened, outcome.grade, fixed=fixed)
        return None if lawful else _misfined(outcome, fine.text, threatened)
    for one in fine.alternatives:
        versions = _of_tier(package, case, one)
        if versions and not any(
            _is_lawful(one, version, outcome.grade, fixed=fixed) for version in versions
        ):
            return _misfined(outcome, fine.text, None)
    return None


def _is_lawful(found: FineRange, statutory: FineRange, grade: Grade | None, *, fixed: bool) -> bool:
    """Whether the range may be open for the grade; ranges of different bases are not compared."""
    if found.base != statutory.base:
        return True
    if grade is not Grade.MITIGATED:
        return _begins_within(found, statutory) and _ends_within(found, statutory)
    minimum, high = _low(statutory), _high(found)
    if minimum == 0:
        return _ends_within(found, statutory) and (fixed or high == _high(statutory))
    below = high < minimum or (high == minimum and not found.high_closed)
    # Ends are moved to whole fen; of a multiple of an unknown amount they are not.
    return below and (fixed or minimum - high <= (found.base is None))


def _begins_within(found: FineRange, statutory: FineRange) -> bool:
    same_end = found.low_closed <= statutory.low_closed
    return _low(found) > _low(statutory) or (_low(found) == _low(statutory) and same_end)


def _ends_within(found: FineRange, statutory: FineRange) -> bool:
    same_end = found.high_closed <= statutory.high_closed
    return _high(found) < _high(statutory) or (_high(found) == _high(statutory) and same_end)


def _of_tier(package: Package, case: Case, found: FineRange) -> list[FineRange]:
    """The ranges that the versions of the provision set for the tier of a range.

    None where they multiply an amount that the range knows and the case does not state.
    """
    tiers = [
        tier
        for provision in package.engine.violations[case.violation].provisions
        for tier in provision.tiers
        if tier.id == found.tier
    ]
    ranges = [_range_of(tier.fine, found, package, case) for tier in tiers if tier.fine]
    known = [one for one in ranges if one is not None]
    return known if len(known) == len(ranges) else []


def _range_of(scale: FineScale, found: FineRange, package: Package, case: Case) -> FineRange | None:
    amount: Fraction | None = Fraction(1)
    if scale.base is not None and found.base is None:
        stated = case.facts.get(scale.base)
        amount = None if stated is None else _amount(package, scale, stated)
    if amount is None:
        return None
    high = None if scale.high is None else floor(scale.high * amount)
    multiple = found.base is not None
    return FineRange(
        low=(scale.low or 0) * amount if multiple else Fraction(ceil((scale.low or 0) * amount)),
        high=scale.high if multiple or high is None else Fraction(high),
        low_closed=scale.low is not None or amount == 0,
        base=found.base,
        tier=found.tier,
    )


def _amount(package: Package, scale: FineScale, stated: object) -> Fraction | None:
    """The amount that a fine multiplies, as the case states it; None if it does not fit."""
    fact = package.engine.vocabulary[scale.base or ""]
    value = parse_value(fact, stated, Location("case"))
    if isinstance(value, Problem):
        return None
    return max(Fraction(str(comparable(fact, value))), Fraction(scale.base_floor or 0))


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
