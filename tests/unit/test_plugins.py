"""Plugins are found, checked, and asked what they contribute."""

import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, entry_points
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from bizrules import plugins
from bizrules.derivation import Derivation
from bizrules.errors import PluginError
from bizrules.hookspecs import hookimpl
from bizrules.plugins import Plugin, installed_plugins, read_plugins
from bizrules.regions import Region

ROOT = Path(__file__).parents[2]
FOLDER = Path("rules")
AGE = Derivation(name="t.age", reads=("party",), compute=lambda _known: None)
ZONE = Region("530103901", "盘龙工业园区", "zone", "530103")


def hook(answer: object) -> Callable[[], object]:
    """An implementation that returns the answer."""

    @hookimpl
    def implementation() -> object:
        return answer

    return implementation


def failing(answer: object) -> Callable[[], object]:
    """An implementation that raises what it is given, at once."""

    @hookimpl
    def implementation() -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return implementation


def module(**attributes: object) -> ModuleType:
    """A module with these attributes."""
    built = ModuleType("fake")
    for name, value in attributes.items():
        setattr(built, name, value)
    return built


def complete(**changes: object) -> ModuleType:
    """A plugin with a format, a region and a document, but for the changes."""
    hooks = {
        "bizrules_format": hook(1),
        "bizrules_region": hook("530103"),
        "bizrules_documents": hook([FOLDER]),
    }
    return module(**{**hooks, **changes})


class TestReading:
    """What plugins contribute is collected by name."""

    def test_everything(self) -> None:
        """All hooks of a plugin are asked, and their names kept."""
        full = complete(
            bizrules_derivations=hook((AGE,)), bizrules_zones=hook(iter([ZONE])), other=hook
        )
        assert read_plugins([("full", "1.2", full)]) == (
            Plugin(
                name="full",
                version="1.2",
                region="530103",
                documents=(FOLDER,),
                derivations=(AGE,),
                zones=(ZONE,),
                hooks=(
                    "bizrules_derivations",
                    "bizrules_documents",
                    "bizrules_format",
                    "bizrules_region",
                    "bizrules_zones",
                ),
            ),
        )

    def test_order_is_irrelevant(self) -> None:
        """Plugins come sorted by name, in whatever order they are found."""
        named = [(name, "1", complete()) for name in ("c", "a", "b")]
        assert [plugin.name for plugin in read_plugins(named)] == ["a", "b", "c"]
        assert read_plugins(named) == read_plugins(reversed(named))

    def test_none_means_nothing(self) -> None:
        """A hook that returns None contributes nothing, and that is no fault of others."""
        (plugin,) = read_plugins(
            [("p", "1", complete(bizrules_derivations=hook(None), bizrules_zones=hook(None)))]
        )
        assert (plugin.derivations, plugin.zones) == ((), ())
        assert len(plugin.hooks) == 5

    def test_derivations_alone(self) -> None:
        """A plugin need not ship documents if it derives facts."""
        (plugin,) = read_plugins(
            [
                (
                    "p",
                    "1",
                    module(
                        bizrules_format=hook(1),
                        bizrules_region=hook("530103"),
                        bizrules_derivations=hook([AGE]),
                    ),
                )
            ]
        )
        assert plugin.documents == ()

    def test_an_object(self) -> None:
        """Whatever has the hooks as attributes will do."""
        built = SimpleNamespace(**vars_of(complete()))
        assert read_plugins([("p", "1", built)]) == read_plugins([("p", "1", complete())])

    def test_a_generator(self) -> None:
        """A hook may yield its documents."""

        @hookimpl
        def documents() -> Iterator[Path]:
            yield FOLDER

        (plugin,) = read_plugins([("p", "1", complete(bizrules_documents=documents))])
        assert plugin.documents == (FOLDER,)


def vars_of(built: ModuleType) -> dict[str, object]:
    """The hooks of a module."""
    return {name: value for name, value in vars(built).items() if name.startswith("bizrules_")}


def refusal(built: object) -> PluginError:
    """Why a plugin is refused; the message names it in both languages."""
    with pytest.raises(PluginError) as caught:
        read_plugins([("some-plugin", "1", built)])
    error = caught.value
    assert error.details["plugin"] == "some-plugin"
    assert "`some-plugin`" in error.text("zh")
    assert "`some-plugin`" in str(error)
    return error


