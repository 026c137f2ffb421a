"""Every document in the repository is read alike by every loader of YAML."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("folder", ["rulesets", "plugins"])
def test_the_plain_loader_reads_them(folder: str) -> None:
    """The loader written in Python, for machines without libyaml, is the stricter one."""
    paths = sorted((ROOT / folder).rglob("*.yaml"))
    assert paths
    for path in paths:
        yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
