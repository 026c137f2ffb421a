"""Every fine range of every provision is that of the law, as far as two tables of ranges go.

`fine_provisions.csv` was read from law texts by machine, `penalty_provisions.yaml` compared with
them; both hold only the articles that the encoded provisions cite. `differences.yaml` lists what
is encoded otherwise than the tables have it, `omitted.yaml` what the tables have at a place cited
and is not encoded, each with its reviewed reason.
"""

import attrs

from legal.encoded import engine, read
from legal.fine_ranges import (
    BASES,
    Difference,
    Omission,
    differences,
    omissions,
    place,
    ranges,
    rows,
)

REASONS = {
    Difference(**{name: entry[name] for name in ("violation", "cite", "tier", "part")}): entry
    for entry in read("differences.yaml")
}

OMITTED = {
    Omission(**{name: entry[name] for name in ("violation", "cite", "range")}): entry
    for entry in read("omitted.yaml")
}


def test_every_difference_is_listed_with_its_reason() -> None:
    """A range that the tables show otherwise is listed; none is listed that no longer differs."""
    found = set(differences())
    assert sorted(map(attrs.astuple, found - REASONS.keys())) == []
    assert sorted(map(attrs.astuple, REASONS.keys() - found)) == []


def test_every_listed_difference_is_explained() -> None:
    """Each listed difference has a reason, in a sentence, and nothing besides."""
    known = {"violation", "cite", "tier", "part", "reason"}
    assert [entry for entry in REASONS.values() if set(entry) != known] == []
    assert [entry for entry in REASONS.values() if not entry["reason"].endswith(".")] == []


def test_no_difference_is_listed_twice() -> None:
    """The list of differences names each of them once."""
    assert len(REASONS) == len(read("differences.yaml"))


def test_every_omission_is_listed_with_its_reason() -> None:
    """A range of the tables that no tier has is listed; none is listed that some tier has."""
    found = set(omissions())
    assert sorted(map(attrs.astuple, found - OMITTED.keys())) == []
    assert sorted(map(attrs.astuple, OMITTED.keys() - found)) == []


def test_every_listed_omission_is_explained() -> None:
    """Each listed omission has a reason, in a sentence, and is listed once."""
    known = {"violation", "cite", "range", "reason"}
    assert [entry for entry in OMITTED.values() if set(entry) != known] == []
    assert [entry for entry in OMITTED.values() if not entry["reason"].endswith(".")] == []
    assert len(OMITTED) == len(read("omitted.yaml"))


def test_every_base_is_a_fact() -> None:
    """The words of the tables for a base are those of facts that are declared."""
    assert [name for name in BASES.values() if name not in engine().vocabulary] == []


def test_the_tables_hold_no_more_than_is_needed() -> None:
    """Both tables are cut to the articles that provisions with a fine cite."""
    cites = (tier.citation or provision.citation for _, provision, tier, _ in ranges())
    cited = {place(cite.law, cite.article or "") for cite in cites}
    assert sorted(rows().keys() - cited) == []


def test_a_range_that_no_table_knows_says_so() -> None:
    """A provision says how its range was checked, or why it could not be; never both."""
    wanting = [
        (violation, provision.id)
        for violation, provision, _, _ in ranges()
        if (provision.checked is None) == (provision.unverified is None)
    ]
    assert wanting == []
