"""A new package of rules is complete: it installs, passes its own tests and decides a case."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

import attrs
import pytest
from copier import run_copy, run_update
from packaging.specifiers import SpecifierSet

from bizrules.cli import main
from bizrules.documents import KINDS
from bizrules.engine import Engine, core_version
from bizrules.errors import ScaffoldError, UnknownNameError
from bizrules.loading import load_documents
from bizrules.plugins import read_plugins
from bizrules.regions import RegionTable
from bizrules.scaffold import (
    Answers,
    _answers,
    _rendering,
    answers_for,
    create_package,
    fitting_versions,
    region_of,
    template_folder,
    update_package,
)

# A short name, and names as long as they come.
PLACES = [("xishan", "530112"), ("xinjiang-kizilsu-kirghiz-akqi", "653023")]


@pytest.fixture(scope="module", name="regions")
def listed() -> RegionTable:
    """All regions of GB/T 2260."""
    return load_documents(()).regions


@pytest.fixture(scope="module", name="created")
def created_packages(
    regions: RegionTable, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Path]:
    """A new package for each of the places, by the name of the place."""
    found = {}
    for name, region in PLACES:
        answers = answers_for(name, region, regions)
        found[name] = tmp_path_factory.mktemp("new") / answers.package
        create_package(answers, found[name])
    return found


@pytest.fixture(scope="module", params=[name for name, _ in PLACES])
def package(request: pytest.FixtureRequest, created: Mapping[str, Path]) -> Path:
    """A new package."""
    return created[request.param]


@pytest.fixture(scope="module", name="cache")
def checked_types(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy remembers of the library, for all packages."""
    return tmp_path_factory.mktemp("mypy")


