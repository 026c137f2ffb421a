import pickle
import time
from datetime import date
from importlib.resources import files
from itertools import pairwise

import pytest

from bizrules.catalogue import (
    Check,
    CheckResult,
    LawCatalogue,
    LawVersion,
    parse_catalogue,
)

TEXT = (files("bizrules") / "data" / "laws.json").read_text(encoding="utf-8")
CATALOGUE = parse_catalogue(TEXT)
PENALTY = "中华人民共和国行政处罚法"
OLD, NEW = date(2015, 3, 1), date(2021, 3, 1)


def law(
    version: date | None = None,
    structure: str = "0 30(12) 00 12-1:0 12-2:2 0 20:0",
    *,
    name: str = "中华人民共和国某法",
    partial: bool = False,
) -> LawVersion:
    """A small law: articles 1, 2, 3, 12-1, 12-2, 13 and 20."""
    return LawVersion(
        name=name, category="行政法", version=version, partial=partial, structure=structure
    )


class TestLawVersion:
    """A version knows its articles, paragraphs and items."""

    def test_articles(self) -> None:
        """Every article counts once, those with 之一 too."""
        assert law().articles == 7
        assert law(structure="").articles == 0

    @pytest.mark.parametrize(
        ("article", "paragraphs"),
        [("1", 1), ("2", 3), ("3", 2), ("12-1", 1), ("13", 1), ("20", 1), ("4", 0), ("12", 0)],
    )
    def test_paragraphs(self, article: str, paragraphs: int) -> None:
        """An article has its paragraphs; one that does not exist has none."""
        assert law().paragraphs(article) == paragraphs

    @pytest.mark.parametrize(
        ("article", "paragraph", "items"),
        [
            ("2", 1, 3),
            ("2", 2, 0),
            ("2", 3, 12),
            ("2", 4, 0),
            ("2", 0, 0),
            ("2", -1, 0),
            ("2", None, 12),
            ("1", None, 0),
            ("4", 1, 0),
            ("4", None, 0),
        ],
    )
    def test_items(self, article: str, paragraph: int | None, items: int) -> None:
        """A paragraph has its items; without a paragraph the most of any counts."""
        assert law().items(article, paragraph) == items

    @pytest.mark.parametrize(
        ("article", "paragraph", "item", "expected"),
        [
            ("1", None, None, CheckResult.FOUND),
            ("12-1", 1, None, CheckResult.FOUND),
            ("2", 3, 12, CheckResult.FOUND),
            ("2", None, 12, CheckResult.FOUND),
            ("4", None, None, CheckResult.NO_ARTICLE),
            ("第一条", None, None, CheckResult.NO_ARTICLE),
            ("2", 0, None, CheckResult.NO_PARAGRAPH),
            ("2", 4, 1, CheckResult.NO_PARAGRAPH),
            ("2", 1, 4, CheckResult.NO_ITEM),
            ("2", 1, 0, CheckResult.NO_ITEM),
            ("2", None, 13, CheckResult.NO_ITEM),
            ("1", None, 1, CheckResult.NO_ITEM),
        ],
    )
    def test_missing(
        self, article: str, paragraph: int | None, item: int | None, expected: CheckResult
    ) -> None:
        """The first part that does not exist is named."""
        assert law().missing(article, paragraph, item) is expected
        assert law().has(article, paragraph, item) is (expected is CheckResult.FOUND)

    @pytest.mark.parametrize("structure", ["0 x", "0 (1", "0 1:", "0:0", "1-0:0", "()"])
    def test_bad_outline(self, structure: str) -> None:
        """An outline that cannot be read is refused when it is first needed."""
        broken = law(structure=structure)
        with pytest.raises(ValueError, match=r"is not the outline of an article$"):
            broken.has("1")


class TestNames:
    """A law is found under the names people write."""

    @pytest.mark.parametrize(
        "name",
        [
            "中华人民共和国行政处罚法",
            "行政处罚法",
            "《行政处罚法》",
            " 《中华人民共和国行政处罚法》 ",
        ],
    )
    def test_forms(self, name: str) -> None:
        """Brackets and the leading 中华人民共和国 make no difference."""
        assert name in CATALOGUE
        assert [known.name for known in CATALOGUE.versions(name)] == [PENALTY]

    def test_brackets_inside(self) -> None:
        """A name that quotes another law is found with and without the brackets."""
        assert CATALOGUE.versions("实施《中华人民共和国反外国制裁法》的规定")
        assert CATALOGUE.versions("实施中华人民共和国反外国制裁法的规定")

    def test_unknown(self) -> None:
        """An unknown law has no version."""
        assert "行政处罚罚法" not in CATALOGUE
        assert None not in CATALOGUE
        assert CATALOGUE.versions("行政处罚罚法") == ()

    @pytest.mark.parametrize(
        ("written", "meant"),
        [("行政处罚罚法", PENALTY), ("食安法", "中华人民共和国食品安全法")],
    )
    def test_near(self, written: str, meant: str) -> None:
        """A name that looks alike is offered under its full form."""
        assert CATALOGUE.near(written)[0] == meant
        assert len(CATALOGUE.near("管理条例", limit=2)) == 2

    def test_near_nothing(self) -> None:
        """A text that resembles no law leads nowhere, however long it is."""
        assert CATALOGUE.near("x" * 100_000) == ()


