"""What is wrong with a case before any law is looked at: names, and the order of its dates."""

from bizrules.assessment import MEASURES, Assessor
from bizrules.case_dates import Locate, in_order, order_problems
from bizrules.cases import Case
from bizrules.errors import Problem
from bizrules.nearness import near_names
from bizrules.provenance import Location
from bizrules.regions import RegionTable


def problems_of(case: Case, assessor: Assessor, regions: RegionTable) -> list[Problem]:
    """Names in the case that nobody knows, and dates out of order; none for nearly every case."""
    violations, groups = assessor.violations, assessor.vocabulary.groups
    known = case.violation in violations and case.region in regions
    if case.priors is not None and case.priors.found:
        named = (prior.violation for prior in case.priors.found)
        known = known and all(name is None or name in violations for name in named)
    if known and MEASURES.issuperset(case.measures) and case.examined <= groups.keys():
        return [] if in_order(case) else list(order_problems(case, _locate(case)))
    return [*_name_problems(case, assessor, regions), *order_problems(case, _locate(case))]


def _name_problems(case: Case, assessor: Assessor, regions: RegionTable) -> list[Problem]:
    def unknown(code: str, name: str, path: str, near: str) -> Problem:
        place = Location(f"case {case.id}", path=f"$.{path}")
        return Problem(code, place, {"found": name, "near_names": near})

    problems = []
    violations = assessor.violations
    if case.violation not in violations:
        near = near_names(case.violation, violations)
        problems.append(unknown("unknown-violation", case.violation, "violation", near))
    for index, prior in enumerate(case.priors.found if case.priors is not None else ()):
        if prior.violation is not None and prior.violation not in violations:
            path = f"priors.found.{index}.violation"
            near = near_names(prior.violation, violations)
            problems.append(unknown("unknown-violation", prior.violation, path, near))
    if case.region not in regions:
        close = ",".join(f"{r.code} {r.zh}" for r in regions.near(case.region))
        problems.append(unknown("unknown-region", case.region, "region", close))
    for measure in case.measures:
        if measure not in MEASURES:
            near = near_names(measure, MEASURES)
            problems.append(unknown("unknown-measure", measure, "measures", near))
    groups = assessor.vocabulary.groups
    for group in sorted(case.examined - groups.keys()):
        near = near_names(group, groups)
        problems.append(unknown("unknown-group", group, "examined", near))
    return problems


def _locate(case: Case) -> Locate:
    """Places of the parts of a case that was built in Python."""

    def locate(*path: str | int) -> Location:
        return Location(f"case {case.id}", path=".".join(("$", *map(str, path))))

    return locate