def run(*words: str | Path, at: Path, **environment: str) -> str:
    """Run a program in a folder; it must end well."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, words)],
        cwd=at,
        env={**os.environ, "PYTHONUTF8": "1", "BIZRULES_LANG": "en", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rulesets_of(package: Path) -> Path:
    """The folder with the documents of a package."""
    (folder,) = package.glob("src/*/rulesets")
    return folder


class TestPackage:
    """The package as the template writes it, for two places."""

    def test_documents_are_in_order(
        self, package: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The check has nothing to say, every golden case passes, and the layout is as it is."""
        rulesets = str(rulesets_of(package))
        cases = str(package / "cases")
        assert main(["check", "--strict", "--no-plugins", rulesets, cases]) == 0
        assert main(["test", "--no-plugins", rulesets]) == 0
        assert main(["fmt", "--check", str(package)]) == 0
        assert re.search(r"^22 passed, 0 failed$", capsys.readouterr().out, re.MULTILINE)

    def test_a_case_at_once(self, package: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The case it brings is decided: by law alone, and by the example if drafts may speak."""
        words = ["--no-plugins", "--rulesets", str(rulesets_of(package)), "--format", "json"]
        case = str(package / "cases" / "example.yaml")
        held = []
        for more in ([], ["--drafts"]):
            assert main(["evaluate", case, *words, *more]) in (0, 3)
            outcome = json.loads(capsys.readouterr().out)
            assert not outcome["problems"]
            rules = [one["rule"] for one in outcome["findings"] if one["truth"] == "true"]
            held.append([rule for rule in rules if ".example/" in rule])
        assert [len(rules) for rules in held] == [0, 1]

    def test_its_own_checks(self, package: Path, cache: Path) -> None:
        """Its own ruff and mypy find nothing."""
        run("ruff", "check", "--no-cache", at=package)
        run("ruff", "format", "--no-cache", "--check", at=package)
        run("mypy", "--cache-dir", cache, at=package)

    def test_schemas(self, package: Path) -> None:
        """Each document names its schema, which lies there and knows the package's own facts."""
        for path in [*rulesets_of(package).rglob("*.yaml"), *(package / "cases").iterdir()]:
            first, *_ = path.read_text(encoding="utf-8").splitlines()
            found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
            assert found, path
            assert (path.parent / found[1]).is_file(), path
        written = {path.stem for path in (package / ".schemas").iterdir()}
        assert written == set(KINDS)
        ruleset = (package / ".schemas" / "ruleset.json").read_text(encoding="utf-8")
        assert ".animals_not_vaccinated" in ruleset

    def test_nothing_of_this_machine(self, package: Path) -> None:
        """No file tells where the template lay, and none is left unrendered."""
        for path in package.rglob("*"):
            if path.is_file():
                text = path.read_text(encoding="utf-8")
                assert str(template_folder()) not in text, path
                assert "{{ " not in text.replace("${{ ", ""), path
                assert "{%" not in text, path
        assert os.access(package / ".ci" / "run", os.X_OK)


# What the command line says of the packages, asked where the laws run: loading takes longest.
LISTING = """
from pathlib import Path

from bizrules.cli import main


def test_listing(capsys):
    assert main(["plugins", "--format", "json"]) == 0
    Path("listed.json").write_text(capsys.readouterr().out, encoding="utf-8")
"""


def test_installed_side_by_side(created: Mapping[str, Path], tmp_path: Path) -> None:
    """Wheels of two packages install without network; laws and golden cases pass with both."""
    target, tests = tmp_path / "target", tmp_path / "tests"
    tests.mkdir()
    offline = ("--no-index", "--no-build-isolation", "--no-deps", "--disable-pip-version-check")
    for name, package in created.items():
        folder = tmp_path / name
        shutil.copytree(package, folder)
        run("pip", "install", "-q", *offline, "--target", target, folder, at=tmp_path)
        for path in (folder / "tests").iterdir():
            shutil.copy(path, tests)
        shutil.rmtree(folder)  # what is tested is what was installed
    (tests / "test_listing.py").write_text(LISTING, encoding="utf-8")
    quick = ("-p", "no:cacheprovider", "--hypothesis-profile=bizrules-fast")
    out = run(
        "pytest",
        "-q",
        *quick,
        tests,
        *target.glob("*/rulesets"),
        at=tmp_path,
        PYTHONPATH=str(target),
    )
    assert int(re.findall(r"(\d+) passed", out)[-1]) >= 2 * 20
    listed = json.loads((tmp_path / "listed.json").read_text(encoding="utf-8"))
    found = {one["name"]: one for one in listed}
    for name, region in PLACES:
        own = found[f"bizrules-{name}"]
        assert own["hooks"] == ["bizrules_documents", "bizrules_format", "bizrules_region"]
        assert (own["region"], own["rules"], own["format"]) == (region, 5, 1)
        assert core_version() in SpecifierSet(own["fits"], prereleases=True)


def keys_of(schema: object) -> Iterator[str]:
    """Every key that a schema names, but for the names of facts."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "properties":
                yield from value
            yield from keys_of(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from keys_of(value)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"cases"}))
def test_every_key_is_shown(kind: str) -> None:
    """The document of each kind shows or explains every key of the format."""
    schema = resources.files("bizrules") / "data" / "schemas" / f"{kind}.json"
    names = {"ruleset": "example", "golden": "cases/example"}
    (folder,) = (template_folder() / "package" / "src").glob("*/rulesets")
    path = folder / f"{names.get(kind, kind)}.yaml.jinja"
    shown = set(re.findall(r"[a-z_]+", path.read_text(encoding="utf-8")))
    if kind in ("ruleset", "vocabulary"):  # keys of a citation, told with the violations
        shown |= {"sentence", "entry", "number", "version", "unverified", "item", "paragraph"}
    keys = set(keys_of(json.loads(schema.read_text(encoding="utf-8"))))
    assert len(keys) > 20
    assert sorted(keys - shown) == []


class TestAnswers:
    """Names and places are checked before anything is written."""

    def test_all_of_them(self, regions: RegionTable) -> None:
        """What is not said follows from the name and the region."""
        assert answers_for("xilin-gol", "锡林郭勒盟", regions) == Answers(
            name="xilin-gol",
            region="152500",
            place_zh="内蒙古自治区锡林郭勒盟",
            place_en="Xilin Gol",
            author="内蒙古自治区锡林郭勒盟",
            core=fitting_versions(core_version()),
        )

    def test_said(self, regions: RegionTable) -> None:
        """Who says more has that; the name may be that of the package."""
        answers = answers_for(
            "bizrules-pudong", "310115", regions, english="Pudong New Area", author="司法局"
        )
        assert (answers.name, answers.package) == ("pudong", "bizrules-pudong")
        assert (answers.place_en, answers.author) == ("Pudong New Area", "司法局")

    @pytest.mark.parametrize(
        ("name", "fitting"),
        [
            ("Xishan", "xishan"),
            ("xi_shan", "xi-shan"),
            ("xishan-", "xishan"),
            ("西山", "xishan"),
            ("9", "xishan"),
            ("", "xishan"),
            ("x" * 31, "x" * 30),
            ("../xishan", "xishan"),
        ],
    )
    def test_unfit_name(self, regions: RegionTable, name: str, fitting: str) -> None:
        """A name that no package can have is refused with one near it that can."""
        with pytest.raises(ScaffoldError) as caught:
            answers_for(name, "530112", regions)
        assert caught.value.code == "package-name"
        assert caught.value.details["fitting"] == fitting
        assert answers_for(fitting, "530112", regions).name == fitting

    @pytest.mark.parametrize("name", ["core", "testing", "kit", "bizrules", "bizrules-editor"])
    def test_reserved_name(self, regions: RegionTable, name: str) -> None:
        """A name that people would take for a part of the library is refused."""
        with pytest.raises(ScaffoldError) as caught:
            answers_for(name, "530112", regions)
        assert caught.value.code == "package-reserved"

    def test_name_of_an_installed_package(
        self, regions: RegionTable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A name that is taken is refused: only one of the two could be installed."""
        monkeypatch.setattr(_answers, "distribution", lambda package: package)
        with pytest.raises(ScaffoldError, match="`bizrules-xishan` is installed") as caught:
            answers_for("xishan", "530112", regions)
        assert caught.value.code == "package-installed"

    @pytest.mark.parametrize(
        "text", ['a "b"', "a\\b", "a\nb", "{{ 7 * 7 }}", "it's", "  ", "x" * 61]
    )
    @pytest.mark.parametrize("option", ["english", "author"])
    def test_unfit_text(self, regions: RegionTable, option: str, text: str) -> None:
        """What would break a document, or be rendered, is refused."""
        given = {option: text}
        with pytest.raises(ScaffoldError) as caught:
            answers_for("xishan", "530112", regions, **given)
        assert (caught.value.code, caught.value.details["option"]) == ("unfit-text", option)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("530103", "530103"),
            (" 530103 ", "530103"),
            ("盘龙区", "530103"),
            ("昆明市盘龙区", "530103"),
            ("云南省昆明市盘龙区", "530103"),
            ("昆明市", "530100"),
            ("吉林省长春市朝阳区", "220104"),
        ],
    )
    def test_region(self, regions: RegionTable, text: str, code: str) -> None:
        """A region is known by its code, or by its name with those above it or without."""
        assert region_of(text, regions).code == code

    def test_region_of_several(self, regions: RegionTable) -> None:
        """A name that several regions bear is not guessed."""
        with pytest.raises(ScaffoldError) as caught:
            region_of("朝阳区", regions)
        assert caught.value.code == "region-ambiguous"
        assert "`110105 北京市朝阳区`" in str(caught.value)
        assert "`220104 吉林省长春市朝阳区`" in caught.value.text("zh")

    @pytest.mark.parametrize(
        ("text", "near"),
        [
            ("530130", "530103 云南省昆明市盘龙区"),
            ("盘笼区", "530103 云南省昆明市盘龙区"),
            ("北京市盘龙区", "530103 云南省昆明市盘龙区"),
        ],
    )
    def test_unknown_region(self, regions: RegionTable, text: str, near: str) -> None:
        """For an unknown region those near it are told, with their names."""
        with pytest.raises(UnknownNameError) as caught:
            region_of(text, regions)
        assert near in caught.value.near

    def test_no_region(self, regions: RegionTable) -> None:
        """Nothing is near no region, and the whole country is no place."""
        with pytest.raises(UnknownNameError) as caught:
            region_of(" ", regions)
        assert not caught.value.near
        for text in ("000000", "全国"):
            with pytest.raises(ScaffoldError, match="whole country"):
                region_of(text, regions)

    @pytest.mark.parametrize(
        ("core", "fits"),
        [
            ("0.1.0.dev42", ">=0.1.0.dev0,<0.2"),
            ("0.3.2", ">=0.3.2,<0.4"),
            ("1.4.0", ">=1.4.0,<2"),
            ("2.0rc1", ">=2.0.dev0,<3"),
        ],
    )
    def test_versions(self, core: str, fits: str) -> None:
        """A package fits the library it was made with, up to the next that may break it."""
        assert fitting_versions(core) == fits
        assert SpecifierSet(fits).contains(core, prereleases=True)


