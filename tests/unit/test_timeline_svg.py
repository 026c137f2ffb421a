import subprocess
import sys
from datetime import date
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import attrs
import pytest

from bizrules.provenance import Text
from bizrules.timeline import Item, ItemKind, Timeline, render_svg
from bizrules.timeline._axis import BREAK, axis_of, tick_text
from bizrules.timeline._layout import SIZE, SMALL, Box, text_width
from bizrules.values import DateSpan
from timeline_samples import case, timeline

SVG = "{http://www.w3.org/2000/svg}"
SIZES = {"title": 18.0, "label": SIZE, "lane": SIZE, "note": SMALL}
IMAGES = Path(__file__).parents[2] / "docs" / "images"


def drawn(found: Timeline, lang: str = "zh") -> ET.Element:
    """The drawing, parsed."""
    return ET.fromstring(render_svg(found, lang))  # noqa: S314 - our own


def texts(root: ET.Element) -> list[tuple[Box, str]]:
    """Every text of the drawing with the place it takes."""
    found = []
    for element in root.iter(f"{SVG}text"):
        styles = element.attrib["class"].split()
        size = SIZES[styles[0]]
        said = element.text or ""
        width = text_width(said, size)
        x, y = float(element.attrib["x"]), float(element.attrib["y"])
        left = x - width if "left" in styles else x
        found.append((Box(left, y - 0.8 * size, left + width, y + 0.1 * size), said))
    return found


def item(label: str, first: date, last: date | None = None, *, certain: bool = True) -> Item:
    """A deadline, or a period."""
    return Item(
        kind=ItemKind.DEADLINE if last is None else ItemKind.LIMITATION,
        on=DateSpan.on(last or first),
        since=None if last is None else DateSpan.on(first),
        label=Text(zh=label, en=label),
        certain=certain,
    )


def of(*items: Item) -> Timeline:
    """A timeline of the items."""
    return Timeline(case="1", title=Text(zh="甲", en="A"), items=items)


BUSY = timeline(
    committed="2024-02",
    decided=date(2024, 6, 5),
    facts={
        "days_not_counted": 0,
        "decision_served_on": date(2024, 6, 7),
        "fine_paid_on": date(2024, 7, 16),
        "hearing_on": date(2024, 5, 20),
    },
)


class TestDocument:
    """The drawing is a document of its own that anybody can read."""

    def test_it_says_what_it_is(self) -> None:
        """Role, title and description are there for who cannot see it."""
        root = drawn(timeline(), "en")
        assert root.tag == f"{SVG}svg"
        assert root.attrib["role"] == "img"
        assert root.attrib["width"] == "960"
        title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert desc is not None
        assert title.text == "Timeline of case 2024-7"
        assert "2024-05-20: decision" in (desc.text or "")
        assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], desc.attrib["id"]]

    def test_it_loads_nothing(self) -> None:
        """No script, no link, no font or picture from elsewhere."""
        text = render_svg(BUSY)
        for word in ("script", "href", "url(", "@import", "@font-face", "<image", "<use"):
            assert word not in text
        assert text.count("http") == 1

    def test_it_fits_light_and_dark_pages(self) -> None:
        """Colours follow the page."""
        assert "prefers-color-scheme:dark" in render_svg(timeline())

    def test_texts_are_escaped(self) -> None:
        """Marks of XML in a text, and characters that XML lacks, do no harm."""
        found = timeline(id="<script>&\u0007")
        assert "<script>" not in render_svg(found)
        said = [text for _, text in texts(drawn(found))]
        assert said[0] == "案件<script>&\ufffd的时间线"
        assert said[1] == "违法行为：经营<过期>食品 & 饮料"

    def test_it_is_always_the_same(self) -> None:
        """The drawing does not depend on the run."""
        assert render_svg(BUSY) == render_svg(BUSY)
        code = (
            "import sys; sys.path.insert(0, sys.argv[1]); from timeline_samples import timeline;"
            "from bizrules.timeline import render_svg;"
            "sys.stdout.buffer.write(render_svg(timeline()).encode())"
        )
        tests = str(Path(__file__).parents[1])
        runs = {
            subprocess.run(
                [sys.executable, "-c", code, tests],
                capture_output=True,
                check=True,
                env={"PYTHONHASHSEED": seed},
            ).stdout
            for seed in ("1", "2")
        }
        assert runs == {render_svg(timeline()).encode()}