class TestVersions:
    """The versions of a law stand in the order of their dates."""

    def test_sorted(self) -> None:
        """Older versions come first, a version of unknown date before all."""
        catalogue = LawCatalogue([law(NEW), law(None), law(OLD)])
        assert [known.version for known in catalogue.versions("某法")] == [None, OLD, NEW]

    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (date(2015, 2, 28), None),
            (OLD, OLD),
            (date(2021, 2, 28), OLD),
            (NEW, NEW),
            (date(2099, 1, 1), NEW),
        ],
    )
    def test_version_on(self, day: date, expected: date | None) -> None:
        """The latest version up to the day is chosen, never one without a date."""
        found = LawCatalogue([law(NEW), law(None), law(OLD)]).version_on("某法", day)
        assert (found and found.version) == expected

    def test_version_of_unknown_law(self) -> None:
        """An unknown law has no version on any day."""
        assert LawCatalogue([]).version_on("某法", NEW) is None

    def test_twice(self) -> None:
        """The same date twice is refused, under whichever form of the name."""
        with pytest.raises(ValueError, match=r"^`某法` of 2021-03-01 comes twice$"):
            LawCatalogue([law(NEW), law(NEW, name="某法")])


class TestCheck:
    """A citation is found, or the first part that is missing is named."""

    catalogue = LawCatalogue([law(OLD), law(NEW, "0 3", partial=True), law(name="无日期法")])

    def test_found_in_the_newest(self) -> None:
        """Without a version the newest is looked into, and the counts are told."""
        check = self.catalogue.check("某法", "2", 1, 3)
        assert check.found
        assert check == Check(
            result=CheckResult.FOUND,
            name="中华人民共和国某法",
            versions=(OLD, NEW),
            version=NEW,
            partial=True,
            articles=2,
            paragraphs=1,
            items=3,
        )

    def test_found_in_the_version_cited(self) -> None:
        """The version cited is looked into, not the newest."""
        check = self.catalogue.check("某法", "20", version=OLD)
        assert check.found
        assert (check.version, check.partial, check.articles) == (OLD, False, 7)

    def test_item_in_any_paragraph(self) -> None:
        """An item without paragraph is found where any paragraph has it."""
        assert self.catalogue.check("某法", "2", item=12, version=OLD).found

    def test_no_law(self) -> None:
        """An unknown law comes with the names that look alike."""
        check = self.catalogue.check("某某法", "1")
        assert not check.found
        assert check == Check(result=CheckResult.NO_LAW, near=("中华人民共和国某法",))

    def test_no_version(self) -> None:
        """A version that does not exist to the day comes with those that do."""
        check = self.catalogue.check("某法", "1", version=date(2021, 3, 2))
        assert check == Check(
            result=CheckResult.NO_VERSION, name="中华人民共和国某法", versions=(OLD, NEW)
        )

    def test_version_of_unknown_date(self) -> None:
        """A version without date stands for whichever version is cited."""
        check = self.catalogue.check("无日期法", "1", version=NEW)
        assert check.found
        assert (check.version, check.versions) == (None, ())
        assert self.catalogue.check("无日期法", "1").found

    def test_no_article(self) -> None:
        """A missing article comes with the number of articles."""
        check = self.catalogue.check("某法", "20")
        assert check.result is CheckResult.NO_ARTICLE
        assert (check.articles, check.paragraphs, check.items) == (2, None, None)

    def test_no_paragraph(self) -> None:
        """A missing paragraph comes with the number of paragraphs."""
        check = self.catalogue.check("某法", "2", 4, version=OLD)
        assert check.result is CheckResult.NO_PARAGRAPH
        assert (check.articles, check.paragraphs, check.items) == (7, 3, None)

    def test_no_item(self) -> None:
        """A missing item comes with the number of items."""
        check = self.catalogue.check("某法", "2", 1, 4, version=OLD)
        assert check.result is CheckResult.NO_ITEM
        assert (check.articles, check.paragraphs, check.items) == (7, 3, 3)


