"""The page about Ray Data, as a program of its own on a Ray of this machine alone."""

import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from bizrules.batch import BatchEngine
from bizrules.engine import Engine

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "evaluate-on-ray.md"
ONE = pa.record_batch({"id": ["a"], "region": ["530103"], "violation": ["food.past-shelf-life"]})
START = """
import ray
ray.init(
    num_cpus=2,
    include_dashboard=False,
    log_to_driver=False,
    object_store_memory=128 * 2**20,
    _node_ip_address="127.0.0.1",
    _temp_dir={folder!r},
)
"""
END = """
ray.shutdown()
print("done")
"""


def test_the_page_is_true() -> None:
    """Who runs what the page says sees what it says."""
    if find_spec("ray") is None:
        pytest.skip("ray is not installed: pip install 'bizrules[ray]'")
    page = Sybil(parsers=[PythonCodeBlockParser()]).parse(PAGE)
    examples = [example.parsed for example in page.examples()]
    assert len(examples) > 2
    # Compiled here, once, and not in every actor.
    BatchEngine(Engine.load(plugins=False)).evaluate(ONE)
    # A short name: Ray makes sockets below it, and their names have a limit.
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:
        done = _run("\n".join([START.format(folder=folder), *examples, END]), folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "done"


def _run(program: str, folder: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    # Unless told otherwise it keeps a token in the home folder, and counts its users.
    own |= {"RAY_AUTH_MODE": "disabled", "RAY_USAGE_STATS_ENABLED": "0"}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=own,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
