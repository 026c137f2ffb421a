"""The command line as users run it: real processes, over the rules of the library."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from cli.running import BAD, case, case_file, environment, process

FACTS = "facts: {goods_value: 66, harm: none, corrected: by_deadline}"
CHILD = "party: {kind: individual, age: 13}\n" + FACTS
FOOD = "food.past-shelf-life"


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case that the law settles, an open one, and a bad one."""
    path = tmp_path_factory.mktemp("cases") / "cases.yaml"
    path.write_text(
        case_file(
            case("settled", violation=FOOD, more=CHILD),
            case("open", violation=FOOD, more=FACTS),
            BAD,
        ),
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("name", "status"), [("settled", 0), ("open", 3), ("bad", 1), ("nothing", 1)]
)
def test_evaluate_ends_with_its_status(cases: Path, name: str, status: int) -> None:
    """Settled, open, bad and unknown cases have their exit statuses."""
    result = process("evaluate", cases, "--case", name)
    assert result.status == status
    assert "Traceback" not in result.err


def test_wrong_usage_is_2() -> None:
    """An option that is not there."""
    result = process("evaluate", "--nothing")
    assert result.status == 2
    assert "没有选项" in result.err


@pytest.mark.parametrize(("lang", "word"), [("zh", "应当不予行政处罚"), ("en", "Recommendation")])
def test_evaluate_in_both_languages(cases: Path, lang: str, word: str) -> None:
    """Text comes in the language asked for, without escape sequences."""
    result = process("evaluate", cases, "--case", "settled", "--lang", lang)
    assert word in result.out
    assert "\x1b" not in result.out


def test_evaluate_reads_the_standard_input(cases: Path) -> None:
    """`-` takes a case file from a pipe."""
    result = process("evaluate", "-", "--format", "json", stdin=cases.read_bytes())
    assert [json.loads(line)["case"] for line in result.lines] == ["settled", "open", "bad"]
    assert result.status == 1


def test_explain(cases: Path) -> None:
    """The reasoning as a page."""
    result = process("explain", cases, "--case", "settled", "--html")
    assert result.out.startswith("<!doctype html>")
    assert result.status == 0


def test_ask(cases: Path) -> None:
    """Questions are answered from a pipe; without answers the case stays open."""
    result = process("ask", cases, "--case", "open", "--lang", "en", stdin="q\n")
    assert "Question 1: " in result.out
    assert result.status == 3


def test_check(cases: Path) -> None:
    """Problems of a case file."""
    result = process("check", cases, "--lang", "en")
    assert result.lines[-1].startswith("files checked: 1; errors: ")
    assert result.status == 1


def test_lists_are_cut() -> None:
    """Rules, violations and facts can be cut by tabs; single entries can be shown."""
    rules = process("rules", "--region", "530103", "--lang", "en")
    (rule,) = [line for line in rules.lines if line.startswith("national.penalty-law/33-1a\t")]
    assert rule.count("\t") == 7
    shown = process("show", "national.penalty-law/33-1a", "--lang", "zh")
    assert "行政处罚法" in shown.out
    assert any(line.startswith(f"{FOOD}\t") for line in process("violations").lines)
    assert "harm\t" in process("facts").out
    assert process("facts", "harm", "--lang", "en").status == 0


def test_plugins_and_coverage() -> None:
    """What is installed, and how much of published lists is encoded."""
    assert process("plugins", "--format", "json").status == 0
    coverage = json.loads(process("coverage", "--format", "json").out)
    assert all(one["encoded"] <= one["published"] for one in coverage)


def test_panlong_is_told_honestly() -> None:
    """None of Panlong's 1,769 items is encoded, and the command says why."""
    root = Path(__file__).parents[2]
    folder = root / "plugins/bizrules-panlong/src/bizrules_panlong/rulesets"
    result = process("coverage", "--no-plugins", "--rulesets", folder, "--lang", "en")
    assert "1,769 items in all" in result.out
    assert "The text of none of them is publicly stored, so none is encoded." in result.out
    assert "total\t1769\t0" in result.out


def test_golden_cases() -> None:
    """The golden cases of the library, with the scoreboard, end with the agreed line."""
    result = process("test", "--scoreboard", "--lang", "en")
    passed, failed = result.lines[-1].split(", ")
    assert passed.endswith(" passed")
    assert failed.endswith(" failed")
    assert any(line.startswith("Published cases compared: ") for line in result.lines)


def test_schema_and_version() -> None:
    """Both need no rules at all."""
    assert json.loads(process("schema", "ruleset").out)["$schema"]
    assert process("version").out.startswith("bizrules ")


@pytest.mark.parametrize("args", [("--help",), ("ask", "--help")])
def test_help(args: tuple[str, ...]) -> None:
    """Help is written to the standard output."""
    result = process(*args, env=environment(LANG="en_US.UTF-8"))
    assert result.out.startswith("Usage: bizrules")
    assert result.status == 0


def test_locale_decides_the_language() -> None:
    """Without option and variable the locale is asked, and without a locale it is Chinese."""
    assert "用法" in process("--help", env=environment()).out
    assert "用法" in process("--help", env=environment(LC_ALL="C")).out
    assert "Usage" in process("--help", env=environment(LC_ALL="en_US.UTF-8")).out
    assert "Usage" in process("--help", env=environment(BIZRULES_LANG="en")).out


def test_reader_may_stop_early() -> None:
    """A pipe that nobody reads to its end is no error to talk about."""
    command = [sys.executable, "-m", "bizrules", "facts", "--format", "json"]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command, stdout=writer, stderr=subprocess.PIPE, check=False, env=environment()
    )
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode == 141


def test_interruption_is_quiet(cases: Path) -> None:
    """Control-C while a question waits ends with 130."""
    command = [sys.executable, "-m", "bizrules", "ask", str(cases), "--case", "open"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as running:
        assert running.stdout is not None
        select.select([running.stdout], [], [], 60)
        time.sleep(0.1)
        running.send_signal(2)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert err == b"\n"


def at_terminal(*args: str | Path, **more: str) -> tuple[int, bytes]:
    """Status and output of a run at a terminal."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "bizrules", *map(str, args)],
        stdout=follower,
        stderr=subprocess.DEVNULL,
        env=environment(TERM="xterm-256color", **more),
    ) as running:
        os.close(follower)
        text = b""
        # Reading past the end of a terminal whose other side is closed is an error.
        with suppress(OSError):
            while part := os.read(leader, 65536):
                text += part
        os.close(leader)
    return running.returncode, text


def test_terminal(cases: Path) -> None:
    """At a terminal there are colours, unless `NO_COLOR` says otherwise."""
    status, text = at_terminal("evaluate", cases, "--case", "settled")
    assert status == 0
    assert b"\x1b[" in text
    status, text = at_terminal("evaluate", cases, "--case", "settled", NO_COLOR="1")
    assert status == 0
    assert b"\x1b[" not in text
