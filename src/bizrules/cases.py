"""Cases: one act of one party under one violation, with what is known of it."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Final, NoReturn, TypeAlias, TypeVar

import attrs

from bizrules.errors import CaseError, Problem
from bizrules.facts import plain_value
from bizrules.history import PriorResult, Register
from bizrules.provenance import Location
from bizrules.values import DateSpan, Money, month_end, parse_date

FactInput: TypeAlias = bool | str | int | Decimal | Money | date | Iterable[str]
"""What a caller may give for a fact; `facts.parse_value` says what fits which kind."""

DayInput: TypeAlias = DateSpan | date | str | None

_PARTIAL: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")


def to_span(given: DayInput) -> DateSpan | None:
    """The span of days meant by a date, by text such as `2024-09-30`, `2024-09` or `2024`.

    Raises:
        ValueError: If the text is no date, or a day that does not exist; also for a moment, which
            is a date to Python but cannot be compared with one.
    """
    if isinstance(given, datetime):
        msg = f"`{given}` is not a date"
        raise ValueError(msg)
    if given is None or isinstance(given, DateSpan):
        return given
    if isinstance(given, date):
        return DateSpan.on(given)
    partial = _PARTIAL.fullmatch(given)
    if partial is None:
        return DateSpan.on(parse_date(given))
    first = date(int(partial[1]), int(partial[2] or 1), 1)
    last = month_end(first.replace(month=int(partial[2] or 12)))
    return DateSpan(first, last)


def format_span(span: DateSpan) -> str:
    """The span in text: a day, a whole month or a whole year, as `to_span` reads it back.

    Any other span is `first..last`, an end that is not known left out: `2021-11-20..2021-12-05`,
    `..2024-01-05`, `2024-01-05..`; empty if nothing is known.
    """
    first, last = span.earliest, span.latest
    if first is None or last is None:
        return "" if first is last else f"{first or ''}..{last or ''}"
    if first == last:
        return first.isoformat()
    if first.day == 1 and last == month_end(first):
        return first.isoformat()[: len("2024-01")]
    if (first.month, first.day) == (1, 1) and last == first.replace(month=12, day=31):
        return first.isoformat()[: len("2024")]
    return f"{first}..{last}"


def to_day(given: date | str | None) -> date | None:
    """The day meant by a date or by text such as `2024-09-30`.

    Raises:
        ValueError: If the text is no date, or a day that does not exist; also for a moment.
        TypeError: If it is neither a date nor text.
    """
    if isinstance(given, datetime):
        msg = f"`{given}` is not a date"
        raise ValueError(msg)
    if given is None or isinstance(given, date):
        return given
    if not isinstance(given, str):
        msg = f"a day is a date or text such as `2024-09-30`, not {type(given).__name__}"
        raise TypeError(msg)
    try:
        return parse_date(given)
    except ValueError:
        msg = f"`{given}` is not a date such as `2024-09-30`"
        raise ValueError(msg) from None


def _to_known_span(given: DayInput) -> DateSpan:
    return to_span(given) or DateSpan()


@attrs.frozen
class Act:
    """When the act was committed (违法行为发生时间).

    Attributes:
        ended: When it ended; for an act of one moment, when it happened.
        began: When a continuing act began; None for an act of one moment.
    """

    ended: DateSpan = attrs.field(converter=_to_known_span)
    began: DateSpan | None = attrs.field(default=None, converter=to_span)


ActInput: TypeAlias = Act | DayInput


def _to_act(given: ActInput) -> Act | None:
    if given is None or isinstance(given, Act):
        return given
    return Act(ended=to_span(given))


class PartyKind(Enum):
    """Kind of party (当事人类型)."""

    INDIVIDUAL = "individual"
    INDIVIDUAL_BUSINESS = "individual_business"
    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"
    PUBLIC_BODY = "public_body"
    OTHER_ORGANISATION = "other_organisation"


@attrs.frozen(kw_only=True)
class Party:
    """The party; no name is needed.

    Attributes:
        kind: What kind of party it is; None if unknown.
        age: Age at the act in full years, for natural persons.
        birth_date: Date of birth, for natural persons; not needed where the age is given.
    """

    kind: PartyKind | None = attrs.field(
        default=None, converter=attrs.converters.optional(PartyKind)
    )
    age: int | None = None
    birth_date: date | None = attrs.field(default=None, converter=to_day)


_Code = TypeVar("_Code", bound=Enum)


def _member(cls: type[_Code], given: _Code | str, name: str) -> _Code:
    """The member of the code.

    Raises:
        ValueError: If there is none; it names the field and what may stand there.
    """
    try:
        return cls(given)
    except ValueError:
        allowed = ", ".join(f"`{one.value}`" for one in cls)
        msg = f"`{name}`: `{given}` is none of {allowed}"
        raise ValueError(msg) from None


def _to_result(given: PriorResult | str) -> PriorResult:
    return _member(PriorResult, given, "result")


@attrs.frozen(kw_only=True)
class Prior:
    """An earlier violation on record (既往违法记录); what is None is not known.

    Attributes:
        committed: When it was committed.
        discovered: When it was discovered.
        decided: When it was decided.
        authority: Which authority dealt with it.
        region: Where. GB/T 2260 code.
        violation: Which violation of the catalogue.
        field: Field of law, if the violation is not known.
        department: Department, if the field is not known.
        result: How it was dealt with.

    Raises:
        ValueError: If a date is none, or the result is not one of `PriorResult`.
        TypeError: If a name or code is not text.
    """

    committed: date | None = attrs.field(default=None, converter=to_day)
    discovered: date | None = attrs.field(default=None, converter=to_day)
    decided: date | None = attrs.field(default=None, converter=to_day)
    authority: str | None = None
    region: str | None = None
    violation: str | None = None
    field: str | None = None
    department: str | None = None
    result: PriorResult = attrs.field(default=PriorResult.PENALISED, converter=_to_result)

    def __attrs_post_init__(self) -> None:
        """Refuse names and codes that are no text, such as a region given as a number."""
        for name in ("authority", "region", "violation", "field", "department"):
            given = getattr(self, name)
            if given is not None and not isinstance(given, str):
                msg = f"`{name}`: {given!r} is not text"
                raise TypeError(msg)


def _to_priors(given: Iterable[Prior]) -> tuple[Prior, ...]:
    return tuple(given)


def _to_registers(given: Iterable[Register | str] | None) -> frozenset[Register] | None:
    if isinstance(given, str):
        msg = f"`registers`: `{given}` is text; write a list of registers"
        raise TypeError(msg)
    return None if given is None else frozenset(_member(Register, o, "registers") for o in given)


@attrs.frozen(kw_only=True)
class Priors:
    """What a search of the records found.

    Attributes:
        searched_since: Day back to which the records were searched; None if they were not.
        registers: Registers that were searched; None if the case does not say which.
        found: Earlier violations found.

    Raises:
        ValueError: If the day is none, or a register is not one of `Register`.
    """

    searched_since: date | None = attrs.field(default=None, converter=to_day)
    registers: frozenset[Register] | None = attrs.field(default=None, converter=_to_registers)
    found: tuple[Prior, ...] = attrs.field(default=(), converter=_to_priors)


def plain_facts(facts: Mapping[str, FactInput]) -> dict[str, object]:
    """The facts as plain data, by name."""
    return {name: _plain_fact(facts[name]) for name in sorted(facts)}


def _plain_fact(value: FactInput) -> object:
    if isinstance(value, (bool, str, int, Decimal, Money, date)):
        return plain_value(value)
    return sorted(value)


def _same_facts(facts: Mapping[str, FactInput]) -> dict[str, object]:
    """The facts, equal for equal values however they were given: 66 as a number, text or money."""
    # A boolean stays one: to Python, True equals 1.
    return {
        name: str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in plain_facts(facts).items()
    }


class _Facts(dict[str, FactInput]):
    """Facts that nobody can change, looked up as quickly as in any dictionary."""

    __slots__ = ()

    def _refuse(self, *_args: object, **_named: object) -> NoReturn:
        msg = "the facts of a case cannot be changed; use `attrs.evolve`"
        raise TypeError(msg)

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type["_Facts"], tuple[dict[str, FactInput]]]:
        """Copied and sent whole, not name by name."""
        return _Facts, (dict(self),)


def _to_facts(given: Mapping[str, FactInput]) -> Mapping[str, FactInput]:
    return given if isinstance(given, _Facts) else _Facts(given)


def _to_groups(given: Iterable[str]) -> frozenset[str]:
    return frozenset(given)


def _to_codes(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(given)


@attrs.frozen(kw_only=True)
class Case:
    """One act of one party under one violation (案件).

    Attributes:
        id: The caller's name for it.
        region: Where the act was committed. GB/T 2260 code of a county, prefecture or province.
        violation: Id in the violation catalogue.
        committed: When; a date, partial text such as `2024-09`, or an `Act` that continued.
        discovered: When the authority discovered it.
        filed: When the case was filed (立案).
        decided: When it is decided; the library reads no clock.
        notified: When the party was told of the intended penalty (告知).
        act: Name of the act, where one act broke several norms: cases of a matter that share it
            are one act (同一违法行为).
        authority: Which authority deals with it.
        party: The party.
        facts: What is known, by name of the fact. Absent is unknown, never false.
        examined: Groups of circumstances that were examined: what is not stated of them was
            looked for and not found.
        priors: What a search of the records found; None if no search is recorded.
        measures: Compulsory measures proposed or taken, by code.

    Raises:
        CaseError: If a value has a wrong type, such as a region given as a number.
    """

    id: str
    region: str
    violation: str
    committed: Act | None = attrs.field(default=None, converter=_to_act)
    discovered: DateSpan | None = attrs.field(default=None, converter=to_span)
    filed: DateSpan | None = attrs.field(default=None, converter=to_span)
    decided: DateSpan | None = attrs.field(default=None, converter=to_span)
    notified: DateSpan | None = attrs.field(default=None, converter=to_span)
    act: str | None = None
    authority: str | None = None
    party: Party = Party()
    facts: Mapping[str, FactInput] = attrs.field(
        factory=dict, converter=_to_facts, eq=_same_facts, hash=False
    )
    examined: frozenset[str] = attrs.field(default=frozenset(), converter=_to_groups)
    priors: Priors | None = None
    measures: tuple[str, ...] = attrs.field(default=(), converter=_to_codes)
    location: Location | None = attrs.field(default=None, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse values of a wrong type before anything is computed from them."""
        wrong = [
            _type_problem(self, key, getattr(self, key), types)
            for key, types in _TYPES.items()
            if not isinstance(getattr(self, key), types)
        ]
        for key, given in (("facts", self.facts), ("examined", self.examined)):
            wrong += [
                _type_problem(self, f"{key}.{name}", name, (str,))
                for name in given
                if not isinstance(name, str)
            ]
        if wrong:
            raise CaseError(wrong)


