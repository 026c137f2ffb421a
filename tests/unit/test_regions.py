import pickle
from importlib.resources import files
from itertools import pairwise, permutations

import pytest

from bizrules.regions import NATIONAL, Level, Region, RegionTable, ancestors, parse_regions

TEXT = (files("bizrules") / "data" / "regions.csv").read_text(encoding="utf-8")
TABLE = parse_regions(TEXT)
RESORT = Region("530171", "滇池旅游度假区", "zone", "530100")
PARK = Region("530171001", "科技园", "zone", "530171")


def codes(regions: tuple[Region, ...]) -> list[str]:
    """The codes of the regions, in their order."""
    return [region.code for region in regions]


class TestAncestors:
    """The regions above a code follow from its digits."""

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("530103", ("530103", "530100", "530000", NATIONAL)),
            ("530100", ("530100", "530000", NATIONAL)),
            ("530000", ("530000", NATIONAL)),
            (NATIONAL, (NATIONAL,)),
            ("469001", ("469001", "460000", NATIONAL)),
            ("429004", ("429004", "420000", NATIONAL)),
            ("429000", ("429000", "420000", NATIONAL)),
            ("110105", ("110105", "110000", NATIONAL)),
            ("500235", ("500235", "500000", NATIONAL)),
            ("810001", ("810001", "810000", NATIONAL)),
            ("320105", ("320105", "320100", "320000", NATIONAL)),
        ],
    )
    def test_climbs_to_the_country(self, code: str, expected: tuple[str, ...]) -> None:
        """Codes that only group counties are left out of the chain."""
        assert ancestors(code) == expected

    @pytest.mark.parametrize("code", ["", "53010", "5301030", "53010x", "053010", "５３０１０３"])
    def test_refuses_other_forms(self, code: str) -> None:
        """A code of another form is named in the error."""
        with pytest.raises(ValueError, match=f"^`{code}` is not a six-digit region code$"):
            ancestors(code)

    def test_agree_with_the_table(self) -> None:
        """Arithmetic and table give the same chain for every region listed."""
        for region in TABLE.regions:
            assert TABLE.ancestors(region.code) == ancestors(region.code)


class TestData:
    """The list shipped is complete and well kept."""

    def test_counts(self) -> None:
        """There are 34 provinces, 333 prefectures and 2,849 counties."""
        levels = [region.level for region in TABLE.regions]
        expected: dict[Level, int] = {
            "national": 1,
            "province": 34,
            "prefecture": 333,
            "county": 2849,
            "zone": 0,
        }
        for level, count in expected.items():
            assert levels.count(level) == count

    def test_yunnan_is_complete(self) -> None:
        """Yunnan has 16 prefectures and 129 counties."""
        yunnan = [region for region in TABLE.regions if region.code.startswith("53")]
        assert [region.level for region in yunnan].count("prefecture") == 16
        assert [region.level for region in yunnan].count("county") == 129

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("530103", "云南省昆明市盘龙区"),
            ("530112", "云南省昆明市西山区"),
            ("530114", "云南省昆明市呈贡区"),
            ("530115", "云南省昆明市晋宁区"),
            ("510821", "四川省广元市旺苍县"),
            ("429004", "湖北省仙桃市"),
            ("659013", "新疆维吾尔自治区草湖市"),
            ("110105", "北京市朝阳区"),
            ("500157", "重庆市两江新区"),
            ("500112", "重庆市渝北区"),
            ("460400", "海南省儋州市"),
            ("340000", "安徽省"),
            ("710000", "台湾省"),
            ("810000", "香港特别行政区"),
            ("820000", "澳门特别行政区"),
            (NATIONAL, "全国"),
        ],
    )
    def test_full_names(self, code: str, name: str) -> None:
        """The full name leads from the province down to the region."""
        assert TABLE.name(code) == name

    def test_file_is_sorted_and_plain(self) -> None:
        """The file has one line a region in rising order, line feeds and no blanks."""
        raw = (files("bizrules") / "data" / "regions.csv").read_bytes()
        lines = raw.decode("utf-8").split("\n")
        assert lines[0] == "code,name"
        assert lines[-1] == ""
        assert all(one < other for one, other in pairwise(lines[1:-1]))
        assert b"\r" not in raw
        assert not raw.startswith(b"\xef\xbb\xbf")


