"""Laws about what must make no difference: order, other places, writing down, doing it again."""

import json
from collections.abc import Iterator
from functools import reduce
from operator import and_, or_

import attrs

from bizrules._structure import Raw
from bizrules._tree import Document
from bizrules._yaml import read_yaml
from bizrules.cases import Case, fingerprint
from bizrules.conditions import Condition, Defined, walk
from bizrules.errors import BizrulesError
from bizrules.explanation import explain
from bizrules.grammar import parse_condition, print_condition
from bizrules.loading import case_from_plain, case_to_plain, load_golden
from bizrules.outcomes import Outcome, Trace
from bizrules.plain import outcome_from_plain, record_of, to_plain
from bizrules.testing._golden_text import expectation, golden_text
from bizrules.testing._laws._breach import Breach
from bizrules.testing._laws._comparing import differing, named
from bizrules.testing._laws._package import Package
from bizrules.testing._scene import scene_of
from bizrules.wording import phrase


def order(package: Package, case: Case) -> Breach | None:
    """With rules, files and packages in reverse the outcome is the same in every part."""
    found, turned = package.engine.evaluate(case), package.turned.evaluate(case)
    parts = differing(found, turned)
    if not parts:
        return None
    said = phrase("law.order.broken", parts=named(parts))
    return Breach(said=said, case=case, expect=expectation(turned))


def place(package: Package, case: Case) -> Breach | None:
    """Without the rulesets of the package for places elsewhere the outcome is the same.

    In a case outside all its places the package is left out altogether.
    """
    engine = package.engine
    line = engine.regions.ancestors(case.region)
    if not set(package.regions) & set(line):
        facts = {name: value for name, value in case.facts.items() if name not in package.facts}
        case = attrs.evolve(case, facts=facts)
        other = package.removed
    else:
        speaking = (
            one.id for one in engine.rulesets if one.plugin != package.name or one.region in line
        )
        other = package.only(frozenset(speaking))
    without, found = other.evaluate(case), engine.evaluate(case)
    parts = differing(without, found)
    if not parts:
        return None
    said = phrase("law.place.broken", region=case.region, parts=named(parts))
    return Breach(said=said, case=case, expect=expectation(without))


def writing(package: Package, case: Case) -> Breach | None:
    """Conditions, the case and its outcome are read back as they were written."""
    broken = next(_unwritten(package, case), None)
    if broken is None:
        return None
    said = phrase("law.writing.broken", what=broken)
    return Breach(said=said, case=case, expect=expectation(package.engine.evaluate(case)))


def _unwritten(package: Package, case: Case) -> Iterator[str]:
    """What is not read back as it was written."""
    knowledge = package.engine.knowledge
    for rule in scene_of(package.engine, case.region, case.violation).rules:
        if not _is_read_back(package, rule.condition):
            yield rule.id
    try:
        if case_from_plain(case_to_plain(case), knowledge) != case:
            yield "case"
        document = read_yaml(golden_text(case).encode(), "case")
        if [one.case for one in load_golden(document, knowledge)] != [case]:
            yield "golden"
        outcome = package.engine.evaluate(case)
        plain = json.loads(json.dumps(to_plain(outcome), ensure_ascii=False))
        if record_of(outcome_from_plain(plain)) != record_of(outcome):
            yield "outcome"
    except BizrulesError as error:
        yield str(error)


def _is_read_back(package: Package, condition: Condition) -> bool:
    concepts = [node for node in walk(condition) if isinstance(node, Defined)]
    scope = {node.name.rpartition("#")[2]: node for node in concepts}
    data = json.loads(json.dumps(print_condition(condition), ensure_ascii=False))
    raw = Raw(Document("condition", data), (), data)
    read, problems = parse_condition(raw, package.engine.vocabulary, scope)
    return not problems and read == condition


def replay(package: Package, case: Case) -> Breach | None:
    """What a receipt says is enough for the same outcome, and its reasons bear it out."""
    recorded = package.engine.evaluate(case)
    reread = outcome_from_plain(to_plain(recorded))
    receipt = reread.receipt
    engine = attrs.evolve(package.engine, as_known_on=receipt.as_known_on, drafts=receipt.drafts)
    again = engine.evaluate(reread.case)
    parts = [*differing(reread, again), *_untrue(again)]
    if receipt.case != fingerprint(case):
        parts.append("receipt")
    # One language is enough: both are said from the same record, which was compared.
    if explain(again, full=True) != explain(reread, full=True):
        parts.append("explanation")
    if not parts:
        return None
    said = phrase("law.replay.broken", parts=named(dict.fromkeys(parts)))
    return Breach(said=said, case=case, expect=expectation(again))


def _untrue(outcome: Outcome) -> Iterator[str]:
    """Findings whose trace says another truth, or does not follow from its parts."""
    for finding in outcome.findings:
        if finding.trace.truth is not finding.truth or not _follows(finding.trace):
            yield f"findings {finding.rule}"


def _follows(trace: Trace) -> bool:
    """Whether the truth of every node follows from that of the nodes below it."""
    truths = [child.truth for child in trace.children]
    expected = trace.truth
    if trace.node == "all" and truths:
        expected = reduce(and_, truths)
    elif trace.node == "any" and truths:
        expected = reduce(or_, truths)
    elif trace.node == "not":
        expected = ~truths[0]
    elif trace.node == "defined":
        expected = truths[0]
    return trace.truth is expected and all(map(_follows, trace.children))