class TestRefusal:
    """A plugin that is not fit stops the run and says why."""

    @pytest.mark.parametrize(
        "built",
        [
            module(),
            module(bizrules_region=hook("530103")),
            complete(bizrules_documents=hook(None)),
            complete(bizrules_documents=hook([])),
            module(bizrules_region=hook("530103"), bizrules_zones=hook([ZONE])),
        ],
    )
    def test_it_contributes_nothing(self, built: ModuleType) -> None:
        """Neither a document nor a derived fact: it was installed for nothing."""
        assert refusal(built).code == "plugin-empty"

    @pytest.mark.parametrize(
        "built", [complete(bizrules_region=hook(None)), module(bizrules_documents=hook([FOLDER]))]
    )
    def test_it_names_no_region(self, built: ModuleType) -> None:
        """Without a region of its own nothing bounds what it may say."""
        assert refusal(built).code == "plugin-no-region"

    @pytest.mark.parametrize(
        "built",
        [
            complete(bizrules_format=hook(None)),
            module(bizrules_region=hook("530103"), bizrules_documents=hook([FOLDER])),
        ],
    )
    def test_it_names_no_format(self, built: ModuleType) -> None:
        """A plugin says for which format it is written, and is told which one is read."""
        error = refusal(built)
        assert error.code == "plugin-no-format"
        assert "format 1" in str(error)

    @pytest.mark.parametrize(
        ("number", "code", "advice"),
        [
            (2, "plugin-newer-format", "upgrade bizrules to a version that reads format 2"),
            (0, "plugin-older-format", "upgrade `some-plugin` to a version written for format 1"),
        ],
    )
    def test_it_is_written_for_another_format(self, number: int, code: str, advice: str) -> None:
        """The error says which of the two to upgrade, and no other hook is asked before."""
        broken = failing(OSError("written with keys that came later"))
        error = refusal(complete(bizrules_format=hook(number), bizrules_documents=broken))
        assert error.code == code
        assert advice in str(error)

    @pytest.mark.parametrize(
        ("built", "name"),
        [
            (complete(bizrules_documnets=hook([FOLDER])), "bizrules_documnets"),
            (complete(bizrules_documnets=lambda: [FOLDER]), "bizrules_documnets"),
            (complete(documents=hook([FOLDER])), "documents"),
        ],
    )
    def test_it_misspells_a_hook(self, built: ModuleType, name: str) -> None:
        """A hook that nobody calls is an error, marked or not."""
        error = refusal(built)
        assert (error.code, error.details["hook"]) == ("plugin-unknown-hook", name)
        if name.startswith("bizrules"):
            assert "did you mean `bizrules_documents`" in str(error)

    def test_it_forgets_the_marker(self) -> None:
        """A hook that is spelt rightly and not marked would be silent too."""
        error = refusal(complete(bizrules_zones=lambda: [ZONE]))
        assert (error.code, error.details["hook"]) == ("plugin-unmarked-hook", "bizrules_zones")

    def test_what_is_no_function_is_no_hook(self) -> None:
        """A constant of such a name does not look like a hook."""
        assert read_plugins([("p", "1", complete(bizrules_version="1"))])

    @pytest.mark.parametrize(
        "name",
        [
            "bizrules_format",
            "bizrules_region",
            "bizrules_documents",
            "bizrules_derivations",
            "bizrules_zones",
        ],
    )
    def test_it_fails_in_a_hook(self, name: str) -> None:
        """A failure names the hook and says what happened."""
        error = refusal(complete(**{name: failing(OSError("disk full"))}))
        assert (error.code, error.details["hook"]) == ("plugin-broken", name)
        assert "OSError: disk full" in str(error)
        assert isinstance(error.__cause__, OSError)

    def test_it_fails_while_it_yields(self) -> None:
        """A generator that fails half way is a failure of its hook."""

        @hookimpl
        def documents() -> Iterator[Path]:
            yield FOLDER
            message = "gone"
            raise LookupError(message)

        error = refusal(complete(bizrules_documents=documents))
        assert (error.code, error.details["hook"]) == ("plugin-broken", "bizrules_documents")
        assert "LookupError: gone" in str(error)

    @pytest.mark.parametrize(
        ("name", "answer"),
        [
            ("bizrules_format", "1"),
            ("bizrules_format", True),
            ("bizrules_documents", FOLDER),
            ("bizrules_documents", "rules"),
            ("bizrules_documents", ["rules"]),
            ("bizrules_documents", 5),
            ("bizrules_derivations", AGE),
            ("bizrules_derivations", ["t.age"]),
            ("bizrules_zones", ["530103901"]),
            ("bizrules_zones", ZONE),
        ],
    )
    def test_it_returns_something_else(self, name: str, answer: object) -> None:
        """What is not a series of what the hook asks for is refused, a lone text too."""
        error = refusal(complete(**{name: hook(answer)}))
        assert (error.code, error.details["hook"]) == ("plugin-broken", name)

    def test_it_asks_for_arguments(self) -> None:
        """Hooks are handed nothing."""

        @hookimpl
        def region(case: object) -> str:
            return str(case)

        error = refusal(complete(bizrules_region=region))
        assert (error.code, error.details["hook"]) == ("plugin-broken", "bizrules_region")

    @pytest.mark.parametrize("option", ["tryfirst", "trylast", "optionalhook", "wrapper"])
    def test_it_wants_an_order(self, option: str) -> None:
        """The order of plugins has no meaning, so no marker may ask for one."""

        def region() -> Iterator[None]:
            yield

        marked = hookimpl(**{option: True})(region)  # type: ignore[call-overload]  # any option
        error = refusal(complete(bizrules_region=marked))
        assert (error.code, error.details["hook"]) == ("plugin-broken", "bizrules_region")

    def test_the_first_by_name_is_reported(self) -> None:
        """Of several plugins that are not fit, always the same one is named."""
        broken = [(name, "1", module()) for name in ("b", "a", "c")]
        for given in (broken, broken[::-1]):
            with pytest.raises(PluginError) as caught:
                read_plugins(given)
            assert caught.value.details["plugin"] == "a"


