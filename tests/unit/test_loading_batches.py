from datetime import date

import pytest

from bizrules._tree import Document
from bizrules._yaml import read_yaml
from bizrules.errors import DocumentError, Problem
from bizrules.loading import load_documents
from bizrules.rules import Ground, Rule, Ruleset
from bizrules.values import Interval

HEAD = """format: 1
document: ruleset
id: set
version: "1"
title: {zh: 规则集, en: ruleset}
region: national
instrument: {name: 示例, level: rule, kind: illustration, issued: 2021-11-30}
in_force: {from: 2021-12-01, until: 2030-01-01}
"""
MARKET = '  - {id: "1", published: 2021-12-10}\n  - {id: "2", published: 2022-05-20}\n'
"""Two batches."""


def document(batches: str, *rules: str) -> Document:
    """A ruleset with the batches, and rules `r1`, `r2` … that have the given keys."""
    text = f"{HEAD}batches:\n{batches}" if batches else HEAD
    if rules:
        text += "rules:\n"
    for number, rule in enumerate(rules, 1):
        text += (
            f"  - {{id: r{number}, title: {{zh: 条目, en: entry}}, ground: listed, modality: may,"
            f" permits: [exempt], cite: [{{law: 行政处罚法, article: 33}}]{rule and ', '}{rule}}}\n"
        )
    return read_yaml(text.encode(), "set.yaml")


def read(batches: str, *rules: str) -> Ruleset:
    """The ruleset that the document is."""
    return load_documents([document(batches, *rules)]).rulesets[0]


def days(*rules: str, batches: str = MARKET) -> list[Interval]:
    """The days on which the rules are in force."""
    return [rule.in_force for rule in read(batches, *rules).rules]


def refused(*rules: str, batches: str = MARKET) -> list[Problem]:
    """What is wrong with the document."""
    with pytest.raises(DocumentError) as caught:
        load_documents([document(batches, *rules)])
    return list(caught.value.problems)


def test_ground_of_an_entry_of_a_list() -> None:
    """What stands on a list is `listed`, unless it says on which ground it rests."""
    lists = "lists: {exempt: {name: {zh: 免罚, en: exempt}, effect: exempt}}\nrules:\n"
    entry = "  - {id: %s, title: {zh: 条目, en: entry}, list: exempt, modality: may, %s"
    entry += "cite: [{law: 行政处罚法, article: 33}]}\n"
    text = HEAD + lists + entry % ("a", "") + entry % ("b", "ground: minor, ")
    (found,) = load_documents([read_yaml(text.encode(), "set.yaml")]).rulesets
    assert [rule.ground for rule in found.rules] == [Ground.LISTED, Ground.MINOR]


class TestBatches:
    """What a batch says of itself."""

    def test_parts(self) -> None:
        """A batch has its days, its counts and the entries it repeals, by their full ids."""
        batches = (
            '  - {id: "1", published: 2021-12-10, in_force: 2022-01-01, total: 3,'
            " counts: {exempt: 1}, note: {zh: 第一批, en: the first}}\n"
            '  - {id: "2", published: 2022-05-20, repeals: [r1]}\n'
        )
        first, second = read(batches, 'batch: "1"').batches
        assert (first.id, first.published, first.in_force) == (
            "1",
            date(2021, 12, 10),
            date(2022, 1, 1),
        )
        assert (first.total, first.counts, first.repeals) == (3, {"exempt": 1}, ())
        assert first.note is not None
        assert first.note.en == "the first"
        assert second.repeals == ("set/r1",)

    @pytest.mark.parametrize(
        ("written", "day"),
        [
            ("2021-12-10", date(2021, 12, 10)),
            ("2021-12", date(2021, 12, 1)),
            ("2022", date(2022, 1, 1)),
        ],
    )
    def test_a_day_known_in_part(self, written: str, day: date) -> None:
        """A batch of a month, or of a year, is known from its first day."""
        (batch,) = read(f'  - {{id: "1", published: {written}}}\n').batches
        assert batch.published == day

    def test_no_such_day(self) -> None:
        """A day that does not exist is refused where it is written."""
        (problem,) = refused(batches='  - {id: "1", published: 2021-02-30}\n')
        assert (problem.code, problem.location.line) == ("no-such-date", 10)

    def test_one_id_twice(self) -> None:
        """Two batches of one name are refused."""
        (problem,) = refused(batches='  - {id: "1"}\n  - {id: "1"}\n')
        assert (problem.code, problem.location.line) == ("duplicate-id", 11)

    def test_one_id_twice_with_a_repeal(self) -> None:
        """What the second of them repeals is read where it stands."""
        batches = '  - {id: "1"}\n  - {id: "1", published: 2022-01-01, repeals: [r1]}\n'
        assert [problem.code for problem in refused("", batches=batches)] == ["duplicate-id"]


