"""The drawings in the documentation are what the command draws today."""

from pathlib import Path

import pytest

from bizrules.cli import main

ROOT = Path(__file__).parents[2]
CASES = {
    "timeline": (
        "rulesets/national/cases/published.yaml",
        "--case",
        "minhou-celery-70jin-50000",
    ),
    "timeline-law": ("docs/examples/law-in-time.yaml",),
    "timeline-deadlines": ("docs/examples/deadlines.yaml",),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", CASES)
def test_the_image_is_current(
    name: str, lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The drawing shipped is the one of today's law; the command given draws it anew."""
    monkeypatch.chdir(ROOT)
    image = f"docs/images/{name}{'' if lang == 'zh' else f'-{lang}'}.svg"
    command = ["timeline", *CASES[name], "--no-plugins", "--format", "svg", "--lang", lang]
    assert main(command) == 0
    drawn = capsys.readouterr().out
    is_current = drawn == (ROOT / image).read_text(encoding="utf-8")
    assert is_current, f"run: bizrules {' '.join(command)} -o {image}"