_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "id": (str,),
    "region": (str,),
    "violation": (str,),
    "act": (str, NoneType),
    "authority": (str, NoneType),
    "party": (Party,),
    "priors": (Priors, NoneType),
}


def _type_problem(case: Case, path: str, found: object, types: tuple[type, ...]) -> Problem:
    place = Location(f"case {case.id}", path=f"$.{path}")
    expected = " | ".join("None" if one is NoneType else one.__name__ for one in types)
    details = {"found": type(found).__name__, "expected": expected}
    return Problem("wrong-type", place, details)


def fingerprint(case: Case) -> str:
    """SHA-256 over everything the case says; equal cases have equal fingerprints."""
    # Imported here: they cost more than the rest of this module, and only a receipt needs them.
    import json  # noqa: PLC0415 - keeps the import light
    from hashlib import sha256  # noqa: PLC0415 - same

    data = attrs.asdict(case, filter=lambda field, _: field.name not in _OWN_FORM)
    data["facts"] = _same_facts(case.facts)
    # Sorted, because the order of a set is another in every process.
    data["examined"] = sorted(case.examined)
    if case.priors is not None and case.priors.registers is not None:
        data["registers"] = sorted(register.value for register in case.priors.registers)
    text = json.dumps(data, default=_canonical, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


_OWN_FORM: Final = ("location", "facts", "examined", "registers")


def _canonical(value: object) -> object:
    return value.value if isinstance(value, Enum) else str(value)