class TestBeginning:
    """A rule begins with the batch that brought it."""

    @pytest.mark.parametrize(
        ("batch", "start", "published"),
        [
            ("published: 2021-12-10", date(2021, 12, 10), date(2021, 12, 10)),
            (
                "published: 2021-12-10, in_force: 2022-01-01",
                date(2022, 1, 1),
                date(2021, 12, 10),
            ),
            ("in_force: 2022-01-01", date(2022, 1, 1), None),
            ("total: 5", date(2021, 12, 1), None),
        ],
    )
    def test_days_of_the_batch(self, batch: str, start: date, published: date | None) -> None:
        """From its first day, else from its publication; without either with the ruleset."""
        (rule,) = read(f'  - {{id: "1", {batch}}}\n', 'batch: "1"').rules
        assert (rule.in_force.start, rule.in_force.until) == (start, date(2030, 1, 1))
        assert (rule.batch, rule.published) == ("1", published)

    @pytest.mark.parametrize(
        ("own", "expected"),
        [
            ("from: 2022-03-01", Interval(date(2022, 3, 1), date(2030, 1, 1))),
            ("until: 2023-01-01", Interval(date(2021, 12, 10), date(2023, 1, 1))),
            ("from: 2022-03-01, until: 2023-01-01", Interval(date(2022, 3, 1), date(2023, 1, 1))),
        ],
    )
    def test_days_of_its_own(self, own: str, expected: Interval) -> None:
        """A day that the rule names itself comes before that of its batch."""
        assert days(f'batch: "1", in_force: {{{own}}}') == [expected]

    def test_no_batch(self) -> None:
        """A rule of no batch has the days of its ruleset."""
        assert days("") == [Interval(date(2021, 12, 1), date(2030, 1, 1))]

    def test_unknown_batch(self) -> None:
        """A batch that is not there is refused, with those that are near."""
        (problem,) = refused('batch: "21"')
        assert (problem.code, problem.details["found"]) == ("unknown-batch", "21")