class TestPlaces:
    """Everything can be read."""

    @pytest.mark.parametrize("lang", ["zh", "en"])
    @pytest.mark.parametrize(
        "found",
        [
            BUSY,
            timeline(),
            timeline(committed=date(2021, 4, 1)),
            timeline(committed=None, notified="2024", decided=None),
        ],
    )
    def test_no_text_covers_another(self, found: Timeline, lang: str) -> None:
        """The places of any two texts have no area in common, and all lie on the page."""
        root = drawn(found, lang)
        places = texts(root)
        for (one, first), (other, second) in combinations(places, 2):
            assert not one.meets(other), (first, second)
        height = float(root.attrib["height"])
        for box, said in places:
            assert box.left >= 0, said
            assert box.right <= 960, said
            assert 0 <= box.top < box.bottom <= height, said

    def test_later_stands_further_right(self) -> None:
        """Marks stand in the order of their days."""
        days = [date(2024, 3, 1), date(2024, 3, 8), date(2024, 6, 1)]
        root = drawn(of(*(item(day.isoformat(), day) for day in days)))
        paths = [p.attrib["d"] for p in root.iter(f"{SVG}path")]
        places = [float(path[1:].split()[0]) for path in paths]
        assert places == sorted(places)
        assert len(set(places)) == 3

    def test_lanes_stand_below_each_other(self) -> None:
        """Act, earlier violations, law and deadlines have a lane each; empty lanes are left out."""
        names = [said for _, said in texts(drawn(timeline(committed=date(2021, 4, 1))))]
        lanes = ["行为与办案", "既往违法", "法律变更", "期限"]
        assert [name for name in names if name in lanes] == lanes
        assert "法律变更" not in [said for _, said in texts(drawn(timeline()))]

    def test_a_lane_has_room_for_its_name(self) -> None:
        """Where the name of a lane takes more lines than what stands in it, none is cut."""
        change = Item(
            kind=ItemKind.LAW, on=DateSpan.on(date(2024, 3, 1)), label=Text(zh="甲", en="A")
        )
        root = drawn(of(change, attrs.evolve(change, kind=ItemKind.ACT)), "en")
        rules = [line for line in root.iter(f"{SVG}line") if line.attrib["class"] == "rule"]
        height = max(box.bottom for box, said in texts(root) if said in "changes of the law")
        below = [float(line.attrib["y1"]) for line in rules if float(line.attrib["y1"]) > height]
        assert below or float(root.attrib["height"]) - height >= 20
        act = [box for box, said in texts(root) if said in "act and procedure"]
        law = [box for box, said in texts(root) if said in "changes of the law"]
        assert not any(one.meets(other) for one in act for other in law)


class TestMarks:
    """What is missed, uncertain or open looks so."""

    def test_missed_deadlines_stand_out(self) -> None:
        """A missed deadline has its own colour and a word."""
        text = render_svg(BUSY)
        assert 'class="item deadlines missed"' in text
        assert "【逾期】作出决定" in text

    def test_uncertain_items_are_hollow(self) -> None:
        """What may not be there is drawn in broken outline, and the foot says what that means."""
        day = date(2024, 3, 1)
        sure, unsure = item("a", day), item("a", day, certain=False)
        assert 'class="mark hollow"' not in render_svg(of(sure))
        assert 'class="mark hollow"' in render_svg(of(unsure))
        assert "空心、虚线表示" in render_svg(of(unsure))

    def test_open_ends_reach_the_edge(self) -> None:
        """A day known only to lie before or after another is a bar to the edge."""
        open_start = Item(
            kind=ItemKind.ACT,
            on=DateSpan(None, date(2024, 3, 1)),
            label=Text(zh="甲", en="A"),
        )
        open_end = Item(
            kind=ItemKind.EVENT, on=DateSpan(date(2024, 3, 1), None), label=Text(zh="乙", en="B")
        )
        first, last = drawn(of(open_start, open_end)).iter(f"{SVG}path")
        assert first.attrib["d"].startswith("M116 ")
        assert "L940 " in last.attrib["d"]

    def test_nothing_known_is_said(self) -> None:
        """Without any date there is no axis, but a sentence."""
        none = dict.fromkeys(("committed", "discovered", "filed", "notified", "decided"))
        said = [text for _, text in texts(drawn(timeline(**none, facts={}, priors=None), "en"))]
        assert "The case names no date." in said

    def test_deadlines_on_condition_are_counted(self) -> None:
        """Deadlines that may not be there and have no date are one line, not a list."""
        said = [text for _, text in texts(drawn(timeline(), "en"))]
        assert "further deadlines of unknown start, if their conditions hold: 1" in said


class TestAxis:
    """Time in proportion, but where that would leave nothing to read."""

    def test_short_times_are_in_proportion(self) -> None:
        """Twice the time takes twice the width, but for the least width of a gap."""
        days = [date(2024, 1, 1), date(2024, 1, 11), date(2024, 1, 31)]
        one, two = axis_of(days, 0, 900).gaps
        assert two.width - 6 == pytest.approx(2 * (one.width - 6))

    def test_long_times_are_broken(self) -> None:
        """Five years beside a week take a fixed width; the week keeps the rest."""
        days = [date(2019, 1, 1), date(2024, 1, 1), date(2024, 1, 8)]
        axis = axis_of(days, 0, 900)
        assert [gap.is_broken for gap in axis.gaps] == [True, False]
        assert axis.gaps[0].width == BREAK
        assert axis.x(date(2024, 1, 8)) == pytest.approx(900)

    def test_one_gap_is_never_broken(self) -> None:
        """With two days there is nothing else to read."""
        axis = axis_of([date(2019, 1, 1), date(2024, 1, 1)], 0, 900)
        assert not axis.breaks
        assert axis.x(date(2018, 1, 1)) == 0
        assert axis.x(date(2025, 1, 1)) == pytest.approx(900)

    def test_one_day_stands_at_the_left(self) -> None:
        """A single day is an axis, too."""
        axis = axis_of([date(2024, 1, 1)], 100, 900)
        assert axis.x(date(2024, 1, 1)) == 100
        assert list(axis.marks()) == [date(2024, 1, 1)]

    def test_days_are_written_shortly(self) -> None:
        """A day of the case in full, others as the year or month that begins."""
        axis = axis_of([date(2023, 5, 5), date(2024, 3, 1)], 0, 900)
        assert tick_text(date(2024, 3, 1), axis) == "2024-03-01"
        assert tick_text(date(2024, 2, 1), axis) == "2024-02"
        assert tick_text(date(2024, 1, 1), axis) == "2024"

    def test_breaks_are_said(self) -> None:
        """How much time is left out stands at the break, and the foot says what it is."""
        found = of(
            item("a", date(2019, 1, 1)), item("b", date(2024, 1, 1)), item("c", date(2024, 1, 8))
        )
        said = [text for _, text in texts(drawn(found, "en"))]
        assert "5 y" in said
        assert "a double stroke marks time left out" in said
        assert case().id not in said
