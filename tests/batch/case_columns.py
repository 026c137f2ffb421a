"""Cases written as columns, for the tests of the column engine."""

from collections.abc import Iterable, Mapping
from datetime import date

import pyarrow as pa

from bizrules.batch import case_schema
from bizrules.cases import Act, Case, FactInput, format_span
from bizrules.engine import Engine
from bizrules.values import DateSpan, Money, month_end


def can_be_written(case: Case) -> bool:
    """Whether the dates of the case have a form that columns know: a day, a month, a year."""
    act = case.committed
    spans = [case.discovered, case.filed, case.notified, case.decided]
    if act is not None:
        spans += [act.ended, act.began]
        if act.began is not None and act.ended == DateSpan():
            return False
    return all(span is None or _is_partial(span) for span in spans)


def _is_partial(span: DateSpan) -> bool:
    first, last = span.earliest, span.latest
    if first is None or last is None:
        return False
    if first == last:
        return True
    ends = (month_end(first), date(first.year, 12, 31))
    return first.day == 1 and (last == ends[0] or (first.month == 1 and last == ends[1]))


def row_of(case: Case) -> dict[str, object]:
    """The case as a row."""
    act = case.committed or Act(ended=None)
    priors = case.priors
    return {
        "id": case.id,
        "region": case.region,
        "violation": case.violation,
        "committed": _day(act.ended) if case.committed else None,
        "committed_from": _day(act.began),
        "discovered": _day(case.discovered),
        "filed": _day(case.filed),
        "notified": _day(case.notified),
        "decided": _day(case.decided),
        "authority": case.authority,
        "party_kind": case.party.kind.value if case.party.kind else None,
        "party_age": case.party.age,
        "birth_date": case.party.birth_date,
        "measures": list(case.measures),
        "examined": sorted(case.examined),
        "searched_since": priors.searched_since if priors else None,
        "registers": sorted(r.value for r in priors.registers)
        if priors and priors.registers is not None
        else None,
        **{name: _value(value) for name, value in case.facts.items()},
    }


def _day(span: DateSpan | None) -> str | None:
    return None if span is None else format_span(span)


def _value(value: FactInput) -> object:
    if isinstance(value, Money):
        return value.yuan
    return sorted(value) if isinstance(value, frozenset) else value


def prior_rows(cases: Iterable[Case]) -> list[dict[str, object]]:
    """What the registers told of the cases."""
    return [
        {
            "case": case.id,
            "committed": prior.committed,
            "discovered": prior.discovered,
            "decided": prior.decided,
            "authority": prior.authority,
            "region": prior.region,
            "violation": prior.violation,
            "field": prior.field,
            "department": prior.department,
            "result": prior.result.value,
        }
        for case in cases
        for prior in (case.priors.found if case.priors else ())
    ]


def batch_of(
    engine: Engine,
    rows: Iterable[Mapping[str, object]],
    types: Mapping[str, pa.DataType] | None = None,
) -> pa.RecordBatch:
    """Rows as columns in the types of `case_schema`, dates as text."""
    given = list(rows)
    names = dict.fromkeys(name for row in given for name in row)
    schema = case_schema(engine)
    kept = {name: (types or {}).get(name) or schema.field(name).type for name in names}
    for name in ("committed", "committed_from", "discovered", "filed", "notified", "decided"):
        if name in kept and not (types or {}).get(name):
            kept[name] = pa.string()
    columns = [
        pa.array([row.get(name) for row in given], _plain(kind)).cast(kind)
        for name, kind in kept.items()
    ]
    return pa.RecordBatch.from_arrays(columns, names=list(kept))


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