@pytest.fixture(name="answers")
def some_answers(regions: RegionTable) -> Answers:
    """The answers for Xishan."""
    return answers_for("xishan", "530112", regions)


class TestWriting:
    """A package is written where nothing lies, and renewed without loss."""

    def test_existing_folder(self, answers: Answers, tmp_path: Path) -> None:
        """An empty folder will do; one that holds something is left alone."""
        create_package(answers, tmp_path)
        assert (tmp_path / "pyproject.toml").is_file()
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(ScaffoldError) as caught:
            create_package(answers, tmp_path)
        assert caught.value.code == "folder-not-empty"
        assert sorted(tmp_path.rglob("*")) == before

    def test_file(self, answers: Answers, tmp_path: Path) -> None:
        """A file is no folder."""
        file = tmp_path / "file"
        file.touch()
        with pytest.raises(ScaffoldError, match="is a file"):
            create_package(answers, file)

    def test_unwritable(self, answers: Answers, tmp_path: Path) -> None:
        """Where nothing can be written, the error says why."""
        file = tmp_path / "file"
        file.touch()
        with pytest.raises(ScaffoldError) as caught:
            create_package(answers, file / "package")
        assert caught.value.code == "package-unwritable"

    def test_without_git(
        self, answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The template cannot be rendered without git, and nothing is written."""
        monkeypatch.setattr(_rendering, "which", lambda _name: None)
        with pytest.raises(ScaffoldError, match="git is not installed"):
            create_package(answers, tmp_path / "package")
        assert not (tmp_path / "package").exists()

    def test_update(self, answers: Answers, tmp_path: Path) -> None:
        """What the place wrote stays, what the template looks after is renewed."""
        create_package(answers, tmp_path)
        module = tmp_path / "src" / "bizrules_xishan"
        own = [
            tmp_path / "pyproject.toml",
            tmp_path / "README.md",
            tmp_path / "tests" / "test_xishan.py",
            module / "__init__.py",
            module / "rulesets" / "example.yaml",
        ]
        for path in own:
            path.write_text(path.read_text(encoding="utf-8") + "# ours\n", encoding="utf-8")
        (tmp_path / "Makefile").write_text("old\n", encoding="utf-8")
        shutil.rmtree(tmp_path / ".schemas")
        assert update_package(tmp_path) == answers
        assert all(path.read_text(encoding="utf-8").endswith("# ours\n") for path in own)
        assert "make test" in (tmp_path / "Makefile").read_text(encoding="utf-8")
        assert (tmp_path / ".schemas" / "ruleset.json").is_file()

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            (None, "not-from-template"),
            ("name: xishan\n", "answers-unreadable"),
            ("- name\n", "answers-unreadable"),
            ("name: [\n", "answers-unreadable"),
        ],
    )
    def test_update_of_something_else(self, tmp_path: Path, text: str | None, code: str) -> None:
        """What was not made from the template is not touched."""
        if text is not None:
            (tmp_path / ".copier-answers.yml").write_text(text, encoding="utf-8")
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(ScaffoldError) as caught:
            update_package(tmp_path)
        assert caught.value.code == code
        assert sorted(tmp_path.rglob("*")) == before

    @pytest.mark.parametrize("name", ["../elsewhere", "{{ 7 }}", "xishan'"])
    def test_update_with_forged_answers(self, answers: Answers, tmp_path: Path, name: str) -> None:
        """Answers are checked again when they are read, so that no path or template is in them."""
        forged = {**attrs.asdict(answers), "name": name}
        (tmp_path / ".copier-answers.yml").write_text(json.dumps(forged), encoding="utf-8")
        with pytest.raises(ScaffoldError) as caught:
            update_package(tmp_path)
        assert caught.value.details["key"] == "name"
        assert [path.name for path in tmp_path.iterdir()] == [".copier-answers.yml"]


def test_hooks_of_the_package(answers: Answers, tmp_path: Path) -> None:
    """The module is a plugin for the place, and its documents load."""
    create_package(answers, tmp_path)
    source = (tmp_path / "src" / "bizrules_xishan" / "__init__.py").read_text(encoding="utf-8")
    source = source.replace('resources.files("bizrules_xishan")', "FOLDER")
    space: dict[str, object] = {"FOLDER": tmp_path / "src" / "bizrules_xishan"}
    exec(compile(source, "bizrules_xishan", "exec"), space)  # noqa: S102 - our own template
    plugin = type("Module", (), {k: staticmethod(v) for k, v in space.items() if callable(v)})
    (found,) = read_plugins([("bizrules-xishan", "0.1.0", plugin)])
    assert found.region == "530112"
    engine = Engine.load(*found.documents, plugins=False)
    assert engine.draft_ids >= {"xishan.example"}


def test_dependencies(answers: Answers, tmp_path: Path) -> None:
    """The package states what it fits, and names itself everywhere alike."""
    create_package(answers, tmp_path)
    data = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))
    assert data["project"]["dependencies"] == [f"bizrules{fitting_versions(core_version())}"]
    assert data["project"]["entry-points"] == {"bizrules": {"xishan": "bizrules_xishan"}}


class TestVersions:
    """A template that is kept in git has versions, and copier updates from one to the next."""

    def test_update_by_copier(self, answers: Answers, tmp_path: Path) -> None:
        """What both sides changed is merged: the template's lines come, the place's stay."""
        template, package = tmp_path / "template", tmp_path / "package"
        shutil.copytree(template_folder(), template)
        commit(template, tag="1.0.0")
        run_copy(str(template), package, data=attrs.asdict(answers), defaults=True, quiet=True)
        kept = (package / ".copier-answers.yml").read_text(encoding="utf-8")
        assert '_commit: "1.0.0"' in kept
        makefile = package / "Makefile"
        makefile.write_text(makefile.read_text(encoding="utf-8") + "\nours:\n", encoding="utf-8")
        commit(package)
        newer = template / "package" / "Makefile"
        newer.write_text("# theirs\n" + newer.read_text(encoding="utf-8"), encoding="utf-8")
        commit(template, tag="2.0.0")
        run_update(package, defaults=True, overwrite=True, quiet=True)
        text = makefile.read_text(encoding="utf-8")
        assert text.startswith("# theirs\n")
        assert text.endswith("\nours:\n")


def commit(folder: Path, *, tag: str = "") -> None:
    """Put everything in a folder under version control."""
    name = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    commands = [("init", "-q"), ("add", "-A"), (*name, "commit", "-q", "-m", "x")]
    for words in [*commands, *([("tag", tag)] if tag else [])]:
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
