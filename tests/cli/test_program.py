"""The program as a whole: languages, help, wrong usage, errors, terminals."""

import io
import json
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from bizrules import phrases
from bizrules.cli import _application, _commands, main
from bizrules.cli._language import choose_language
from bizrules.cli._screen import Screen, prepare
from bizrules.errors import BizrulesError, PluginError, UnknownNameError
from cli.running import EXEMPT, Call, Result, case_file

COMMANDS = sorted(_application.program.commands)


@pytest.mark.parametrize(
    ("args", "environment", "expected"),
    [
        ([], {}, "zh"),
        ([], {"LANG": "C"}, "zh"),
        ([], {"LC_ALL": "POSIX"}, "zh"),
        ([], {"LC_ALL": "C.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "fr_FR.UTF-8"}, "en"),
        ([], {"LC_ALL": "", "LC_MESSAGES": "en_GB", "LANG": "zh_CN"}, "en"),
        ([], {"LC_MESSAGES": "zh_TW", "LANG": "en_US"}, "zh"),
        ([], {"BIZRULES_LANG": "en", "LANG": "zh_CN"}, "en"),
        ([], {"BIZRULES_LANG": "ZH_cn", "LANG": "en_US"}, "zh"),
        ([], {"BIZRULES_LANG": "fr", "LANG": "en_US"}, "en"),
        (["rules", "--lang", "en"], {"BIZRULES_LANG": "zh"}, "en"),
        (["--lang=zh", "rules"], {"LANG": "en_US"}, "zh"),
        (["rules", "--lang", "fr"], {"LANG": "en_US"}, "en"),
        (["rules", "--lang"], {}, "zh"),
    ],
)
def test_language(args: list[str], environment: dict[str, str], expected: str) -> None:
    """The option goes before the variable, the variable before the locale."""
    assert choose_language(args, environment) == expected


def test_variable_and_locale_reach_the_program(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the process decides where no option does."""
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert call("plugins").out.startswith("No package")
    monkeypatch.setenv("BIZRULES_LANG", "zh")
    assert call("plugins").out.startswith("没有安装")
    assert call("--lang", "en", "plugins").out.startswith("No package")


@pytest.mark.parametrize("lang", phrases.LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(call: Call, name: str, lang: str) -> None:
    """Help is in the language of the run, with the options of every command."""
    result = call(name, "--help", "--lang", lang)
    assert result.status == 0
    assert result.lines[0].startswith({"zh": "用法：", "en": "Usage: "}[lang] + f"bizrules {name}")
    assert "--lang [zh|en]" in result.out
    assert {"zh": "显示本说明", "en": "show this page"}[lang] in result.out
    is_english = result.out.isascii()
    assert is_english is (lang == "en")


def test_help_of_the_program(call: Call) -> None:
    """The program lists its commands and its exit statuses; `-h` will do."""
    result = call("-h", "--lang", "en")
    assert result.status == 0
    for name in COMMANDS:
        assert f"  {name} " in result.out
    assert "Exit status: 0 settled" in result.out


def test_no_command_is_wrong_usage(call: Call) -> None:
    """Without a command the help goes to the standard error."""
    result = call("--lang", "en")
    assert result.status == 2
    assert "Commands:" in result.err
    assert not result.out


@pytest.mark.parametrize("args", [["version"], ["--version"]])
def test_version(call: Call, args: list[str]) -> None:
    """One line says which version this is."""
    result = call(*args)
    assert result.status == 0
    assert result.out.startswith("bizrules ")
    assert len(result.lines) == 1


@pytest.mark.parametrize(
    ("args", "zh", "en"),
    [
        (["evalute"], "没有命令 `evalute`；是否指 `evaluate`？", "there is no command `evalute`"),
        (["xyzzy"], "没有命令 `xyzzy`\n", "there is no command `xyzzy`\n"),
        (["rules", "--regoin", "1"], "没有选项 `--regoin`；是否指", "there is no option"),
        (["rules", "--zzzzz"], "没有选项 `--zzzzz`\n", "there is no option `--zzzzz`\n"),
        (["-z"], "没有选项 `-z`", "there is no option `-z`"),
        (["rules", "--on"], "选项 `--on` 缺少取值", "the option `--on` lacks a value"),
        (["rules", "--on", "x"], "--on 的取值不合：`x` 不是日期", "--on does not take this value"),
        (["rules", "--status", "x"], "应为 confirmed, recalled", "write one of confirmed"),
        (["schema", "x"], "KIND 的取值不合：应为 vocabulary", "KIND does not take this value"),
        (["evaluate"], "缺少 FILE...", "FILE... is missing"),
        (["rules", "a", "b"], "多余的参数：a b", "too many arguments: a b"),
        (["rules", "--lang", "fr"], "--lang 的取值不合：应为 zh, en 之一", "write one of zh, en"),
    ],
)
def test_wrong_usage(call: Call, args: list[str], zh: str, en: str) -> None:
    """Wrong usage is 2 and is said in the language, with a hint at the help."""
    result = call(*args)
    assert result.status == 2
    assert zh in result.err
    assert "--help”查看说明" in result.err or args[-1] == "--on"
    assert not result.out
    english = call("--lang", "en", *args)
    assert english.status == 2
    assert en in english.err


def test_other_wrong_usage() -> None:
    """What click says of itself is passed on, whatever the command line does not know."""
    screen = Screen("en")
    assert _commands.usage_text(click.UsageError("odd"), screen) == "error: odd"
    odd = click.BadParameter("too odd")
    assert "too odd" in _commands.usage_text(odd, screen)


def test_commands_need_a_screen() -> None:
    """The commands are run by `main` only."""
    with pytest.raises(TypeError, match="has no screen"):
        _application.program.main(["--help"], standalone_mode=False)


class Terminal(io.StringIO):
    """A stream that a person reads."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of 80 columns that knows colours."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    return Terminal()


def test_terminal_gets_colours_and_lines(terminal: Terminal) -> None:
    """At a terminal tables have lines, and marks have colours."""
    screen = Screen("en", out=terminal)
    screen.write("✓ holds")
    screen.table(["name", "text"], [["a", "b" * 200], ["c", None]])
    text = terminal.getvalue()
    assert "\x1b[32m✓" in text
    assert "───" in text
    assert max(map(len, text.splitlines())) < 200


def test_narrow_terminal_leaves_columns_out(terminal: Terminal) -> None:
    """A long id is folded, and spare columns go before the others are squeezed."""
    heads = ["id", "one", "two", "three", "title"]
    row = ["i" * 60, "1" * 30, "2" * 30, "3" * 30, "t" * 60]
    Screen("en", out=terminal).table(heads, [row], spare=[3, 1, 2])
    text = terminal.getvalue()
    assert "three" not in text
    assert "one" in text
    assert "i" * 16 in text
    assert "t" * 16 in text
    assert "i" * 60 not in text


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colours_on_demand(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """`NO_COLOR` and a dumb terminal get no escape sequences at all."""
    monkeypatch.setenv(name, value)
    screen = Screen("en", out=terminal)
    screen.write("✓ holds")
    screen.table(["name"], [["a"]])
    assert "\x1b" not in terminal.getvalue()


def test_terminal_gets_indented_json(terminal: Terminal) -> None:
    """JSON is indented for people, unless lines were asked for."""
    screen = Screen("zh", out=terminal)
    screen.data({"a": "甲"})
    screen.data({"a": "甲"}, indent=False)
    assert terminal.getvalue() == '{\n  "a": "甲"\n}\n{"a": "甲"}\n'


def test_cells_hold_no_separators() -> None:
    """A tab or the end of a line inside a cell would break the row."""
    out = io.StringIO()
    Screen("en", out=out).table(["a", "b"], [["x\ty\nz", None]])
    assert out.getvalue() == "a\tb\nx y z\t\n"


def test_json_in_a_narrow_encoding() -> None:
    """Where the encoding has no Chinese, JSON escapes it instead of losing it."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="latin-1")
    prepare(out)
    screen = Screen("zh", out=out)
    screen.data({"a": "甲"})
    screen.write("甲")
    screen.flush()
    assert raw.getvalue() == b'{"a": "\\u7532"}\n?\n'
    prepare(io.StringIO())


@pytest.mark.parametrize("lang", phrases.LANGUAGES)
def test_errors_of_the_library_are_problems(lang: str) -> None:
    """Plugin errors, unknown names and any other error have a code and no trace."""
    err = io.StringIO()
    screen = Screen(lang, err=err)
    screen.error(PluginError("plugin-empty", plugin="p"))
    screen.error(UnknownNameError("rule", "x", ("y",)))
    screen.error(BizrulesError("odd"))
    lines = err.getvalue().splitlines()
    label = {"zh": "错误", "en": "error"}[lang]
    assert [line.partition("]")[0] for line in lines] == [
        f"bizrules: {label} [plugin-empty",
        f"bizrules: {label} [unknown-rule",
        f"bizrules: {label} [BizrulesError",
    ]


def test_broken_rulesets_are_problems(call: Call, tmp_path: Path) -> None:
    """Documents that do not load stop the run with their problems."""
    path = tmp_path / "rules.yaml"
    path.write_text("format: 1\ndocument: ruleset\n", encoding="utf-8")
    result = call("rules", "--rulesets", path, "--lang", "en")
    assert result.status == 1
    assert f"{path}:1:1: error [missing-key]" in result.err
    assert not result.out


def run_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """The status when the program ends with an error."""

    def fail(*_args: object) -> int:
        raise error

    monkeypatch.setattr(_application, "_run", fail)
    return main(["version"])


def test_interruption(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Control-C ends with 130 and no trace."""
    assert run_with(monkeypatch, KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "\n"


def test_nobody_reads_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken pipe is quiet."""
    let_go: list[bool] = []
    monkeypatch.setattr(_application, "_let_go", lambda: let_go.append(True))
    assert run_with(monkeypatch, BrokenPipeError()) == 141
    assert let_go


def test_rest_goes_nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """After a broken pipe the standard output leads to nowhere."""
    with (tmp_path / "out").open("w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        _application._let_go()
        stream.write("lost")
    assert (tmp_path / "out").read_text(encoding="utf-8") == ""


def test_missing_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the extra the command line says how to get it."""

    def missing(_name: str) -> None:
        raise ModuleNotFoundError(name="rich")

    monkeypatch.setattr("bizrules.cli.import_module", missing)
    assert main(["version", "--lang", "en"]) == 1
    assert "pip install 'bizrules[cli]'" in capsys.readouterr().err


def test_other_missing_modules_are_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of the library that is missing is no matter of extras."""

    def missing(_name: str) -> None:
        raise ModuleNotFoundError(name="bizrules.cli._application")

    monkeypatch.setattr("bizrules.cli.import_module", missing)
    with pytest.raises(ModuleNotFoundError):
        main(["version"])


def test_arguments_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without arguments `main` takes those of the process."""
    monkeypatch.setattr(sys, "argv", ["bizrules", "--version"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("bizrules ")


def test_package_is_importable_as_a_program() -> None:
    """`python -m bizrules` runs the same `main`."""
    assert import_module("bizrules.__main__").main is main


def test_every_command_and_option_is_documented() -> None:
    """The page of the command line has a heading for each command and names each option."""
    root = Path(__file__).parents[2]
    page = (root / "docs/reference/command-line.md").read_text(encoding="utf-8")
    headings = {
        name.strip()
        for line in page.splitlines()
        if line.startswith("## ")
        for name in line.removeprefix("## ").split(",")
    }
    assert set(COMMANDS) <= headings
    options = {
        name
        for command in _application.program.commands.values()
        for param in command.params
        if isinstance(param, click.Option)
        for name in param.opts
    }
    assert sorted(name for name in options if f"`{name}" not in page) == []


@pytest.mark.parametrize("lang", phrases.LANGUAGES)
def test_both_languages_say_the_same(call: Call, tmp_path: Path, lang: str) -> None:
    """The data of an outcome do not depend on the language, only its texts do."""
    path = tmp_path / "cases.yaml"
    path.write_text(case_file(EXEMPT), encoding="utf-8")
    result: Result = call("evaluate", path, "--format", "json", "--lang", lang)
    found = json.loads(result.out)
    assert (found["grade"], found["settled"], result.status) == ("exempt", True, 0)


def test_rich_and_click_stay_out_of_the_library() -> None:
    """Who imports the library, or its tests for authors, needs no extra."""
    sources = sorted((Path(phrases.__file__).parents[1]).rglob("*.py"))
    guilty = [
        path.name
        for path in sources
        if "cli" not in path.parts
        and any(
            f"{word} {name}" in path.read_text(encoding="utf-8")
            for word in ("import", "from")
            for name in ("click", "rich")
        )
    ]
    assert guilty == []
