"""Days as ordinals, in arrays: months and days further on, as `values` counts them."""

from typing import Final

import numpy as np

from bizrules.batch._filling import DAY_ZERO, LAST_DAY
from bizrules.batch._kernel import Array

_MONTHS_A_YEAR: Final = 12


def add_months(days: Array, months: Array | int) -> Array:
    """The same day of the month so much later, or the month's last day; see `values.add_months`."""
    day = (days - DAY_ZERO).astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    place = (day - month.astype("datetime64[D]")).astype(np.int64)
    target = month + np.asarray(months).astype("timedelta64[M]")
    first = target.astype("datetime64[D]").astype(np.int64)
    length = (target + 1).astype("datetime64[D]").astype(np.int64) - first
    found = first + np.minimum(place, length - 1) + DAY_ZERO
    return np.asarray(np.clip(found, 1, LAST_DAY))


def add_days(days: Array, count: int) -> Array:
    """The day so many days later; not beyond the calendar."""
    return np.asarray(np.clip(days + count, 1, LAST_DAY))


def month_number(days: Array) -> Array:
    """Months since the year 0."""
    month = (days - DAY_ZERO).astype("datetime64[D]").astype("datetime64[M]")
    return np.asarray(month.astype(np.int64) + 1970 * _MONTHS_A_YEAR)


def year_start(days: Array) -> Array:
    """The first day of the year."""
    year = (days - DAY_ZERO).astype("datetime64[D]").astype("datetime64[Y]")
    return np.asarray(year.astype("datetime64[D]").astype(np.int64) + DAY_ZERO)


def full_years(birth: Array, days: Array) -> Array:
    """Full years of age, each completed on the day after the birthday."""
    years = month_number(days) // _MONTHS_A_YEAR - month_number(birth) // _MONTHS_A_YEAR
    return np.asarray(years - (add_months(birth, _MONTHS_A_YEAR * years) >= days))


def full_months(first: Array, last: Array) -> Array:
    """Full months from one day to a later one."""
    months = month_number(last) - month_number(first)
    return np.asarray(months - (add_months(first, months) > last))
