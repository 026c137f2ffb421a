"""What golden cases show, as one page for browsers; what is missing stands first."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final
from xml.etree import ElementTree as ET

from bizrules.phrases import say
from bizrules.testing._goldens import GoldenResult
from bizrules.testing._matters import MatterResult
from bizrules.testing._proof._points import PARTS, Proof, Shown, count

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE: Final = """
:root{color-scheme:light dark}
body{font:16px/1.6 system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei",
"Noto Sans CJK SC",sans-serif;max-width:60em;margin:2em auto;padding:0 1em}
table{border-collapse:collapse}th,td{text-align:start;padding:.2em .8em .2em 0;vertical-align:top}
td.n,th.n{text-align:end;font-variant-numeric:tabular-nums}
h2{margin-top:2em}h3{margin-bottom:.2em}ul{margin-top:.2em}summary{cursor:pointer}
.id,.place,.by{opacity:.7;font-size:.9em}
"""
_SHOWN, _MISSING, _IMPOSSIBLE = "✓", "✗", "–"


def proof_page(
    proof: Proof, lang: str, *, failed: Iterable[GoldenResult | MatterResult] = ()
) -> str:
    """One HTML document; it runs nothing and loads nothing.

    Every text is escaped, by the writer of the tree.

    Args:
        proof: What the golden cases show.
        lang: `zh` or `en`.
        failed: Golden cases and matters that did not come out as expected.
    """
    page = ET.Element("html", lang="zh-CN" if lang == "zh" else lang)
    page.append(_head(lang))
    body = ET.SubElement(page, "body")
    _add(body, "h1", say("proof.title", lang))
    _add(body, "p", say("proof.summary", lang, cases=proof.cases, rules=len(proof.rules)))
    body.append(_totals(proof, lang))
    body.extend(_failed(tuple(failed), lang))
    body.extend(_missing(proof, lang))
    body.extend(_impossible(proof, lang))
    body.extend(_everything(proof, lang))
    return f"<!doctype html>\n{ET.tostring(page, encoding='unicode', method='html')}\n"


def _add(parent: ET.Element, tag: str, text: str = "", style: str = "") -> ET.Element:
    found = ET.SubElement(parent, tag, {"class": style} if style else {})
    found.text = text
    return found


def _head(lang: str) -> ET.Element:
    head = ET.Element("head")
    ET.SubElement(head, "meta", charset="utf-8")
    policy = {"http-equiv": "Content-Security-Policy", "content": _POLICY}
    ET.SubElement(head, "meta", policy)
    ET.SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    _add(head, "title", say("proof.title", lang))
    _add(head, "style", _STYLE)
    return head


def _totals(proof: Proof, lang: str) -> ET.Element:
    rows = [(say(f"proof.part.{part}", lang), proof.count(part)) for part in PARTS]
    rows.append((say("proof.part.all", lang), proof.count()))
    table = ET.Element("table")
    top = ET.SubElement(ET.SubElement(table, "thead"), "tr")
    _add(top, "th", say("proof.head.part", lang))
    for head in ("shown", "total", "percent"):
        _add(top, "th", say(f"proof.head.{head}", lang), "n")
    body = ET.SubElement(table, "tbody")
    for name, found in rows:
        row = ET.SubElement(body, "tr")
        _add(row, "td", name)
        for cell in (str(found.shown), str(found.total), f"{found.percent} %"):
            _add(row, "td", cell, "n")
    return table


def _failed(results: Collection[GoldenResult | MatterResult], lang: str) -> Iterator[ET.Element]:
    if results:
        heading = ET.Element("h2")
        heading.text = say("proof.failed", lang, count=len(results))
        yield heading
    for result in results:
        name = ET.Element("h3")
        name.text = result.id
        yield name
        differences = ET.Element("ul")
        for one in result.differences:
            _add(differences, "li", one.text.in_(lang))
        yield differences


def _missing(proof: Proof, lang: str) -> Iterator[ET.Element]:
    heading = ET.Element("h2")
    heading.text = say("proof.missing", lang, count=len(proof.missing))
    yield heading
    if not proof.missing:
        nothing = ET.Element("p")
        nothing.text = say("proof.nothing-missing", lang)
        yield nothing
    yield from _by_rule(proof, lang, _is_missing)


def _impossible(proof: Proof, lang: str) -> Iterator[ET.Element]:
    found = [one for one in proof.points if not one.possible]
    if found:
        heading = ET.Element("h2")
        heading.text = say("proof.impossible", lang, count=len(found))
        yield heading
        reason = ET.Element("p")
        reason.text = say("proof.impossible-why", lang)
        yield reason
        yield from _by_rule(proof, lang, _is_impossible)


def _is_missing(one: Shown) -> bool:
    return one.is_missing


def _is_impossible(one: Shown) -> bool:
    return not one.possible


def _by_rule(proof: Proof, lang: str, wanted: Callable[[Shown], bool]) -> Iterator[ET.Element]:
    """The points that are wanted, under the rule they belong to."""
    for name, points in proof.by_subject.items():
        found = [one for one in points if wanted(one)]
        if found:
            yield _heading(name, proof, lang)
            yield _list(found, lang)


def _heading(name: str, proof: Proof, lang: str) -> ET.Element:
    heading = ET.Element("h3")
    heading.text = subject_title(name, proof, lang)
    _add(heading, "span", f" {name}", "id")
    return heading


def subject_title(name: str, proof: Proof, lang: str) -> str:
    """What points belong to: the rule, or what the rules of a ruleset share.

    Args:
        name: Id of the rule or of the ruleset.
        proof: What has them.
        lang: Language of the title.
    """
    if name in proof.rules:
        return proof.rules[name].title.in_(lang)
    return say("proof.shared", lang, ruleset=proof.rulesets[name].title.in_(lang))


def _list(points: Iterable[Shown], lang: str) -> ET.Element:
    found = ET.Element("ul")
    for one in points:
        mark = _SHOWN if one.by else _MISSING if one.possible else _IMPOSSIBLE
        item = _add(found, "li", f"{mark} {one.point.text.in_(lang)}")
        place = one.point.place
        if one.by:
            cases = say("proof.by", lang, cases=say("proof.by-mark", lang).join(one.by))
            _add(item, "span", f" {cases}", "by")
        elif place is not None:
            _add(item, "span", f" {place}", "place")
    return found


def _everything(proof: Proof, lang: str) -> Iterator[ET.Element]:
    heading = ET.Element("h2")
    heading.text = say("proof.everything", lang)
    yield heading
    for ruleset, points in proof.by_ruleset.items():
        if not points:
            continue
        found, title = count(points), proof.rulesets[ruleset].title.in_(lang)
        share = say("proof.of", lang, shown=found.shown, total=found.total)
        details = ET.Element("details")
        _add(details, "summary", say("proof.ruleset", lang, title=title, id=ruleset, share=share))
        details.extend(_of_ruleset(ruleset, proof, lang))
        yield details


def _of_ruleset(ruleset: str, proof: Proof, lang: str) -> Iterator[ET.Element]:
    for name, points in proof.by_subject.items():
        if points and points[0].point.ruleset == ruleset:
            yield _heading(name, proof, lang)
            yield _list(points, lang)
