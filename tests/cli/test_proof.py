"""`bizrules test --coverage` and `--suggest`: what golden cases show, and what would fill gaps."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bizrules import engine
from bizrules.plugins import Plugin
from cli.running import SMALL, Call, case, case_file

HEAD = "document: golden\n"
HELD = case(
    "held",
    more="facts: {harm: slight, corrected: true, goods_value: 499.99}\n"
    "expect: {holds: [small.district/first]}",
)
FAILS = case("fails", more="facts: {harm: none, minor: true}\nexpect: {grade: heavier}")
BAD = case("bad", more="facts: {hram: none}")


@pytest.fixture
def district(tmp_path: Path) -> Path:
    """The rules of the district with a golden case beside them."""
    for name in ("district.yaml",):
        (tmp_path / name).write_bytes((SMALL / name).read_bytes())
    path = tmp_path / "golden.yaml"
    path.write_text(case_file(HELD, head=HEAD), encoding="utf-8")
    return tmp_path


def test_table(call: Call, district: Path) -> None:
    """The screen shows counts, the rulesets with gaps, and every gap under its rule."""
    result = call("test", district, "--coverage", "--lang", "en")
    assert result.status == 0
    assert result.lines[:9] == [
        "to be shown\tshown\tof\tpercent",
        "rules that apply and do not\t1\t6\t16.6",
        "conditions met and not met\t3\t10\t30.0",
        "borders on both sides\t2\t4\t50.0",
        "all\t6\t20\t30.0",
        "",
        "ruleset\trules\tconditions\tborders\tpercent",
        "small.district\t1/6\t3/10\t2/4\t30.0",
        "",
    ]
    assert result.lines[9:12] == [
        "Not shown yet: 14",
        "  a small stall (small.district/first)",
        "    “a small stall” does not apply",
    ]
    assert result.lines[-1] == "1 passed, 0 failed"


def test_only_rules_among_the_files(call: Call, district: Path) -> None:
    """Rules that lie elsewhere are not asked for; without any rule there is nothing to show."""
    assert "small.law" not in call("test", district, "--coverage").out
    assert "small.law" in call("test", "--coverage").out
    alone = call("test", district / "golden.yaml", "--coverage")
    assert (alone.status, alone.err) == (0, "所给的文件和文件夹中没有规则\n")
    assert call("test", district / "golden.yaml", "--fail-under", "50").status == 1


def test_everything_shown(call: Call, district: Path) -> None:
    """Suggested cases, once confirmed, leave nothing to show."""
    target = district / "more.yaml"
    made = call("test", district, "--suggest", target, "--lang", "en")
    assert made.status == 0
    assert re.fullmatch(rf"Cases written to {target}: [0-9]+", made.lines[0])
    assert call("check", target).status == 0
    unconfirmed = call("test", district, "--lang", "en")
    assert unconfirmed.lines == ["1 passed, 0 failed"]
    written = target.read_text(encoding="utf-8")
    lines = (re.sub(r"^    # (expect:|  )", r"    \1", line) for line in written.splitlines())
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = call("test", district, "--coverage", "--fail-under", "100", "--lang", "en")
    assert "Everything that can be shown is shown." in result.lines
    assert result.status == 0
    nothing = call("test", district, "--suggest", district / "none.yaml", "--lang", "en")
    assert nothing.err == "No case is missing.\n"
    assert not (district / "none.yaml").exists()


def test_suggestions_on_the_standard_output(call: Call, district: Path) -> None:
    """Without a file the cases alone are printed, as a golden file."""
    result = call("test", district, "--suggest")
    assert result.lines[0].startswith("# 以下案例")
    assert "document: golden" in result.lines
    assert "passed" not in result.out
    assert result.status == 0
    assert call("test", district, "--suggest", "--format", "json").status == 2
    target = district / "out.json"
    both = call("test", district, "--suggest", "--format", "json", "-o", target)
    assert both.out == result.out
    assert json.loads(target.read_text(encoding="utf-8"))["passed"] == 1


def test_nothing_is_overwritten(call: Call, district: Path) -> None:
    """A file that is there already is refused and stays as it is, and so is a missing folder."""
    target = district / "golden.yaml"
    before = target.read_bytes()
    result = call("test", district, "--suggest", target, "--lang", "en")
    assert (result.status, result.out) == (1, "")
    assert "[file-exists] the file is there already and is not overwritten" in result.err
    assert target.read_bytes() == before
    assert "[file-unwritable]" in call("test", "--suggest", district / "no" / "x.yaml").err
    assert "[file-unwritable]" in call("test", "-o", district / "no" / "x.yaml").err


def test_what_no_case_reaches_is_told(call: Call, tmp_path: Path) -> None:
    """A rule that is never law in any case is named beside the results."""
    text = (SMALL / "district.yaml").read_text(encoding="utf-8")
    text = text.replace("id: small.district", "id: never.district")
    text = text.replace("    violations: [stall.street]\n", "    departments: [nobody]\n")
    (tmp_path / "never.yaml").write_text(text, encoding="utf-8")
    result = call("test", tmp_path, "--suggest", "--lang", "en")
    assert "No case was found that shows these: " in result.err
    assert "  never.district/first: “a small stall” applies" in result.err


@pytest.mark.parametrize(("wanted", "status"), [("0", 0), ("30", 0), ("30.1", 1), ("100", 1)])
def test_fail_under(call: Call, district: Path, wanted: str, status: int) -> None:
    """The run fails if less is shown than was asked for, and says so."""
    result = call("test", district, "--fail-under", wanted, "--lang", "en")
    assert result.status == status
    told = f"30.0% is shown, less than the {wanted}% asked for\n"
    assert result.err == (told if status else "")


@pytest.mark.parametrize("wanted", ["-1", "100.5", "much", "nan", "inf"])
def test_no_percentage(call: Call, wanted: str) -> None:
    """What is no percentage is a usage error."""
    result = call("test", f"--fail-under={wanted}", "--lang", "en")
    assert result.status == 2
    assert f"`{wanted}` is no percentage from 0 to 100" in result.err


def test_json(call: Call, district: Path) -> None:
    """The data of the run have what is shown beside the cases."""
    data = json.loads(call("test", district, "--coverage", "--format", "json").out)
    assert (data["passed"], data["failed"]) == (1, 0)
    assert data["coverage"]["total"] == {"shown": 6, "total": 20, "percent": 30.0}
    assert "coverage" not in json.loads(call("test", district, "--format", "json").out)


def test_junit(call: Call, district: Path) -> None:
    """JUnit has the golden cases, what could not be run, and with coverage the rules."""
    (district / "more.yaml").write_text(case_file(FAILS, BAD, head=HEAD), encoding="utf-8")
    (district / "broken.yaml").write_text("a: [", encoding="utf-8")
    result = call("test", district, "--format", "junit")
    assert result.status == 1
    (goldens,) = ET.fromstring(result.out)  # noqa: S314 - written by the library
    names = {one.get("name"): [told.tag for told in one] for one in goldens}
    broken = str(district / "broken.yaml")
    assert names == {"held": [], "fails": ["failure"], "bad": ["error"], broken: ["error"]}
    told = ET.fromstring(call("test", district, "--format", "junit", "--coverage").out)  # noqa: S314
    assert [one.get("name") for one in told] == ["bizrules.golden", "bizrules.coverage"]
    assert told[1].get("skipped") == "3"
    strict = call("test", district, "--format", "junit", "--fail-under", "90")
    assert ET.fromstring(strict.out)[1].get("failures") == "3"  # noqa: S314


def test_html(call: Call, district: Path) -> None:
    """A page is written to a file while the screen says what it always does."""
    target = district / "page.html"
    (district / "more.yaml").write_text(case_file(FAILS, head=HEAD), encoding="utf-8")
    result = call("test", district, "--format", "html", "--output", target)
    assert result.lines[0].startswith("未通过 fails")
    assert result.lines[-1] == "1 passed, 1 failed"
    page = target.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "未通过的标准案例（1个）" in page
    assert call("test", district, "--format", "html").out == page


def test_text_to_a_file(call: Call, district: Path) -> None:
    """The text that the screen shows can be kept."""
    target = district / "result.txt"
    result = call("test", district, "--coverage", "-o", target)
    assert target.read_text(encoding="utf-8") == result.out


def test_package(call: Call, district: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package is tested by its name, the library by its own."""
    plugin = Plugin(name="bizrules-small", version="1", region="530103", documents=(district,))
    (district / "district.yaml").unlink()
    text = (SMALL / "district.yaml").read_text(encoding="utf-8")
    text = text.replace("id: small.district", "id: own.district")
    (district / "own.yaml").write_text(text, encoding="utf-8")
    (district / "golden.yaml").write_text(
        case_file(HELD.replace("small.district", "own.district"), head=HEAD), encoding="utf-8"
    )
    monkeypatch.setattr(engine, "installed_plugins", lambda: (plugin,))
    result = call("test", "--package", "bizrules-small", "--coverage", "--lang", "en")
    assert "own.district\t1/6\t3/10\t2/4\t30.0" in result.lines
    assert "small.law" not in result.out
    assert result.lines[-1] == "1 passed, 0 failed"
    core = call("test", "--package", "bizrules", "--coverage")
    assert "small.law" in core.out
    assert "own.district" not in core.out
    unknown = call("test", "--package", "bizrules-smal", "--lang", "en")
    assert unknown.status == 1
    assert "[unknown-package]" in unknown.err
    assert "`bizrules-small`" in unknown.err
