"""Laws of the order of dates: telling that nothing is wrong agrees with telling what is."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bizrules.case_dates import DATES, in_order, order_problems
from bizrules.cases import Act, Prior, Priors
from bizrules.provenance import Location
from bizrules.values import DateSpan
from property.worlds import case

DAYS = st.none() | st.dates(date(2022, 1, 1), date(2022, 1, 9))


@st.composite
def spans(draw: st.DrawFn) -> DateSpan:
    """Exact, rough and half-open spans of a few days."""
    first, last = draw(DAYS), draw(DAYS)
    if first is not None and last is not None and last < first:
        return DateSpan(last, first)
    return DateSpan(first, last)


ACTS = st.builds(Act, ended=spans(), began=st.none() | spans())
PRIORS = st.builds(Priors, found=st.lists(st.builds(Prior, committed=DAYS, decided=DAYS)))


@given(
    st.none() | ACTS,
    st.fixed_dictionaries({name: st.none() | spans() for name in DATES}),
    st.none() | PRIORS,
)
def test_order(act: Act | None, dates: dict[str, Any], priors: Priors | None) -> None:
    """A case is in order where no date is reported to be out of it."""
    one = case(committed=act, priors=priors, **dates)
    problems = list(order_problems(one, lambda *_path: Location("case")))
    assert in_order(one) is (not problems)
