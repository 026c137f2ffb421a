"""The documents that are shipped: readable by others, their words complete, their homes right."""

import re
from pathlib import Path

import pytest
import yaml

from bizrules import phrases
from bizrules.cases import Case
from bizrules.engine import Engine, default_engine

ROOT = Path(__file__).parents[2]
FOLDERS = ("rulesets", "plugins", "docs")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.yaml"))


@pytest.mark.parametrize("top", FOLDERS)
def test_the_plain_loader_reads_them(top: str) -> None:
    """The loader of PyYAML that is written in Python, which is stricter, reads every document."""
    for path in FILES:
        if path.is_relative_to(ROOT / top):
            for _ in yaml.parse(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader):
                pass


@pytest.mark.parametrize("lang", phrases.LANGUAGES)
def test_every_department_has_a_name(lang: str) -> None:
    """Each department of a violation, a ruleset or a rule has a name in words."""
    engine = default_engine()
    used = {violation.department for violation in engine.violations.values()}
    used |= {ruleset.department for ruleset in engine.rulesets if ruleset.department}
    used |= {name for rule in engine.rules.values() for name in rule.departments or ()}
    assert [name for name in sorted(used) if not phrases.has(f"department.{name}")] == []
    assert all(phrases.say(f"department.{name}", lang) for name in used)


def test_every_field_has_a_name() -> None:
    """Each field of law of a violation of any package has a name in words, and no other has."""
    used = {violation.field for violation in default_engine().violations.values()}
    named = {key.removeprefix("field.") for key in phrases.keys("zh") if key.startswith("field.")}
    assert used == named


def test_the_library_brings_what_is_for_all() -> None:
    """What lies in the folders of the country is for the whole country."""
    national = [
        ruleset
        for ruleset in Engine.load(plugins=False).rulesets
        if ruleset.location is not None
        and Path(ruleset.location.source).is_relative_to(ROOT / "rulesets" / "national")
    ]
    assert national
    assert {ruleset.region for ruleset in national} == {"000000"}


def test_a_department_has_one_folder() -> None:
    """A ruleset or a violation in the folder of a department is for that department."""
    engine = Engine.load(plugins=False)
    folders = ROOT / "rulesets" / "national"
    names = {path.name for path in folders.iterdir() if phrases.has(f"department.{path.name}")}
    placed = [(one.location, one.department) for one in engine.violations.values()]
    placed += [(one.location, one.department) for one in engine.rulesets if one.department]
    for location, department in placed:
        assert location is not None
        folder = Path(location.source).parent.name
        assert folder not in names or folder == department, location


def test_no_draft_defines_a_concept() -> None:
    """A draft has no definitions, which the rules of others could be read by."""
    assert not [r.id for r in default_engine().rulesets if r.is_draft and r.definitions]


@pytest.mark.parametrize(
    ("region", "hears"), [("530103", True), ("530112", True), ("520103", False)]
)
def test_panlong_hears_yunnan(region: str, *, hears: bool) -> None:
    """With both packages a case in Panlong has the rules of Yunnan, as one elsewhere in it."""
    engine = default_engine()
    assert {"bizrules-panlong", "bizrules-yunnan"} <= {plugin.name for plugin in engine.plugins}
    case = Case(id="a", region=region, violation="fire.hydrant-blocked", committed="2024-09-03")
    found = {finding.rule for finding in engine.evaluate(case).findings}
    assert ("yunnan.fire-2024/2.5" in found) is hears
    alone = Engine.load(plugins=False).evaluate(case)
    assert "yunnan.fire-2024/2.5" not in {finding.rule for finding in alone.findings}


@pytest.mark.parametrize(
    ("page", "written"), [("README.md", r"(\d+) entries"), ("README.zh-CN.md", r"(\d+) 条，按需")]
)
def test_the_front_page_counts_the_entries_of_the_packages(page: str, written: str) -> None:
    """The number of entries on the front page is that of the packages in the repository."""
    packages = {path.name for path in (ROOT / "plugins").glob("bizrules-*")}
    rulesets = [one for one in default_engine().rulesets if one.plugin in packages]
    said = re.search(written, (ROOT / page).read_text(encoding="utf-8"))
    assert said is not None
    assert int(said[1]) == sum(len(one.rules) for one in rulesets)
