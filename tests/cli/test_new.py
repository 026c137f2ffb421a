"""`bizrules new`: a package of rules, or what is wrong with what was asked."""

import os
from pathlib import Path

import pytest

from bizrules.cli import _extras, main
from cli.running import Call, Result, environment


@pytest.fixture(name="call")
def call_without_small_documents(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Runs the command line over the documents of the library inside the test."""
    for name in set(os.environ) - set(environment()):
        monkeypatch.delenv(name)

    def run(*words: str) -> Result:
        status = main(words)
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return run


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_created(call: Call, place: Path) -> None:
    """The package lies in a folder of its name, and the next steps are told."""
    result = call("new", "xishan", "--region", "西山区", "--lang", "en")
    assert result.status == 0, result.err
    assert result.lines[0] == (
        "bizrules-xishan is created in bizrules-xishan, for 530112 云南省昆明市西山区."
    )
    assert "  make test" in result.lines
    assert "(530112)" not in result.out
    text = (place / "bizrules-xishan" / "pyproject.toml").read_text(encoding="utf-8")
    assert "Rules of Xishan (云南省昆明市西山区, 530112) for bizrules" in text


def test_options(call: Call, place: Path) -> None:
    """Folder, English name and author may be given; Chinese is spoken by default."""
    result = call(
        *("new", "bizrules-pudong", "--region", "310115", "--output", "here/rules"),
        *("--english", "Pudong New Area", "--author", "浦东新区司法局"),
    )
    assert result.status == 0, result.err
    assert result.lines[0].startswith("已在 here/rules 建立规则包 bizrules-pudong")
    text = (place / "here" / "rules" / "pyproject.toml").read_text(encoding="utf-8")
    assert "Rules of Pudong New Area (" in text
    assert 'authors = [{ name = "浦东新区司法局" }]' in text


def test_updated(call: Call, place: Path) -> None:
    """What the template looks after is renewed."""
    call("new", "xishan", "--region", "530112")
    makefile = place / "bizrules-xishan" / "Makefile"
    makefile.unlink()
    result = call("new", "--update", "bizrules-xishan", "--lang", "en")
    assert result.status == 0, result.err
    assert result.out.startswith("bizrules-xishan in bizrules-xishan is up to date")
    assert makefile.is_file()


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["xishan"], 2, "write `bizrules new NAME --region REGION`"),
        (["--region", "530112"], 2, "write `bizrules new NAME --region REGION`"),
        (["xishan", "--update", "."], 2, "`--update` takes the folder of a package and nothing"),
        (["Xi Shan", "--region", "530112"], 1, "[package-name] `Xi Shan` cannot be the name"),
        (["xishan", "--region", "530121"], 1, "[unknown-region] there is no region `530121`"),
        (["xishan", "--region", "530121"], 1, "`530112 云南省昆明市西山区`"),
        (["xishan", "--region", "朝阳区"], 1, "[region-ambiguous] 2 regions are called `朝阳区`"),
        (["xishan", "--region", "000000"], 1, "[region-national]"),
        (["xishan", "--region", "530112", "--author", "'"], 1, "[unfit-text] the text of `--auth"),
        (["xishan", "--region", "530112", "--output", "full"], 1, "[folder-not-empty]"),
        (["xishan", "--region", "530112", "--output", "full/x"], 1, "[folder-is-file]"),
        (["--update", "full"], 1, "[not-from-template] `full` has no .copier-answers.yml"),
    ],
)
def test_refused(call: Call, place: Path, words: list[str], status: int, message: str) -> None:
    """What cannot be done is told with what to write instead, and nothing is written."""
    (place / "full").mkdir()
    (place / "full" / "x").touch()
    result = call("new", *words, "--lang", "en")
    assert (result.status, result.out) == (status, "")
    assert message in result.err
    assert sorted(path.name for path in place.rglob("*")) == ["full", "x"]


def test_without_the_extra(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who lacks the extra is told what to install."""

    def missing(name: str) -> None:
        raise ModuleNotFoundError(name=name.replace("bizrules.scaffold", "copier"))

    monkeypatch.setattr(_extras, "import_module", missing)
    result = call("new", "xishan", "--region", "530112", "--lang", "en")
    assert result.status == 1
    assert "[missing-extra] this needs copier" in result.err
    assert "pip install 'bizrules[kit]'" in result.err
