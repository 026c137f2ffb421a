"""A small implementation of the semantics that reads plain documents and nothing of the library.

It covers every level. It counts every completion of the unknown rules instead of reasoning about
them, and keeps nothing between cases.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from conformance.reference.asking import near_misses, questions
from conformance.reference.checks import case_problems, document_problems, matter_problems
from conformance.reference.conditions import Data, Truth
from conformance.reference.duties import duties
from conformance.reference.evaluation import Applied, RefusedError, apply, findings
from conformance.reference.fines import Fine, ends, other_kinds
from conformance.reference.matters import joint
from conformance.reference.resolution import Result
from conformance.reference.worlds import GRADES, World

LEVELS = frozenset({"core", "fines", "time", "history", "duties", "matters", "checks"})
"""What it covers."""

__all__ = ["LEVELS", "answer", "check", "evaluate", "evaluate_matter"]


def evaluate(
    documents: list[Data], case: Data, *, as_known_on: str | None = None, drafts: bool = False
) -> dict[str, Any]:
    """What the outcome of a case says, as the JSON output writes it.

    Args:
        documents: The world.
        case: The case.
        as_known_on: Only what was published by that day is used.
        drafts: Whether drafts decide cases too.
    """
    world = _world(documents, as_known_on, drafts=drafts)
    refused = check(documents) or _refusal(case_problems(world, case))
    if refused:
        return refused
    try:
        return _outcome(world, apply(world, case))
    except RefusedError as error:
        return _refusal([str(error)])


def evaluate_matter(
    documents: list[Data],
    cases: list[Data],
    *,
    as_known_on: str | None = None,
    drafts: bool = False,
) -> dict[str, Any]:
    """What the joint outcome of several cases says, as the JSON output writes it.

    Args:
        documents: The world.
        cases: The cases; those with the same `act` are one act.
        as_known_on: Only what was published by that day is used.
        drafts: Whether drafts decide cases too.
    """
    world = _world(documents, as_known_on, drafts=drafts)
    wrong = [code for case in cases for code in case_problems(world, case)]
    refused = check(documents) or _refusal(wrong or matter_problems(cases))
    if refused:
        return refused
    try:
        return joint(world, cases, _outcome)
    except RefusedError as error:
        return _refusal([str(error)])


def check(documents: Sequence[Data]) -> dict[str, Any]:
    """What is wrong with documents; nothing if they are not refused."""
    return _refusal(document_problems(documents))


def _refusal(codes: Sequence[str]) -> dict[str, Any]:
    return {"problems": [{"code": code} for code in codes]} if codes else {}


def _world(documents: list[Data], as_known_on: str | None, *, drafts: bool) -> World:
    known = date.fromisoformat(as_known_on) if as_known_on else None
    return World(tuple(documents), known, drafts)


def _outcome(world: World, applied: Applied) -> dict[str, Any]:
    return {"case": applied.case["id"], **_penalty(applied), **_reasons(world, applied)}


def answer(
    documents: Sequence[Data],
    cases: Sequence[Data],
    *,
    is_matter: bool,
    **options: Any,  # noqa: ANN401 - those of `evaluate`
) -> dict[str, Any]:
    """What is found about a case, about the cases of a matter, or about documents alone."""
    if not cases:
        return check(documents)
    if is_matter:
        return evaluate_matter(list(documents), list(cases), **options)
    return evaluate(list(documents), cases[0], **options)


def _truth(told: Truth) -> str:
    return "unknown" if told is None else str(told).lower()


def _modality(shall: bool | None) -> str | None:
    return None if shall is None else "shall" if shall else "may"


def _grades(grades: Any) -> list[str]:  # noqa: ANN401 - some grades
    return [GRADES[grade] for grade in sorted(grades)]


def _penalty(applied: Applied) -> dict[str, Any]:
    main, result = applied.main, applied.result
    base = main.base
    grade = None if result is None else result.grade
    crime = main.facts.get("crime_suspected")
    return {
        "grade": None if grade is None else GRADES[grade],
        "permitted": _grades(base.permitted),
        "modality": None if result is None else _modality(result.shall),
        "settled": applied.is_settled,
        "contested": base.contested,
        "possible": _grades(one for one in _possible(applied) if one is not None),
        "crime_suspected": _truth(crime),
        "fine": _fine(applied.main.fine(settled=applied.settled)),
        "other_kinds": [
            {
                "kind": one.kind,
                "truth": _truth(one.truth),
                "modality": _modality(one.shall),
                "waived": one.waived,
            }
            for one in other_kinds(main.law, main.facts, result)
        ],
    }


def _possible(applied: Applied) -> set[int | None]:
    """Grades still possible; of two laws the more lenient result counts."""
    found = applied.main.possible()
    if applied.other is None or applied.settled:
        return found
    pairs = [(one, two) for one in found for two in applied.other.possible()]
    heavy = len(GRADES) - 1
    return {min(pair, key=lambda one: heavy if one is None else one) for pair in pairs}


def _fine(fine: Fine) -> dict[str, Any]:
    return {
        "state": fine.state,
        **ends(fine.range),
        "modality": fine.modality,
        "statutory": None if fine.statutory is None else ends(fine.statutory),
        "alternatives": [ends(one) for one in fine.alternatives],
        "open_facts": list(fine.open_facts),
    }


def _reasons(world: World, applied: Applied) -> dict[str, Any]:
    base = applied.main.base
    shown = applied.settled or base.contested
    problems = [{"code": "contradiction"} for _ in applied.contradicted]
    laws = [one.law for one in (applied.main, applied.other) if one is not None]
    problems += [{"code": "provision-not-on-record"} for law in laws if law.lacks_provision]
    return {
        "reason": {
            "row": base.row if shown else "open",
            "determining": list(base.determining),
            "opposing": list(base.opposing),
            "left_aside": list(base.left_aside),
        },
        "compulsion": [
            {"measure": measure, "verdict": verdict, "rules": [rule.id for rule in rules]}
            for measure, verdict, rules, _ in applied.measures()
        ],
        "findings": [
            {
                "rule": rule.id,
                "truth": _truth(told),
                "axis": rule.axis,
                "ground": rule.ground,
                "permits": [GRADES[grade] for grade in rule.permits],
                "modality": rule.given["modality"],
            }
            for rule, told in findings(applied)
        ],
        "questions": questions(world, applied),
        "near_misses": near_misses(world, applied),
        "duties": duties(world, applied),
        "law_applied": _law(applied),
        "problems": problems,
    }


def _law(applied: Applied) -> dict[str, Any]:
    other = applied.other
    found: dict[str, Any] = {"choice": applied.choice, "basis": applied.basis, "other": None}
    if other is not None:
        result: Result | None = other.result
        grade = None if result is None else result.grade
        fine = other.fine().range
        found["other"] = {
            "grade": None if grade is None else GRADES[grade],
            "permitted": _grades(other.base.permitted),
            "settled": other.settled,
            "contested": other.base.contested,
            "fine": None if fine is None else ends(fine),
            "kinds": [
                one.kind
                for one in other_kinds(other.law, other.facts, result)
                if not one.waived and one.truth is not False
            ],
        }
    return found
