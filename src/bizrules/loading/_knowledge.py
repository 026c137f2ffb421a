"""What documents say once they are read and linked."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256
from importlib import resources
from types import MappingProxyType
from typing import TypeVar

import attrs

from bizrules.cases import Case
from bizrules.errors import Problem
from bizrules.facts import Vocabulary
from bizrules.matters import Basis, Role
from bizrules.outcomes import FineState, LawBasis, LawChoice, Verdict
from bizrules.penalties import Grade, Modality
from bizrules.provenance import Location, Text
from bizrules.regions import RegionTable, parse_regions
from bizrules.rules import Measure, Ruleset, Violation

T = TypeVar("T")


def read_only(given: Mapping[str, T]) -> Mapping[str, T]:
    """A copy that cannot be changed."""
    return MappingProxyType(dict(given))


@attrs.frozen(kw_only=True)
class ExpectedFine:
    """The fine that a golden case expects; what is None is not compared.

    Attributes:
        low: Lower end. *Unit*: yuan.
        high: Upper end. *Unit*: yuan.
        state: What can be said of the fine.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    state: FineState | None = None


@attrs.frozen(kw_only=True)
class ExpectedLaw:
    """The law that a golden case expects to be applied; what is None is not compared.

    Attributes:
        choice: Whether the old or the new law, or one and the same.
        basis: What tells old and new law apart.
    """

    choice: LawChoice | None = None
    basis: LawBasis | None = None


@attrs.frozen(kw_only=True)
class Expect:
    """What a golden case expects of its outcome; what is None is not compared.

    Attributes:
        grade: The grade proposed.
        no_grade: Whether no grade may be proposed (`grade: null`).
        permitted: Grades left open.
        modality: SHALL or MAY.
        settled: Whether nothing unknown can change the outcome.
        contested: Whether lenient and heavier circumstances meet.
        fine: The fine.
        compulsion: What is said of each measure.
        asks: Facts that must be asked for.
        holds: Rules that must hold.
        fails: Rules that must not hold.
        law: Which law is applied, and why.
        duties: Duties that must follow, each with its last day; None for a duty without one.
        no_duties: Duties that must not follow.
        capped: Duties after which something accrues, with the day on which it is capped.
    """

    grade: Grade | None = None
    no_grade: bool = False
    permitted: tuple[Grade, ...] | None = None
    modality: Modality | None = None
    settled: bool | None = None
    contested: bool | None = None
    fine: ExpectedFine | None = None
    compulsion: Mapping[Measure, Verdict] | None = attrs.field(default=None, hash=False)
    asks: tuple[str, ...] | None = None
    holds: tuple[str, ...] | None = None
    fails: tuple[str, ...] | None = None
    law: ExpectedLaw | None = None
    duties: Mapping[str, date | None] | None = attrs.field(default=None, hash=False)
    no_duties: tuple[str, ...] | None = None
    capped: Mapping[str, date] | None = attrs.field(default=None, hash=False)


@attrs.frozen(kw_only=True)
class Official:
    """What an authority decided in a published case (处理决定).

    Attributes:
        grade: The grade; None where the record names none.
        fine: The fine; None if none is recorded. *Unit*: yuan.
        compulsion: What became of each measure, as the source puts it.
        quality: How sure the label is.
        contested: Whether reasonable officers differ.
        complete: Whether the published account is complete.
        authority: Who decided.
        note: A remark for readers.
    """

    grade: Grade | None = None
    fine: Decimal | None = None
    compulsion: Mapping[str, str] | None = attrs.field(default=None, hash=False)
    quality: str
    contested: bool = False
    complete: bool = False
    authority: str | None = None
    note: Text | None = None


@attrs.frozen(kw_only=True)
class GoldenCase:
    """A case whose outcome is known.

    Attributes:
        case: The case.
        expect: What the outcome must be; None if nothing is expected.
        official: What the authority decided; None if it is no published case.
        location: Where it stands.
    """

    case: Case
    expect: Expect | None = None
    official: Official | None = None
    location: Location | None = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen(kw_only=True)
