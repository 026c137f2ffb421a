"""The laws of packages, over the rules of the library and every package in this repository.

A run takes a few cases for each law; with `BIZRULES_HYPOTHESIS_PROFILE=thorough` it takes many.
"""

from pathlib import Path
from typing import Final

from hypothesis import settings

from bizrules.engine import CORE, default_engine
from bizrules.testing.laws import LAWS, package_laws

FOLDER: Final = Path(__file__).parents[2] / "plugins"
PACKAGES: Final = (CORE, *sorted(path.name for path in FOLDER.glob("bizrules-*")))
SHARE: Final = 33
"""A case is costly: one for so many examples of other properties."""


def class_name(package: str) -> str:
    """Name of the tests of a package, as pytest collects them."""
    return f"Test{package.title().replace('-', '')}"


EXAMPLES: Final = max(1, settings().max_examples // SHARE)
globals().update({class_name(one): package_laws(one, examples=EXAMPLES) for one in PACKAGES})


def test_every_package_is_covered() -> None:
    """No installed package and no law is left out."""
    assert {one.name for one in default_engine().plugins} <= set(PACKAGES)
    for name in PACKAGES:
        tests = globals()[class_name(name)]
        assert {f"test_{law.name}" for law in LAWS} <= set(vars(tests))
