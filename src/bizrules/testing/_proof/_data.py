"""What golden cases show, as plain data."""

from collections.abc import Mapping

from bizrules.testing._proof._points import PARTS, Count, Proof, Shown


def proof_data(proof: Proof, lang: str) -> dict[str, object]:
    """What golden cases show of rules, and what they leave out, as JSON-able data.

    Args:
        proof: What they show.
        lang: Language of the texts.
    """
    return {
        "cases": proof.cases,
        "percent": float(proof.count().percent),
        "total": _count_data(proof.count()),
        "parts": {part: _count_data(proof.count(part)) for part in PARTS},
        "rules": [
            {
                "rule": name if name in proof.rules else None,
                "ruleset": points[0].point.ruleset if points else proof.rules[name].ruleset,
                "points": [_point_data(one, lang) for one in points],
            }
            for name, points in proof.by_subject.items()
        ],
    }


def _count_data(found: Count) -> Mapping[str, object]:
    return {"shown": found.shown, "total": found.total, "percent": float(found.percent)}


def _point_data(one: Shown, lang: str) -> Mapping[str, object]:
    place = one.point.place
    return {
        "shows": one.point.shows.value,
        "part": one.point.shows.part,
        "text": one.point.text.in_(lang),
        "location": None if place is None else str(place),
        "path": None if place is None else place.path,
        "possible": one.possible,
        "shown": bool(one.by),
        "by": list(one.by),
    }
