"""A golden case as the text of a document, to paste into a file beside the rules."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final

from bizrules.cases import Case
from bizrules.loading import case_to_plain
from bizrules.outcomes import Fine, Outcome
from bizrules.values import FEN_PER_YUAN

_BARE: Final = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w./-]*")
_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT: Final = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")
_TEXTS: Final = frozenset({"id", "region"})


def expectation(outcome: Outcome) -> dict[str, object]:
    """What the outcome says, as a golden case expects it.

    Args:
        outcome: The outcome.
    """
    found: dict[str, object] = {
        "grade": None if outcome.grade is None else outcome.grade.code,
        "permitted": [grade.code for grade in outcome.permitted],
    }
    if outcome.modality is not None:
        found["modality"] = outcome.modality.value
    found["settled"] = outcome.settled
    found["contested"] = outcome.contested
    found["fine"] = _fine(outcome.fine)
    verdicts = {one.measure.value: one.verdict.value for one in outcome.compulsion}
    if verdicts:
        found["compulsion"] = verdicts
    return found


def _fine(fine: Fine) -> dict[str, object]:
    found: dict[str, object] = {"state": fine.state.value}
    if fine.range is not None and fine.range.base is None:
        ends = {"low": fine.range.low, "high": fine.range.high}
        found.update({end: yuan(fen) for end, fen in ends.items() if fen is not None})
    return found


def yuan(fen: Fraction) -> str:
    """An amount in fen as golden cases write it, in yuan."""
    whole, rest = divmod(round(fen), FEN_PER_YUAN)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") if rest else f"{whole}"


def golden_text(
    case: Case, expect: Mapping[str, object] | None = None, *, remarks: Iterable[str] = ()
) -> str:
    """A whole document with one golden case.

    Args:
        case: The case.
        expect: What its outcome must be, in document form; None for a case without expectation.
        remarks: What to say above it, a line each.
    """
    lines = [f"# {line}".rstrip() for remark in remarks for line in remark.splitlines()]
    given = case_to_plain(case)
    if expect:
        given["expect"] = dict(expect)
    lines += ["format: 1", "document: golden", "cases:"]
    for at, line in enumerate(_lines(given)):
        lines.append(f"  {'  ' if at else '- '}{line}")
    return "\n".join(lines) + "\n"


def _lines(given: Mapping[str, object]) -> Iterator[str]:
    for key, value in given.items():
        name = _scalar(key)
        if isinstance(value, Mapping) and value:
            yield f"{name}:"
            yield from (f"  {line}" for line in _lines(value))
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield f"{name}:"
            for item in value:
                for at, line in enumerate(_lines(item)):
                    yield f"  {'  ' if at else '- '}{line}"
        else:
            # Amounts are text in plain data; `id` and `region` stay text, whatever they look like.
            amount = isinstance(value, str) and key not in _TEXTS and _AMOUNT.fullmatch(value)
            yield f"{name}: {value if amount else _scalar(value)}"


def _scalar(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_scalar, value))}]"
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, str) and (_DAY.fullmatch(value) or _is_bare(value)):
        return value
    # JSON is YAML too: text in quotes, numbers, true, false.
    return json.dumps(value, ensure_ascii=False)


def _is_bare(text: str) -> bool:
    return bool(_BARE.fullmatch(text)) and text.lower() not in _WORDS