class TestParse:
    """The file is read strictly, and the outlines only when needed."""

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "3",
            "[3]",
            "[{}]",
            '[{"name": "某法", "version": "2021-13-01", "category": "", "structure": ""}]',
            '[{"name": "某法", "version": 2021, "category": "", "structure": ""}]',
            '[{"name": 3, "version": null, "category": "", "structure": ""}]',
        ],
    )
    def test_refuses_other_texts(self, text: str) -> None:
        """A text that is no catalogue is a ValueError."""
        with pytest.raises(ValueError, match=r".+"):
            parse_catalogue(text)

    def test_reads_every_field(self) -> None:
        """Name, category, date, completeness and outline are kept."""
        text = (
            '[{"name": "某法", "version": "2021-03-01", "category": "行政法",'
            ' "partial": true, "structure": "0 x"},'
            ' {"name": "某法", "version": null, "category": "行政法", "structure": "0"}]'
        )
        assert parse_catalogue(text).laws == (
            law(None, "0", name="某法"),
            law(NEW, "0 x", name="某法", partial=True),
        )

    def test_survives_pickling(self) -> None:
        """A catalogue can be sent to another process, decoded outlines or not."""
        assert CATALOGUE.check(PENALTY, "33").found
        copy: LawCatalogue = pickle.loads(pickle.dumps(CATALOGUE))  # noqa: S301 - our own bytes
        assert copy == CATALOGUE
        assert copy.check(PENALTY, "33").found

    def test_is_fast(self) -> None:
        """The best of five readings of the whole file stays below 30 ms."""
        times = []
        for _ in range(5):
            start = time.perf_counter()
            parse_catalogue(TEXT)
            times.append(time.perf_counter() - start)
        assert min(times) < 0.030


class TestData:
    """The catalogue shipped is complete and well kept."""

    def test_counts(self) -> None:
        """There are 1,024 versions of 957 laws, all dated, five from incomplete texts."""
        assert len(CATALOGUE.laws) == 1024
        assert len({known.name for known in CATALOGUE.laws}) == 957
        assert all(known.version for known in CATALOGUE.laws)
        assert [known.name for known in CATALOGUE.laws if known.partial] == [
            "中华人民共和国进出口商品检验法实施条例",
            "中华人民共和国进出口商品检验法实施条例",
            "中华人民共和国长江保护法",
            "中华人民共和国飞行基本规则",
            "麻醉药品和精神药品管理条例",
        ]

    def test_every_outline_can_be_read(self) -> None:
        """Every law has articles, and each of them at least one paragraph."""
        for known in CATALOGUE.laws:
            assert known.articles > 0
            assert known.paragraphs("1") > 0 or known.name.startswith("中华人民共和国宪法修正案")

    @pytest.mark.parametrize(
        ("name", "articles"),
        [
            (PENALTY, 86),
            ("行政强制法", 71),
            ("民法典", 1260),
            ("宪法", 143),
            ("刑事诉讼法", 308),
            ("农民专业合作社法", 74),
        ],
    )
    def test_numbers_of_articles(self, name: str, articles: int) -> None:
        """Laws everybody can count have the articles they should."""
        assert CATALOGUE.versions(name)[-1].articles == articles

    @pytest.mark.parametrize(
        ("name", "article", "paragraph", "item"),
        [
            (PENALTY, "33", 1, None),
            (PENALTY, "33", 3, None),
            (PENALTY, "32", None, 5),
            (PENALTY, "36", 2, None),
            ("食品安全法", "34", None, 13),
            ("食品安全法", "126", 1, 13),
            ("行政复议法", "11", None, 15),
        ],
    )
    def test_provisions_in_use(
        self, name: str, article: str, paragraph: int | None, item: int | None
    ) -> None:
        """Provisions that lists rest on are found, and one item more is not."""
        assert CATALOGUE.check(name, article, paragraph, item).found
        beyond = CATALOGUE.check(name, article, paragraph, (item or 0) + 1)
        assert beyond.result is CheckResult.NO_ITEM

    def test_one_line_a_version(self) -> None:
        """The file has one line a version, sorted, with line feeds."""
        raw = (files("bizrules") / "data" / "laws.json").read_bytes()
        lines = raw.decode("utf-8").split("\n")
        assert (lines[0], lines[-2:]) == ("[", ["]", ""])
        assert len(lines) == 1024 + 3
        assert all(one < other for one, other in pairwise(lines[1:-2]))
        assert b"\r" not in raw
        assert len(raw) < 400_000