class TestTable:
    """A table answers what lies where."""

    def test_get(self) -> None:
        """A region is found by its code, another code gives None."""
        assert TABLE.get("530103") == Region("530103", "盘龙区", "county", "530100")
        assert TABLE.get("530199") is None
        assert "530103" in TABLE
        assert "530199" not in TABLE

    @pytest.mark.parametrize(
        ("code", "ancestor", "expected"),
        [
            ("530103", "530103", True),
            ("530103", "530100", True),
            ("530103", "530000", True),
            ("530103", NATIONAL, True),
            ("530103", "530112", False),
            ("530100", "530103", False),
            ("530103", "999999", False),
        ],
    )
    def test_is_within(self, code: str, ancestor: str, *, expected: bool) -> None:
        """A region lies within itself and every region above it."""
        assert TABLE.is_within(code, ancestor) is expected

    def test_unknown_code(self) -> None:
        """Asking about a code that is not listed raises a KeyError that carries it."""
        for ask in (TABLE.ancestors, TABLE.name):
            with pytest.raises(KeyError, match="530199"):
                ask("530199")
        with pytest.raises(KeyError, match="530199"):
            TABLE.is_within("530199", NATIONAL)

    def test_order_has_no_meaning(self) -> None:
        """Tables of the same regions are equal whatever the order."""
        regions = [
            Region(NATIONAL, "全国", "national", None),
            Region("530000", "云南省", "province", NATIONAL),
            Region("530100", "昆明市", "prefecture", "530000"),
        ]
        assert len({RegionTable(order) for order in permutations(regions)}) == 1

    def test_survives_pickling(self) -> None:
        """A table can be sent to another process."""
        assert pickle.loads(pickle.dumps(TABLE)).name("530103") == "云南省昆明市盘龙区"  # noqa: S301 - our own bytes

    def test_needs_a_parent(self) -> None:
        """Only the country may stand without a parent."""
        with pytest.raises(ValueError, match=r"`530000` .云南省.: no parent `-` in the table"):
            RegionTable([Region("530000", "云南省", "province", None)])


class TestZones:
    """Functional zones stand under the parent they declare."""

    def test_zone_under_its_parent(self) -> None:
        """A zone has the ancestors of its parent and a full name."""
        table = TABLE.with_zones([RESORT])
        assert table.ancestors("530171") == ("530171", "530100", "530000", NATIONAL)
        assert table.name("530171") == "云南省昆明市滇池旅游度假区"
        assert table.is_within("530171", "530100")
        assert "530171" not in TABLE

    def test_zone_in_a_zone_in_any_order(self) -> None:
        """A zone may lie in another one that is declared after it."""
        table = TABLE.with_zones([PARK, RESORT])
        assert table.ancestors("530171001")[:3] == ("530171001", "530171", "530100")
        assert table == TABLE.with_zones([RESORT]).with_zones([PARK])

    def test_duplicate_names_both(self) -> None:
        """A code that is taken is refused, and both names are told."""
        with pytest.raises(ValueError, match=r"`530103` is declared twice: `盘龙区` and `园区`"):
            TABLE.with_zones([Region("530103", "园区", "zone", "530100")])
        with pytest.raises(ValueError, match=r"`530171` is declared twice"):
            TABLE.with_zones([RESORT, RESORT])

    def test_unknown_parent(self) -> None:
        """A zone under a region that is not listed is refused."""
        with pytest.raises(ValueError, match=r"`530171001` .科技园.: no parent `530171`"):
            TABLE.with_zones([PARK])

    def test_circle(self) -> None:
        """Zones that lie in each other are refused."""
        circle = [Region("Z1", "甲园", "zone", "Z2"), Region("Z2", "乙园", "zone", "Z1")]
        with pytest.raises(ValueError, match=r"^region `Z1` is above itself$"):
            TABLE.with_zones(circle)

    def test_only_zones(self) -> None:
        """A region of GB/T 2260 cannot be brought in as a zone."""
        with pytest.raises(ValueError, match=r"^region `530199` .新区. is no functional zone$"):
            TABLE.with_zones([Region("530199", "新区", "county", "530100")])


