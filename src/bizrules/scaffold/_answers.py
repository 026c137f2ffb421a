"""What a new package is called and for which place it is, checked before anything is written."""

import re
from collections.abc import Mapping
from importlib import resources
from importlib.metadata import PackageNotFoundError, distribution, metadata
from pkgutil import iter_modules
from typing import Final

import attrs
from packaging.version import Version

from bizrules.documents import FORMAT
from bizrules.engine import CORE, core_version
from bizrules.errors import ScaffoldError, UnknownNameError
from bizrules.regions import NATIONAL, Region, RegionTable

PREFIX: Final = f"{CORE}-"
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_EXAMPLE: Final = "xishan"
# So that no line of the package gets too long.
_LONGEST: Final = 30
_LONGEST_TEXT: Final = 60
# These texts stand in quotes in TOML, YAML and Python.
_UNFIT: Final = re.compile(r"[\"'\\\x00-\x1f\x7f{}]|^\s*$")


@attrs.frozen(kw_only=True)
class Answers:
    """What the template asks.

    Attributes:
        name: Name of the place in lower case; the package is `bizrules-<name>`.
        region: Its GB/T 2260 code.
        place_zh: Its Chinese name, from the province down.
        place_en: Its English name.
        author: Who publishes the package.
        core: Versions of the library that the package fits.
        format: Format of its documents.
    """

    name: str
    region: str
    place_zh: str
    place_en: str
    author: str
    core: str
    format: int = int(FORMAT)

    @property
    def package(self) -> str:
        """Name of the distribution."""
        return f"{PREFIX}{self.name}"


def answers_for(
    name: str,
    region: str,
    regions: RegionTable,
    *,
    english: str | None = None,
    author: str | None = None,
) -> Answers:
    """The answers for a package.

    Args:
        name: Name of the place, with or without `bizrules-` in front.
        region: GB/T 2260 code or name of the place.
        regions: Known regions.
        english: English name of the place; from `name` unless given.
        author: Who publishes the package; the place unless given.

    Raises:
        ScaffoldError: If the name cannot be that of a package, is one that the library uses itself
            or that of an installed package, several regions bear the name, or
            a text holds what cannot stand in a document.
        UnknownNameError: If there is no such region; the names near it are carried.
    """
    short = name.removeprefix(PREFIX)
    if not _is_name(short):
        raise ScaffoldError("package-name", name=name, fitting=_fitting_name(short))
    if short in _own_names():
        raise ScaffoldError("package-reserved", name=name)
    if _is_installed(f"{PREFIX}{short}"):
        raise ScaffoldError("package-installed", package=f"{PREFIX}{short}")
    found = region_of(region, regions)
    place = regions.name(found.code)
    words = " ".join(word.capitalize() for word in short.split("-"))
    return Answers(
        name=short,
        region=found.code,
        place_zh=place,
        place_en=_plain("english", english or words),
        author=_plain("author", author or place),
        core=fitting_versions(core_version()),
    )


def _own_names() -> frozenset[str]:
    """Names that people would take for parts of the library: its modules and extras."""
    modules = (found.name for found in iter_modules([str(resources.files(CORE))]))
    extras = metadata(CORE).get_all("Provides-Extra") or ()
    return frozenset(("core", CORE, *(name.replace("_", "-") for name in (*modules, *extras))))


def _is_installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def _fitting_name(name: str) -> str:
    """A name near the one given that would do."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    fitting = "-".join(words)[:_LONGEST].strip("-")
    return fitting if _is_name(fitting) else _EXAMPLE


def _is_name(name: str) -> bool:
    return len(name) <= _LONGEST and _NAME.fullmatch(name) is not None


def _plain(option: str, text: str) -> str:
    if _UNFIT.search(text) or len(text) > _LONGEST_TEXT:
        raise ScaffoldError("unfit-text", option=option, found=text)
    return text.strip()


def region_of(text: str, regions: RegionTable) -> Region:
    """The region of a code or a name.

    Args:
        text: `530103`, `盘龙区` or `昆明市盘龙区`.
        regions: Known regions.

    Raises:
        ScaffoldError: If several regions bear the name, or it is the whole country.
        UnknownNameError: If there is none; the names near it are carried.
    """
    wanted = text.strip()
    if wanted in regions:
        found = [regions.get(wanted)]
    else:
        found = [one for one in regions.regions if wanted and _bears(one, wanted, regions)]
    named = [one for one in found if one is not None]
    if not named:
        near = tuple(f"{one.code} {regions.name(one.code)}" for one in regions.near(wanted))
        raise UnknownNameError("region", text, near)
    if len(named) > 1:
        choices = ", ".join(f"{one.code} {regions.name(one.code)}" for one in named)
        raise ScaffoldError("region-ambiguous", name=text, count=str(len(named)), choices=choices)
    if named[0].code == NATIONAL:
        raise ScaffoldError("region-national", found=text)
    return named[0]


def _bears(region: Region, name: str, regions: RegionTable) -> bool:
    """Whether the name is the region's, with as many of those above it as it likes."""
    return name.endswith(region.zh) and regions.name(region.code).endswith(name)


def fitting_versions(core: str) -> str:
    """The versions of the library that a package written today fits, as a requirement.

    Up to the next version that may break it: the next minor one before 1.0, else the next major.

    Args:
        core: Version of the library.
    """
    version = Version(core)
    early = ".dev0" if version.is_prerelease else ""
    following = f"0.{version.minor + 1}" if version.major == 0 else str(version.major + 1)
    return f">={version.base_version}{early},<{following}"


def read_answers(given: Mapping[str, object]) -> Answers:
    """Answers as a package keeps them.

    Raises:
        ScaffoldError: If one is missing or is no text.
    """
    texts: dict[str, str] = {}
    for name in ("name", "region", "place_zh", "place_en", "author", "core"):
        value = given.get(name)
        if not isinstance(value, str) or _UNFIT.search(value):
            raise ScaffoldError("answers-unreadable", key=name)
        texts[name] = value
    if not _is_name(texts["name"]):
        raise ScaffoldError("answers-unreadable", key="name")
    return Answers(**texts, format=int(FORMAT))