class ExpectedAct:
    """What a golden matter expects of one act; what is None is not compared.

    Attributes:
        act: Its name; None for a case that is an act of its own.
        applied: Case whose provision is applied.
        not_applied: Whether none may be (`applied: null`).
        basis: What chose the provision.
        settled: Whether nothing unknown can change its result.
    """

    act: str | None = None
    applied: str | None = None
    not_applied: bool = False
    basis: Basis | None = None
    settled: bool | None = None


@attrs.frozen(kw_only=True)
class ExpectMatter:
    """What a golden matter expects of its joint outcome; what is None is not compared.

    Attributes:
        acts: The acts, in the order in which they first appear.
        roles: What becomes of each case.
        low: Lower end of the sum of the fines. *Unit*: yuan.
        high: Upper end. *Unit*: yuan.
        crime: Whether a crime is suspected.
        settled: Whether nothing unknown can change the result.
        asks: Facts that must be asked for.
        holds: Rules that must hold, for each case.
        fails: Rules that must not hold, for each case.
    """

    acts: tuple[ExpectedAct, ...] | None = None
    roles: Mapping[str, Role] | None = attrs.field(default=None, hash=False)
    low: Decimal | None = None
    high: Decimal | None = None
    crime: bool | None = None
    settled: bool | None = None
    asks: tuple[str, ...] | None = None
    holds: Mapping[str, tuple[str, ...]] | None = attrs.field(default=None, hash=False)
    fails: Mapping[str, tuple[str, ...]] | None = attrs.field(default=None, hash=False)


@attrs.frozen(kw_only=True)
class GoldenMatter:
    """A matter whose joint outcome is known.

    Attributes:
        id: Its name.
        cases: Its cases.
        expect: What the joint outcome must be; None if nothing is expected.
        location: Where it stands.
    """

    id: str
    cases: tuple[Case, ...]
    expect: ExpectMatter | None = None
    location: Location | None = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen(kw_only=True)
class MatterReading:
    """One matter of a file: its cases, or what is wrong with them.

    Attributes:
        id: What the matter calls itself; None if that could not be read, or it has no name.
        cases: The cases; empty if the matter has problems.
        problems: What is wrong with it.
        location: Where it stands.
    """

    id: str | None
    cases: tuple[Case, ...]
    problems: tuple[Problem, ...]
    location: Location


@attrs.frozen(kw_only=True)
class CaseReading:
    """One case of a file: the case, or what is wrong with it.

    Attributes:
        id: What the case calls itself; None if that could not be read.
        case: The case; None if it has problems.
        problems: What is wrong with it.
        location: Where it stands.
    """

    id: str | None
    case: Case | None
    problems: tuple[Problem, ...]
    location: Location


@attrs.frozen(kw_only=True)
class Origin:
    """Where an id was declared first.

    Attributes:
        location: The place in its document.
        plugin: The package that ships the document.
    """

    location: Location
    plugin: str


@cache
def default_regions() -> RegionTable:
    """The regions that come with the library."""
    folder = resources.files("bizrules") / "data"
    return parse_regions((folder / "regions.csv").read_text(encoding="utf-8"))


@attrs.frozen(kw_only=True, eq=False)
class Knowledge:
    """Everything that documents declare, linked with one another.

    Attributes:
        vocabulary: Declared facts and groups.
        violations: The violation catalogue by id.
        rulesets: All rulesets, sorted by id.
        regions: Known regions.
        goldens: Golden cases in the order of their files.
        golden_matters: Golden matters in the order of their files.
        digests: SHA-256 of the content of each vocabulary, violation catalogue and ruleset, by id.
        origins: Where each id was declared, by what it names and the id.
    """

    vocabulary: Vocabulary = attrs.field(factory=lambda: Vocabulary({}))
    violations: Mapping[str, Violation] = attrs.field(factory=dict)
    rulesets: tuple[Ruleset, ...] = ()
    regions: RegionTable = attrs.field(factory=default_regions)
    goldens: Sequence[GoldenCase] = ()
    golden_matters: Sequence[GoldenMatter] = ()
    digests: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    origins: Mapping[str, Origin] = attrs.field(factory=dict, repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 over vocabulary, violations and all rulesets, as in receipts."""
        text = "\n".join(f"{name} {value}" for name, value in sorted(self.digests.items()))
        return sha256(text.encode()).hexdigest()
