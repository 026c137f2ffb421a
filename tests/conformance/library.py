"""The library, asked in plain data and answering in the JSON output."""

import json
from functools import cache
from typing import Any

from bizrules._yaml import read_json
from bizrules.engine import Engine
from bizrules.errors import CaseError, DocumentError, Problem
from bizrules.loading import Knowledge, load_cases, load_documents
from bizrules.report import report, report_matter
from conformance.suite import Data, Item


def evaluate(item: Item) -> dict[str, Any]:
    """What the library finds in a case of the suite; problems where it refuses.

    Args:
        item: The case.
    """
    try:
        knowledge = _knowledge(json.dumps(item.world))
        if not item.cases:
            return _refusal(())
        engine = Engine(
            knowledge=knowledge,
            as_known_on=item.options.get("as_known_on"),
            drafts=item.options.get("drafts", False),
        )
        document = {"format": 1, "document": "cases", "cases": item.cases}
        cases = load_cases(read_json(json.dumps(document).encode(), item.id), knowledge)
        if item.is_matter:
            return report_matter(engine.evaluate_matter(cases, name=item.id), lang="en")
        return report(engine.evaluate(cases[0]), lang="en")
    except (DocumentError, CaseError) as error:
        return _refusal(error.problems)


@cache
def _knowledge(world: str) -> Knowledge:
    documents: list[Data] = json.loads(world)
    return load_documents(
        read_json(json.dumps(one).encode(), str(one.get("id"))) for one in documents
    )


def _refusal(problems: tuple[Problem, ...]) -> dict[str, Any]:
    return {"problems": [{"code": problem.code} for problem in problems]}