MODULE = """
from pathlib import Path
from bizrules.hookspecs import hookimpl

@hookimpl
def bizrules_format():
    return 1

@hookimpl
def bizrules_region():
    return "530103"

@hookimpl
def bizrules_documents():
    return [Path(__file__).parent / "rules"]
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Install a distribution: its name, its module's name, and what is in the module."""
    monkeypatch.syspath_prepend(tmp_path)

    def add(
        distribution: str,
        name: str,
        source: str = MODULE,
        entry: str = "rules",
        requires: Sequence[str] = ("bizrules>=0.0.1",),
    ) -> None:
        info = tmp_path / f"{distribution.replace('-', '_')}-0.7.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 0.7\n"
        metadata += "".join(f"Requires-Dist: {one}\n" for one in requires)
        (info / "METADATA").write_text(metadata, encoding="utf-8")
        points = f"[bizrules]\n{entry} = {name}\n"
        (info / "entry_points.txt").write_text(points, encoding="utf-8")
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)

    return add


class TestInstalled:
    """Installed distributions are found by their entry points."""

    def test_a_distribution(self, install: Callable[..., None], tmp_path: Path) -> None:
        """Name and version are those of the distribution."""
        install("bizrules-test-one", "bizrules_test_one", MODULE)
        (found,) = (p for p in installed_plugins() if p.name == "bizrules-test-one")
        assert (found.version, found.region) == ("0.7", "530103")
        assert found.documents == (tmp_path / "rules",)

    def test_entry_points_of_the_same_name(self, install: Callable[..., None]) -> None:
        """Two districts may call their entry points alike; neither is passed over."""
        install("bizrules-test-two", "bizrules_test_two", MODULE)
        install("bizrules-test-three", "bizrules_test_three", MODULE)
        names = [plugin.name for plugin in installed_plugins()]
        assert names == sorted(names)
        assert {"bizrules-test-two", "bizrules-test-three"} <= set(names)

    @pytest.mark.parametrize(
        ("source", "reason"),
        [("1 / 0", "ZeroDivisionError"), ("import nowhere_to_be_found", "ModuleNotFoundError")],
    )
    def test_one_that_cannot_be_imported(
        self, install: Callable[..., None], source: str, reason: str
    ) -> None:
        """A package that fails on import is named."""
        install("bizrules-test-four", "bizrules_test_four", source)
        with pytest.raises(PluginError) as caught:
            installed_plugins()
        error = caught.value
        assert (error.code, error.details["plugin"]) == ("plugin-broken", "bizrules-test-four")
        assert reason in str(error)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Let the library have another version, or be no distribution."""

    def set_version(number: str | None) -> None:
        monkeypatch.setattr(plugins, "_core_version", lambda: number)

    return set_version


@pytest.fixture
def alone(install: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Install one distribution with requirements, and let it be the only plugin."""

    def add(*requires: str, source: str = MODULE) -> None:
        install("bizrules-test-five", "bizrules_test_five", source, requires=requires)
        (entry,) = (one for one in entry_points(group="bizrules") if one.module.endswith("five"))
        monkeypatch.setattr(plugins, "entry_points", lambda **_group: [entry])

    return add


