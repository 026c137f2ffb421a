"""Earlier violations: which of a record count, and what that says (初次违法、多次违法)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from conformance.reference.conditions import Data, Truth
from conformance.reference.days import Span, act_span, day, months_later, region_line, span

STEPS = ("committed", "discovered", "decided")
AREAS = {"province": 2, "prefecture": 4, "region": 6}
"""How many digits of a region's code the area keeps."""
MUNICIPALITIES = ("11", "12", "31", "50")


@dataclass(frozen=True)
class Record:
    """What a definition makes of the record of a case.

    Attributes:
        first: Whether this is a first violation.
        count: How many earlier ones count.
        since: The day back to which the register must be searched.
    """

    first: Truth
    count: int | None
    since: date | None


def both(truths: Iterator[Truth]) -> Truth:
    """False if one is false, unknown if one is unknown."""
    found = set(truths)
    return False if False in found else None if None in found else True


@dataclass(frozen=True)
class Definition:
    """Which earlier violations count, for one case.

    Attributes:
        given: The definition as written.
        case: The case.
        violations: The catalogue.
        before: Whether the step that counts must not lie after the anchor, as with repeats.
    """

    given: Data
    case: Data
    violations: Data
    before: bool = False

    def record(self) -> Record:
        """What the record says."""
        priors = self.case.get("priors")
        told = [self._counts(one) for one in (priors or {}).get("found", [])]
        certain, searched = told.count(True), self._searched(priors)
        first = False if certain else None if None in told or not searched else True
        count = None if None in told or not searched else certain
        since = self._search_from()[0]
        return Record(first, count, None if since == date.min else since)

    def _searched(self, priors: Data | None) -> bool:
        """Whether "nothing found" means something: far enough back, and in every register."""
        if priors is None or "searched_since" not in priors:
            return False
        registers = self.given.get("registers", [])
        if not set(registers) <= set(priors.get("registers", registers)):
            return False
        since = self._search_from()[0]
        return since is not None and day(priors["searched_since"]) <= since

    def _search_from(self) -> tuple[date | None, date | None]:
        """First day of the search, by the first and the last day of the anchor."""
        window = self._window() or self.given.get("search")
        since = day(self.given["since"]) if "since" in self.given else None
        if window is None:
            return since, since
        first, last = (_start(window, on) for on in self._anchor())
        return (max(first, since or first), max(last, since or last))

    def _window(self) -> Data | None:
        for special in self.given.get("special_windows", []):
            if self.case["violation"] in special["violations"]:
                found: Data = special["window"]
                return found
        return self.given.get("window")

    def _anchor(self) -> Span:
        name = self.given.get("anchor", "committed")
        if name == "committed":
            return act_span(self.case)
        return span(self.case[name]) if name in self.case else (date.min, date.max)

    def _counts(self, prior: Data) -> Truth:
        result = prior.get("result", "penalised")
        told = {
            "result": result in self.given.get("results", [result]),
            "same": self._same(prior),
            "area": self._area(prior),
            "earlier": self._earlier(prior),
        }
        if not (result == "pending" and self.given.get("unhandled")):
            told["window"] = self._in_window(prior)
        return both(iter(told.values()))

    def _earlier(self, prior: Data) -> Truth:
        """Whether it was committed before this act; it is, unless a day says that it may not be."""
        act = act_span(self.case)
        if date.max in act or not any(name in prior for name in STEPS):
            return True
        return _not_after(_step(prior, "committed"), act)

    def _in_window(self, prior: Data) -> Truth:
        name = self.given.get("counted_by", "decided")
        if name == "decided" and prior.get("result") == "pending":
            return None if self._window() is None else False
        own = _step(prior, name)
        told = [_not_after(own, self._anchor())] if self.before and name in prior else []
        since = day(self.given["since"]) if "since" in self.given else None
        start = self._search_from() if self._window() else (since, since)
        if start[0] is not None and start[1] is not None:
            told.append(_not_after((start[0], start[1]), own))
        return both(iter(told))

    def _same(self, prior: Data) -> Truth:
        same = self.given.get("same", "violation")
        own = self.violations[self.case["violation"]]
        other = self.violations.get(str(prior.get("violation")), {})
        if same == "any":
            return True
        if same in ("field", "department"):
            found = prior.get(same, other.get(same))
            return None if found is None else bool(found == own[same])
        if "violation" not in prior:
            apart = prior.get("field", own["field"]) != own["field"]
            return False if apart and same != "law" else None
        if same == "violation" or prior["violation"] == self.case["violation"]:
            return bool(prior["violation"] == self.case["violation"])
        read = _laws if same == "law" else _norms
        norms, others = set(read(own)), set(read(other))
        return bool(norms & others) if norms and others else None

    def _area(self, prior: Data) -> Truth:
        area = self.given.get("area", "anywhere")
        if area == "anywhere":
            return True
        if area == "authority":
            known = "authority" in prior and "authority" in self.case
            return prior["authority"] == self.case["authority"] if known else None
        if "region" not in prior:
            return None
        own = _within(self.case["region"], AREAS[area])
        there = region_line(prior["region"])
        if own in there:
            return True
        return None if prior["region"] in region_line(own) else False


def _within(region: str, digits: int) -> str:
    """The region of that size in which a region lies, or the region itself if it is larger."""
    if region == "national":
        return region
    if digits == AREAS["prefecture"]:
        directly_under_province = region[2:4] == "90"
        digits = 2 if region[:2] in MUNICIPALITIES else 6 if directly_under_province else digits
    return region[:digits].ljust(6, "0")


def _start(window: Data, anchor: date) -> date:
    """First day of a window that runs back from a day."""
    if anchor in (date.min, date.max):
        return anchor
    if "months" in window:
        return months_later(anchor, -window["months"])
    if "days" in window:
        return anchor - timedelta(days=window["days"])
    return date(anchor.year - window["calendar_years"] + 1, 1, 1)


def _step(prior: Data, name: str) -> Span:
    """Days of a step of an earlier violation; one without a day lies not after later steps."""
    if name in prior:
        return span(prior[name])
    later = [span(prior[one])[1] for one in STEPS[STEPS.index(name) :] if one in prior]
    return date.min, min(later, default=date.max)


def _not_after(one: Span, other: Span) -> Truth:
    """Whether a day certainly lies on or before another one."""
    return True if one[1] <= other[0] else False if one[0] > other[1] else None


def _norms(violation: Data) -> Iterator[tuple[Any, ...]]:
    for norm in violation.get("broken", []):
        yield tuple(str(norm.get(key)) for key in ("law", "article", "paragraph", "item"))


def _laws(violation: Data) -> Iterator[str]:
    cited = [one["cite"] for one in violation.get("provisions", [])]
    yield from (norm["law"] for norm in (*violation.get("broken", []), *cited))
