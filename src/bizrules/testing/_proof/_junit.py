"""Golden cases and what they show, as CI servers read it: JUnit XML."""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree import ElementTree as ET

from bizrules.phrases import say
from bizrules.provenance import Location
from bizrules.testing._goldens import GoldenResult
from bizrules.testing._matters import MatterResult
from bizrules.testing._proof._points import Proof, Shown, count

_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME: Final = "bizrules"


def junit_text(
    results: Iterable[GoldenResult | MatterResult],
    lang: str,
    *,
    proof: Proof | None = None,
    enough: bool = True,
    broken: Iterable[tuple[str, str]] = (),
) -> str:
    """The results as one JUnit document: a suite of golden cases and one of rules.

    A golden case that does not come out as expected is a failure. A rule of which something is
    not shown is skipped as long as enough is shown in all, and a failure otherwise.

    Args:
        results: The golden cases and matters, run.
        lang: Language of the messages.
        proof: What they show; None for a document of the golden cases alone.
        enough: Whether enough is shown in all.
        broken: Name and problems of what could not be run.
    """
    root = ET.Element("testsuites", name=_NAME)
    cases = [_case(result, lang) for result in results]
    for name, problems in broken:
        case = _element("testcase", classname="golden", name=name)
        case.append(_told("error", problems.partition("\n")[0], "problem", problems))
        cases.append(case)
    root.append(_suite(f"{_NAME}.golden", cases))
    if proof is not None:
        root.append(_suite(f"{_NAME}.coverage", _rules(proof, lang, enough=enough)))
    for kind in ("tests", "failures", "errors"):
        root.set(kind, str(sum(int(suite.get(kind, "0")) for suite in root)))
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(name: str, cases: Iterable[ET.Element]) -> ET.Element:
    suite = _element("testsuite", name=name)
    suite.extend(cases)
    suite.set("tests", str(len(suite)))
    for kind, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(kind, str(len(suite.findall(f"testcase/{tag}"))))
    return suite


def _case(result: GoldenResult | MatterResult, lang: str) -> ET.Element:
    place = result.golden.location
    case = _element("testcase", classname="golden", name=result.id, **_place(place))
    if not result.passed:
        texts = [one.text.in_(lang) for one in result.differences]
        case.append(_told("failure", texts[0], "difference", "\n".join(texts)))
    return case


def _rules(proof: Proof, lang: str, *, enough: bool) -> Iterator[ET.Element]:
    """A test case for every rule, and for what the rules of a ruleset share."""
    for name, points in proof.by_subject.items():
        rule = proof.rules.get(name)
        ruleset = points[0].point.ruleset if points else name
        place = rule.location if rule else proof.rulesets[ruleset].location
        case = _element("testcase", classname=ruleset, name=name, **_place(place))
        found = count(points)
        missing = [one for one in points if one.is_missing]
        if missing:
            message = say("proof.of", lang, shown=found.shown, total=found.total)
            text = "\n".join(_line(one, lang) for one in missing)
            case.append(_told("skipped" if enough else "failure", message, "coverage", text))
        yield case


def _line(one: Shown, lang: str) -> str:
    text, place = one.point.text.in_(lang), one.point.place
    return text if place is None else f"{text}  {place}"


def _told(tag: str, message: str, kind: str, text: str) -> ET.Element:
    told = _element(tag, message=message)
    # A skipped test has no type.
    if tag != "skipped":
        told.set("type", kind)
    told.text = _clean(text)
    return told


def _place(place: Location | None) -> dict[str, str]:
    if place is None:
        return {}
    return {"file": place.source, "line": str(place.line)} if place.line else {"file": place.source}


def _element(tag: str, **given: str) -> ET.Element:
    return ET.Element(tag, {name: _clean(value) for name, value in given.items()})


def _clean(text: str) -> str:
    """The text with characters replaced that XML has no form for."""
    return _FORBIDDEN.sub("\ufffd", text)