class TestVersions:
    """A package says which versions of the library it fits, where installers read it too."""

    @pytest.mark.parametrize(
        ("requirement", "core"),
        [
            ("bizrules>=0.1,<0.2", "0.1"),
            ("bizrules>=0.1,<0.2", "0.1.7"),
            ("bizrules>=0.1.0.dev0,<0.2", "0.1.0.dev42"),
            ("Bizrules[cli]~=1.4", "1.9"),
            ("bizrules==2.*", "2.3.1"),
        ],
    )
    def test_it_fits(
        self,
        alone: Callable[..., None],
        library: Callable[[str | None], None],
        requirement: str,
        core: str,
    ) -> None:
        """A version within the requirement is served, and the plugin tells what it fits."""
        alone("attrs", requirement)
        library(core)
        (plugin,) = installed_plugins()
        assert SpecifierSet(plugin.fits) == Requirement(requirement).specifier

    @pytest.mark.parametrize(
        ("requirement", "core", "advice"),
        [
            ("bizrules>=0.3,<0.4", "0.2.5", "pip install --upgrade 'bizrules<0.4,>=0.3'"),
            ("bizrules>=0.3", "0.3.dev1", "pip install --upgrade 'bizrules>=0.3'"),
            ("bizrules>1.0", "1.0", "pip install --upgrade 'bizrules>1.0'"),
            ("bizrules==2.*", "1.9", "pip install --upgrade 'bizrules==2.*'"),
        ],
    )
    def test_it_needs_a_newer_library(
        self,
        alone: Callable[..., None],
        library: Callable[[str | None], None],
        requirement: str,
        core: str,
        advice: str,
    ) -> None:
        """The library is to be upgraded, and the error says to which version."""
        alone(requirement, source="1 / 0")
        library(core)
        with pytest.raises(PluginError) as caught:
            installed_plugins()
        assert caught.value.code == "plugin-needs-newer-core"
        assert "`bizrules-test-five` 0.7 fits bizrules" in str(caught.value)
        assert advice in str(caught.value)
        assert advice in caught.value.text("zh")

    @pytest.mark.parametrize(
        ("requirement", "core"),
        [
            ("bizrules>=0.1,<0.2", "0.2.0"),
            ("bizrules~=1.4", "2.0"),
            ("bizrules>=0.1,!=0.3", "0.3"),
        ],
    )
    def test_it_needs_an_older_library(
        self,
        alone: Callable[..., None],
        library: Callable[[str | None], None],
        requirement: str,
        core: str,
    ) -> None:
        """The package is to be upgraded; it is told before it is imported."""
        alone(requirement, source="1 / 0")
        library(core)
        with pytest.raises(PluginError) as caught:
            installed_plugins()
        assert caught.value.code == "plugin-needs-older-core"
        assert "pip install --upgrade bizrules-test-five" in str(caught.value)
        assert f"a version that fits bizrules {core}" in str(caught.value)

    @pytest.mark.parametrize(
        "requires",
        [
            (),
            ("bizrules",),
            ("bizrules<2",),
            ("attrs>=1", "not a requirement at all!"),
            ('bizrules>=0.1; extra == "test"',),
            ("bizrules-other>=0.1",),
        ],
    )
    def test_it_does_not_say(self, alone: Callable[..., None], requires: Sequence[str]) -> None:
        """A package without a lowest version is refused, and told where to write it."""
        alone(*requires)
        with pytest.raises(PluginError) as caught:
            installed_plugins()
        assert caught.value.code == "plugin-no-requirement"
        assert "pyproject.toml" in str(caught.value)

    def test_a_tree_that_is_not_installed(
        self, alone: Callable[..., None], library: Callable[[str | None], None]
    ) -> None:
        """Where the library has no version, none can be wrong."""
        alone("bizrules>=99")
        library(None)
        assert [plugin.name for plugin in installed_plugins()] == ["bizrules-test-five"]

    def test_without_distribution(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An entry point of no distribution has no requirement to read."""
        entry = SimpleNamespace(name="loose", dist=None, load=complete)
        monkeypatch.setattr(plugins, "entry_points", lambda **_group: [entry])
        (plugin,) = installed_plugins()
        assert (plugin.name, plugin.fits) == ("loose", "")

    def test_no_version_of_the_library(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A library that is no distribution has no version."""

        def missing(_name: str) -> str:
            raise PackageNotFoundError

        monkeypatch.setattr(plugins, "version", missing)
        assert plugins._core_version() is None

    def test_every_package_here_says(self) -> None:
        """Each package of this repository requires the library with a lower and an upper bound."""
        files = sorted((ROOT / "plugins").glob("bizrules-*/pyproject.toml"))
        assert len(files) == 27
        for file in files:
            project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
            assert project["dependencies"] == ["bizrules>=0.1.0.dev0,<0.2"], file
