"""Library and reference agree on the cases between those of the suite too."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from conformance import library, reference, suite

Facts: TypeAlias = dict[str, Any]

COVERED = [item for item in suite.items() if item.level in reference.LEVELS]
CROWDED = ("resolution-rows", "settledness")
"""Topics with so many rules that the library asks some facts only after others."""


def _stated() -> Mapping[str, list[tuple[str, object]]]:
    """The facts that the cases of each topic state."""
    found: dict[str, list[tuple[str, object]]] = {}
    for item in COVERED:
        own = found.setdefault(item.topic, [])
        own.extend(item.cases[0].get("facts", {}).items())
    return found


STATED = _stated()


@st.composite
def between(draw: st.DrawFn) -> suite.Item:
    """A case of the suite from which facts are taken, and to which others of its topic are lent."""
    item = draw(st.sampled_from(COVERED))
    case = dict(item.cases[0])
    facts: Facts = dict(case.get("facts", {}))
    for name in draw(st.sets(st.sampled_from(sorted(facts)))) if facts else ():
        del facts[name]
    declared = {name for document in item.world for name in document.get("facts", {})}
    lent = [(name, value) for name, value in STATED[item.topic] if name in declared]
    if lent:
        facts.update(draw(st.lists(st.sampled_from(lent), max_size=4)))
    if draw(st.booleans()):
        case["examined"] = []
    if draw(st.booleans()):
        case["measures"] = ["sealing"]
    return suite.Item(**{**vars(item), "cases": ({**case, "facts": facts},)})


@given(item=between())
def test_agreement(item: suite.Item) -> None:
    """What the reference finds, the library finds; what it refuses says nothing."""
    found = library.evaluate(item)
    if "grade" not in found:
        return
    expected = reference.evaluate(list(item.world), item.cases[0], **item.options)
    if item.topic in CROWDED:
        del expected["questions"]
    assert list(suite.differences(expected, found)) == []
