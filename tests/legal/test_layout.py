"""The shipped documents are laid out as `bizrules fmt` lays them out."""

from hashlib import sha256
from pathlib import Path

import pytest

from bizrules.formatting import format_file
from legal.encoded import ROOT

FOLDERS = (ROOT / "rulesets", *sorted(ROOT.glob("plugins/bizrules-*/src/*/rulesets")))


def _digest(path: Path) -> bytes:
    return sha256(path.read_bytes()).digest()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_a_document_of_each_folder_is_laid_out(folder: Path) -> None:
    """One document of each folder is laid out; which one changes with what they say.

    All of them take a minute: `bizrules fmt --check rulesets plugins` looks at each.
    """
    assert not format_file(min(folder.rglob("*.yaml"), key=_digest)).changed