class TestNear:
    """Whoever mistypes a region is shown the ones perhaps meant."""

    @pytest.mark.parametrize(
        "written",
        ["530103", " 530103 ", "530130", "530193", "5301033", "53013", "5301O3", "530103000000"],
    )
    def test_codes(self, written: str) -> None:
        """One slip in the code still leads to the region first."""
        assert codes(TABLE.near(written))[0] == "530103"

    @pytest.mark.parametrize(
        "written", ["盘龙区", "盘龙", "昆明市盘龙区", "云南盘龙区", "盘龙县", "龙盘区"]
    )
    def test_names(self, written: str) -> None:
        """A name, or nearly the name, leads to the region first."""
        assert codes(TABLE.near(written))[0] == "530103"

    def test_names_that_look_alike(self) -> None:
        """A name with another character missing leads to the region all the same."""
        assert TABLE.near("西双版纳自治州")[0].zh == "西双版纳傣族自治州"

    def test_name_borne_by_many(self) -> None:
        """Every region that bears the name comes before those that look alike."""
        found = TABLE.near("新华区", limit=4)
        assert [region.zh for region in found[:3]] == ["新华区"] * 3
        assert len(found) == 4

    def test_code_order(self) -> None:
        """Swapped digits come before other slips, and those before like beginnings."""
        assert codes(TABLE.near("530130", limit=3)) == ["530103", "530100", "130130"]
        assert codes(TABLE.near("539999", limit=2)) == ["530000", "530100"]

    def test_zone_is_found(self) -> None:
        """A zone is found by code and by name."""
        table = TABLE.with_zones([RESORT])
        assert table.near("530117")[0] == RESORT
        assert table.near("滇池旅游度假")[0] == RESORT

    @pytest.mark.parametrize("written", ["", "  ", "5", "Kunming", "9" * 100_000])
    def test_nothing_like_it(self, written: str) -> None:
        """A text that resembles nothing leads nowhere, however long it is."""
        assert TABLE.near(written) == ()


class TestParse:
    """The list is read strictly."""

    def test_empty_list(self) -> None:
        """A list without lines has the country only."""
        assert parse_regions("code,name\n").regions == (Region(NATIONAL, "全国", "national", None),)

    @pytest.mark.parametrize("text", ["", "name,code\n"])
    def test_header(self, text: str) -> None:
        """The first line must be the header."""
        with pytest.raises(ValueError, match=r"^line 1: expected `code,name`, found `"):
            parse_regions(text)

    @pytest.mark.parametrize(
        "line", ["", "530000", "530000,", "53000,云南省", "530000,云南省,x", "530000, 云南省"]
    )
    def test_bad_line(self, line: str) -> None:
        """A line of another form is shown with its number."""
        with pytest.raises(ValueError, match=r"^line 3: expected a six-digit code and a name"):
            parse_regions(f"code,name\n110000,北京市\n{line}\n120000,天津市\n")

    def test_orphan(self) -> None:
        """A county without its prefecture is refused."""
        with pytest.raises(ValueError, match=r"`530103` .盘龙区.: no parent `530100`"):
            parse_regions("code,name\n530000,云南省\n530103,盘龙区\n")

    def test_twice(self) -> None:
        """A code that comes twice is refused."""
        with pytest.raises(ValueError, match=r"`530000` is declared twice: `云南省` and `滇`"):
            parse_regions("code,name\n530000,云南省\n530000,滇\n")
