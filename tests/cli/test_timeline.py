import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cli.running import BAD, EXEMPT, OPEN, Call, case_file


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A file with two cases."""
    file = tmp_path / "cases.yaml"
    file.write_text(case_file(EXEMPT, OPEN), encoding="utf-8")
    return file


class TestText:
    """`bizrules timeline FILE` lists dates and deadlines."""

    def test_all_cases_are_listed(self, call: Call, two: Path) -> None:
        """Several cases follow each other, with a line between them."""
        result = call("timeline", two, "--lang", "en")
        assert result.status == 0
        assert result.lines[0] == "Timeline of case exempt"
        assert "Timeline of case open" in result.lines
        assert "-" * 72 in result.lines

    def test_an_open_case_is_no_failure(self, call: Call, two: Path) -> None:
        """A timeline is drawn of any case; that its outcome is open is not its concern."""
        result = call("timeline", two, "--case", "open")
        assert result.status == 0
        assert result.lines[0] == "案件open的时间线"
        assert any("2022-03-01" in line and "违法行为发生" in line for line in result.lines)

    def test_bad_cases_are_noted(self, call: Call, tmp_path: Path) -> None:
        """A case with problems stops no other and makes the run fail."""
        file = tmp_path / "cases.yaml"
        file.write_text(case_file(BAD, EXEMPT), encoding="utf-8")
        result = call("timeline", file, "--lang", "en")
        assert result.status == 1
        assert result.lines[0] == "Timeline of case exempt"
        assert "unknown fact `hram`" in result.err

    def test_problems_found_on_evaluation_are_noted(self, call: Call, tmp_path: Path) -> None:
        """Dates for which the act was no violation are a problem of the case."""
        file = tmp_path / "cases.yaml"
        file.write_text(case_file(EXEMPT.replace("stall.street", "stall.none")), encoding="utf-8")
        result = call("timeline", file, "--lang", "en")
        assert (result.status, result.out) == (1, "")
        assert "stall.none" in result.err

    def test_unknown_cases_are_refused(self, call: Call, two: Path) -> None:
        """A case that is in no file is an error with names near it."""
        result = call("timeline", two, "--case", "exemt", "--lang", "en")
        assert result.status == 1
        assert "exempt" in result.err


class TestDrawing:
    """`--format svg` draws one case."""

    def test_one_case_is_drawn(self, call: Call, two: Path) -> None:
        """The drawing goes to the standard output."""
        result = call("timeline", two, "--case", "exempt", "--format", "svg", "--lang", "en")
        assert result.status == 0
        assert ET.fromstring(result.out).attrib["role"] == "img"  # noqa: S314 - our own

    def test_several_cases_need_a_choice(self, call: Call, two: Path) -> None:
        """A drawing is of one case; of several one must be named."""
        result = call("timeline", two, "--format", "svg", "--lang", "en")
        assert (result.status, result.out) == (2, "")
        assert "there are 2; name one with --case" in result.err

    def test_it_is_written_to_a_file(self, call: Call, two: Path, tmp_path: Path) -> None:
        """With -o nothing is shown and the file holds the drawing; an older file is replaced."""
        target = tmp_path / "timeline.svg"
        target.write_text("old", encoding="utf-8")
        result = call("timeline", two, "--case", "open", "--format", "svg", "-o", target)
        assert (result.status, result.out) == (0, "")
        assert target.read_text(encoding="utf-8").startswith("<svg ")

    def test_a_folder_that_is_not_there_is_refused(
        self, call: Call, two: Path, tmp_path: Path
    ) -> None:
        """Where nothing can be written, nothing is begun."""
        result = call("timeline", two, "-o", tmp_path / "nowhere" / "a.txt")
        assert (result.status, result.out) == (1, "")
        assert "file-unwritable" in result.err


class TestData:
    """`--format json` gives the items as data."""

    def test_one_object_a_case(self, call: Call, two: Path) -> None:
        """Each case is one line with its items."""
        result = call("timeline", two, "--format", "json", "--lang", "en")
        found = [json.loads(line) for line in result.lines]
        assert [one["case"] for one in found] == ["exempt", "open"]
        assert found[0]["items"][0]["kind"] in {"act", "limitation"}

    def test_data_goes_to_a_file(self, call: Call, two: Path, tmp_path: Path) -> None:
        """The file holds the same lines."""
        target = tmp_path / "timeline.jsonl"
        shown = call("timeline", two, "--format", "json").out
        assert call("timeline", two, "--format", "json", "-o", target).status == 0
        assert target.read_text(encoding="utf-8") == shown


def test_the_help_is_in_both_languages(call: Call) -> None:
    """The help says what the command does."""
    assert "dates, periods and deadlines" in call("timeline", "--help", "--lang", "en").out
    assert "期限" in call("timeline", "--help", "--lang", "zh").out