class TestEnd:
    """A rule ends when another version of it begins, or a batch repeals it."""

    def test_replaced(self) -> None:
        """The earlier version ends on the day on which the later one begins, known since then."""
        first, second = read(MARKET, 'batch: "1"', 'batch: "2", replaces: r1').rules
        border = date(2022, 5, 20)
        assert first.in_force == Interval(date(2021, 12, 10), border, border)
        assert second.in_force == Interval(border, date(2030, 1, 1))
        assert (first.replaces, second.replaces) == (None, "set/r1")

    def test_announced_ahead(self) -> None:
        """A batch that is published before it begins is known before it ends anything."""
        batches = MARKET.replace("2022-05-20", "2022-05-20, in_force: 2022-07-01, repeals: [r1]")
        (found,) = days('batch: "1"', batches=batches)
        assert found == Interval(date(2021, 12, 10), date(2022, 7, 1), date(2022, 5, 20))
        assert found.as_known_on(date(2022, 5, 19)).until is None
        assert found.as_known_on(date(2022, 5, 20)).until == date(2022, 7, 1)

    def test_no_gap_and_no_overlap(self) -> None:
        """On every day one version of an entry is in force, and only one."""
        found = days('batch: "1"', 'batch: "2", replaces: r1')
        for day in (date(2022, 5, 19), date(2022, 5, 20), date(2022, 5, 21)):
            assert [one.contains(day) for one in found].count(True) == 1

    def test_a_chain(self) -> None:
        """Each version of an entry ends with the next."""
        batches = MARKET + '  - {id: "3", published: 2022-07-01}\n'
        found = days(
            'batch: "1"', 'batch: "2", replaces: r1', 'batch: "3", replaces: r2', batches=batches
        )
        assert [one.until for one in found] == [
            date(2022, 5, 20),
            date(2022, 7, 1),
            date(2030, 1, 1),
        ]

    @pytest.mark.parametrize(
        ("own", "until"), [("2022-05-19", "2022-05-19"), ("2022-05-21", "2022-05-20")]
    )
    def test_an_end_of_its_own(self, own: str, until: str) -> None:
        """Of two ends the earlier one counts."""
        first = f'batch: "1", in_force: {{until: {own}}}'
        found, _ = days(first, 'batch: "2", replaces: r1')
        assert found.until == date.fromisoformat(until)

    @pytest.mark.parametrize(
        ("start", "fits"), [("2021-12-11", True), ("2021-12-10", False), ("2021-12-09", False)]
    )
    def test_before_it_began(self, start: str, fits: bool) -> None:
        """A rule cannot end on the day on which it begins, or before."""
        later = f"in_force: {{from: {start}}}, replaces: r1"
        if fits:
            assert days('batch: "1"', later)[0].until == date.fromisoformat(start)
        else:
            (problem,) = refused('batch: "1"', later)
            assert (problem.code, problem.location.line) == ("replaced-before-begun", 14)
            assert problem.details == {
                "id": "r1",
                "by": "r2",
                "start": "2021-12-10",
                "end": start,
            }

    def test_repealed_before_it_began(self) -> None:
        """The batch that would end a rule before it begins is named, where it is written."""
        batches = MARKET + '  - {id: "3", published: 2022-05-01, repeals: [r1]}\n'
        (problem,) = refused('batch: "2"', batches=batches)
        assert (problem.code, problem.location.line) == ("repealed-before-begun", 12)
        assert "batch `3` repeals `r1` on 2022-05-01" in problem.text()
        assert "2022-05-20" in problem.text("zh")
        # Nor may a batch repeal what it brings itself.
        own = '  - {id: "1", published: 2021-12-10, repeals: [r1]}\n'
        assert [one.code for one in refused('batch: "1"', batches=own)] == ["repealed-before-begun"]

    def test_broken_entries_are_known(self) -> None:
        """An entry with a problem of its own is there to be repealed or replaced all the same."""
        batches = '  - {id: "1", published: 2021-12-10}\n'
        batches += '  - {id: "2", published: 2022-05-20, repeals: [r1]}\n'
        found = refused('batch: "1", colour: red', 'batch: "2", replaces: r1', batches=batches)
        assert [one.code for one in found] == ["unknown-key"]

    @pytest.mark.parametrize(
        ("rules", "line"),
        [
            (['batch: "1"', 'batch: "2", replaces: r1', 'batch: "2", replaces: r1'], 15),
            (['batch: "1"', 'batch: "2", replaces: r2'], 14),
        ],
    )
    def test_replaced_twice(self, rules: list[str], line: int) -> None:
        """Two versions cannot follow the same one, and none follows itself."""
        (problem,) = refused(*rules)
        assert (problem.code, problem.location.line) == ("replaced-twice", line)

    def test_unknown_entries(self) -> None:
        """What replaces or repeals an entry that is not there is refused."""
        batches = MARKET + '  - {id: "3", published: 2022-07-01, repeals: [r18]}\n'
        found = refused('batch: "1", replaces: r19', batches=batches)
        assert [(p.code, p.details["found"]) for p in found] == [
            ("unknown-entry", "r18"),
            ("unknown-entry", "r19"),
        ]
        # As the document writes entries: without the id of the ruleset.
        assert [p.details["near_names"] for p in found] == ["r1", "r1"]

    @pytest.mark.parametrize(
        ("rules", "batches", "line"),
        [
            # Replaced by one batch and repealed by a later one, or by the same one.
            (
                ['batch: "1"', 'batch: "2", replaces: r1'],
                "published: 2022-07-20, repeals: [r1]",
                12,
            ),
            (
                ['batch: "1"', 'batch: "2", replaces: r1'],
                "published: 2022-05-20, repeals: [r1]",
                12,
            ),
            (['batch: "1"'], "published: 2022-07-20, repeals: [r1, r1]", 12),
        ],
    )
    def test_ended_twice(self, rules: list[str], batches: str, line: int) -> None:
        """An entry that was replaced is not there to be repealed, and none is repealed twice."""
        (problem,) = refused(*rules, batches=f'{MARKET}  - {{id: "3", {batches}}}\n')
        assert (problem.code, problem.location.line) == ("ended-twice", line)
        assert problem.details["id"] == "r1"

    def test_repealed_by_two_batches(self) -> None:
        """The second end is refused, wherever the earlier one is written."""
        batches = (
            '  - {id: "1", published: 2021-12-10}\n'
            '  - {id: "2", published: 2022-07-20, repeals: [r1]}\n'
            '  - {id: "3", published: 2022-05-20, repeals: [r1]}\n'
        )
        (problem,) = refused('batch: "1"', batches=batches)
        assert (problem.code, problem.location.line) == ("ended-twice", 12)

    def test_undated_repeal(self) -> None:
        """A batch that repeals says when."""
        batches = '  - {id: "1", published: 2021-12-10}\n  - {id: "2", repeals: [r1]}\n'
        (problem,) = refused('batch: "1"', batches=batches)
        assert (problem.code, problem.details) == ("repeal-undated", {"id": "2"})
        assert problem.location.line == 11

    def test_undated_replacement(self) -> None:
        """A rule that replaces another says when, unless its ruleset does."""
        written = document("", "", "replaces: r1")
        assert isinstance(written.data, dict)
        data = {key: value for key, value in written.data.items() if key != "in_force"}
        with pytest.raises(DocumentError) as caught:
            load_documents([Document("set.yaml", data)])
        (problem,) = caught.value.problems
        assert (problem.code, problem.details) == (
            "replacement-undated",
            {"id": "r2", "other": "r1"},
        )


class TestRefinements:
    """An entry spells out one of a superior ruleset."""

    @staticmethod
    def refining(region: str, refined: str) -> list[Rule]:
        """The rules of the ruleset, and one of a ruleset of the region that refines one."""
        other = document("", f"refines: {refined}").data
        assert isinstance(other, dict)
        below = Document("below.yaml", {**other, "id": "below", "region": region})
        found = load_documents([document("", ""), below])
        return [rule for one in found.rulesets for rule in one.rules]

    @pytest.mark.parametrize("region", ["530103", "530000", "national"])
    def test_superior(self, region: str) -> None:
        """A ruleset of the same place or above it is superior."""
        below, _ = self.refining(region, "set/r1")
        assert below.refines == "set/r1"

    def test_unknown(self) -> None:
        """An entry that is not there is refused."""
        with pytest.raises(DocumentError) as caught:
            self.refining("530103", "set/r2")
        assert [problem.code for problem in caught.value.problems] == ["unknown-entry"]
