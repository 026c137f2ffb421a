"""The cache changes nothing but the time."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from bizrules import loading
from bizrules.bundles import _cache, cache_folder
from bizrules.engine import Engine, core_version
from bizrules.errors import DocumentError
from bizrules.loading import Knowledge
from bizrules.plain import to_plain
from cli.running import SMALL

Load = Callable[[], Engine]
POSIX = pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, in use."""
    monkeypatch.setenv("BIZRULES_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("BIZRULES_NO_CACHE", "0")
    return tmp_path / "cache"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Documents that a test may change."""
    return Path(shutil.copytree(SMALL, tmp_path / "small"))


@pytest.fixture
def load(home: Path) -> Load:
    """Loads the documents, and nothing else."""
    return lambda: Engine.load(home, national=False, plugins=False)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was read of documents, in place of coming from the cache."""
    found: list[object] = []
    plain = loading.load_documents

    def note(sources: Any, **given: Any) -> Knowledge:  # noqa: ANN401 - as the function has it
        found.append(sources)
        return plain(sources, **given)

    monkeypatch.setattr(loading, "load_documents", note)
    return found


def entries(folder: Path) -> list[Path]:
    """What is in the cache."""
    return sorted(folder.iterdir())


class TestTheSame:
    """What comes from the cache is what the documents say."""

    def test_equal(self, folder: Path, load: Load, read: list[object]) -> None:
        """The second time no document is read, and everything is the same, places included."""
        first = load()
        count = len(read)
        second = load()
        assert len(read) == count > 0
        assert entries(folder)
        assert second.rulesets == first.rulesets
        assert [rule.location for rule in second.rules.values()] == [
            rule.location for rule in first.rules.values()
        ]
        assert dict(second.knowledge.origins) == dict(first.knowledge.origins)
        assert second.knowledge.goldens == tuple(first.knowledge.goldens)
        for golden in first.knowledge.goldens:
            assert to_plain(second.evaluate(golden.case)) == to_plain(first.evaluate(golden.case))

    def test_other_folders(self, folder: Path, load: Load, home: Path, tmp_path: Path) -> None:
        """The same documents elsewhere are found, and have their places there."""
        load()
        count = len(entries(folder))
        moved = Path(shutil.move(home, tmp_path / "moved"))
        engine = Engine.load(moved, national=False, plugins=False)
        assert len(entries(folder)) == count
        places = {rule.location.source for rule in engine.rules.values() if rule.location}
        assert all(Path(place).is_file() for place in places)
        assert places

    @pytest.mark.parametrize("change", ["comment", "name", "new", "gone"])
    def test_changed_documents(self, folder: Path, load: Load, home: Path, change: str) -> None:
        """Documents of other bytes or names, more or fewer of them, are read anew."""
        load()
        count = len(entries(folder))
        file = next(
            one for one in sorted(home.rglob("*.yaml")) if "stall" in one.read_text("utf-8")
        )
        if change == "comment":
            file.write_text(f"# another\n{file.read_text('utf-8')}", "utf-8")
        elif change == "name":
            file.rename(file.with_stem("renamed"))
        elif change == "new":
            (home / "more.yaml").write_text(
                "format: 1\ndocument: vocabulary\nid: more\nfacts: {}\n", "utf-8"
            )
        else:
            (home / "golden.yaml").unlink()
        load()
        assert len(entries(folder)) == count + 1

    @pytest.mark.parametrize(
        "change", [{"version": "2"}, {"about": ("x",)}], ids=["version", "about"]
    )
    def test_changed_surroundings(self, home: Path, change: dict[str, Any]) -> None:
        """Another version of the library, and other packages, do not find what is kept."""
        given: dict[str, Any] = {"roots": [home], "about": (), "version": "1"}
        first = _cache.documents_in(**given)
        assert first == _cache.documents_in(**given)
        assert first != _cache.documents_in(**(given | change))

    def test_the_code_counts(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What other code read of the same documents is not found."""
        first = _cache.documents_in([home], (), "1")
        monkeypatch.setattr(_cache, "_reader", lambda: "other")
        assert first != _cache.documents_in([home], (), "1")

    def test_problems_are_never_kept(self, folder: Path, load: Load, home: Path) -> None:
        """Documents with problems are refused every time, with the same problems."""
        (home / "bad.yaml").write_text("format: 1\ndocument: vocabulary\n", "utf-8")
        found = []
        for _ in range(2):
            with pytest.raises(DocumentError) as caught:
                load()
            found.append(caught.value.problems)
        assert found[0] == found[1]
        own = {one.location.source for one in found[0]}
        assert own == {str(home / "bad.yaml")}
        kept = len(entries(folder))
        (home / "bad.yaml").unlink()
        load()
        assert len(entries(folder)) == kept + 1

    def test_changed_while_read(
        self, folder: Path, load: Load, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What was read of documents that changed meanwhile is not kept under their digest."""
        plain = loading.load_documents

        def change(*sources: Any, **given: Any) -> Knowledge:  # noqa: ANN401 - as the function has it
            found = plain(*sources, **given)
            (home / "note.txt").write_text("x")
            return found

        monkeypatch.setattr(loading, "load_documents", change)
        load()
        monkeypatch.undo()
        kept = [one.stem for one in entries(folder)] if folder.is_dir() else []
        (home / "note.txt").unlink()
        found = _cache.documents_in([home], ("False 1",), core_version())
        assert found is not None
        assert found.key not in kept


class TestDamage:
    """A cache that does not hold is as if it were not there."""

    @pytest.mark.parametrize("damage", ["empty", "half", "flipped", "other"])
    def test_damaged(self, folder: Path, load: Load, read: list[object], damage: str) -> None:
        """A damaged entry is taken away, and the documents are read and kept again."""
        first = load()
        for file in entries(folder):
            data = bytearray(file.read_bytes())
            if damage == "flipped":
                data[len(data) // 2] ^= 1
            file.write_bytes(b"" if damage == "empty" else data[: len(data) // 2])
            if damage == "flipped":
                file.write_bytes(data)
            elif damage == "other":
                file.write_bytes(first.bundle())
        count = len(read)
        again = load()
        assert len(read) > count
        assert again.rulesets == first.rulesets
        count = len(read)
        assert load().rulesets == first.rulesets
        assert len(read) == count

    def test_unfinished_files(self, folder: Path, load: Load) -> None:
        """What another process left half written is passed over, and taken away when it is old."""
        folder.mkdir()
        fresh, old = folder / "a.part", folder / "b.part"
        for file in (fresh, old):
            file.write_bytes(b"PK")
        os.utime(old, (0, 0))
        load()
        assert fresh.exists()
        assert not old.exists()

    def test_every_bit(self, folder: Path, load: Load, read: list[object]) -> None:
        """An entry one bit of which changed is never used, wherever the bit lies."""
        load()
        whole = {file: file.read_bytes() for file in entries(folder)}
        rng = random.Random(9)  # noqa: S311 - a choice of places
        for _ in range(20):
            for file, data in whole.items():
                # Half of the places are in the manifest.
                manifest = data.index(b"PK", data.index(b"manifest.json"))
                at = rng.randrange(rng.choice((manifest, len(data))))
                changed = bytearray(data)
                changed[at] ^= 1 << rng.randrange(8)
                file.write_bytes(changed)
            count = len(read)
            load()
            assert len(read) == count + len(whole)
            assert {file: file.read_bytes() for file in entries(folder)} == whole

    @POSIX
    def test_a_folder_of_another_user(
        self, folder: Path, load: Load, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing is taken from, or kept in, a folder of another user."""
        load()
        assert cache_folder() == folder
        monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
        assert cache_folder() is None
        assert load().rules

    @POSIX
    @pytest.mark.parametrize(
        ("mode", "is_used"),
        [(0o700, True), (0o755, True), (0o775, False), (0o770, False), (0o757, False)],
    )
    def test_a_folder_open_to_others(
        self, folder: Path, load: Load, read: list[object], mode: int, *, is_used: bool
    ) -> None:
        """A folder to which a group or everybody can write is not used, and left as it is."""
        load()
        before, count = entries(folder), len(read)
        folder.chmod(mode)
        assert (cache_folder() == folder) is is_used
        assert load().rules
        assert (len(read) == count) is is_used
        assert entries(folder) == before
        assert folder.stat().st_mode & 0o777 == mode

    @POSIX
    @pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077])
    def test_a_folder_made_here(
        self, folder: Path, load: Load, read: list[object], umask: int
    ) -> None:
        """A folder that the cache makes is open to nobody else, whatever the system's default."""
        before = os.umask(umask)
        try:
            load()
            count = len(read)
            load()
        finally:
            os.umask(before)
        assert len(read) == count > 0
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {file.stat().st_mode & 0o777 for file in entries(folder)} == {0o600}

    def test_no_folder(self, tmp_path: Path, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where no folder can be made, or none is wanted, documents are read every time."""
        file = tmp_path / "file"
        file.write_text("x")
        monkeypatch.setenv("BIZRULES_NO_CACHE", "0")
        monkeypatch.setenv("BIZRULES_CACHE_DIR", str(file / "cache"))
        assert cache_folder() is None
        assert load().rules
        monkeypatch.setenv("BIZRULES_CACHE_DIR", str(tmp_path / "cache"))
        monkeypatch.setenv("BIZRULES_NO_CACHE", "1")
        assert cache_folder() is None
        assert load().rules
        assert not (tmp_path / "cache").exists()

    def test_nothing_can_be_written(
        self, folder: Path, load: Load, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A cache that cannot be written to is done without."""

        def refuse(**_: object) -> None:
            raise PermissionError

        monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
        assert load().rules
        assert entries(folder) == []

    def test_what_has_no_name_is_not_kept(self, home: Path, folder: Path) -> None:
        """What stands in none of the documents could not be found again, and is not kept."""
        engine = Engine.load(home, national=False, plugins=False)
        for file in entries(folder):
            file.unlink()
        (rule, *_) = engine.rules.values()
        assert rule.location is not None
        place = attrs.evolve(rule, location=attrs.evolve(rule.location, source="elsewhere"))
        ruleset = attrs.evolve(engine.rulesets[0], rules=(place,))
        odd = attrs.evolve(engine.knowledge, rulesets=(ruleset,))
        assert _cache.kept([home], about=(), version="1", load=lambda: odd) is odd
        assert entries(folder) == []

    def test_the_user_folder(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """Unless told otherwise, the cache lies in the folder that the system has for caches."""
        monkeypatch.setenv("BIZRULES_NO_CACHE", "0")
        monkeypatch.delenv("BIZRULES_CACHE_DIR")
        monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "own")
        assert cache_folder() == tmp_path / "own"


class TestSize:
    """The cache does not grow without bound."""

    def test_the_last_used_stay(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of too many entries those go that were not used for longest."""
        monkeypatch.setattr(_cache, "MOST_ENTRIES", 3)
        folder.mkdir()
        for age in range(6):
            file = folder / f"{age}.bundle"
            file.write_bytes(b"x")
            os.utime(file, (1_000_000 - age, 1_000_000 - age))
        (folder / "another.txt").write_text("stays")
        _cache._prune(folder)
        left = ["0.bundle", "1.bundle", "2.bundle", "another.txt"]
        assert [one.name for one in entries(folder)] == left

    def test_bytes(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Together the entries are no longer than allowed."""
        monkeypatch.setattr(_cache, "MOST_BYTES", 250)
        folder.mkdir()
        for age in range(4):
            file = folder / f"{age}.bundle"
            file.write_bytes(b"x" * 100)
            os.utime(file, (1_000_000 - age, 1_000_000 - age))
        _cache._prune(folder)
        assert [one.name for one in entries(folder)] == ["0.bundle", "1.bundle"]
        _cache._prune(folder / "none")


_LOAD = """
import sys
from bizrules.engine import Engine
engine = Engine.load(sys.argv[1], national=False, plugins=False)
print([rule for rule in engine.rules.values()])
"""


def test_processes_at_once(folder: Path, home: Path) -> None:
    """Processes that find the cache empty at the same time all get the same answer."""
    command = [sys.executable, "-c", _LOAD, str(home)]
    env = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
    started = [
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    found = [process.communicate(timeout=120)[0] for process in started]
    assert [process.returncode for process in started] == [0] * 4
    assert len(set(found)) == 1
    assert found[0].startswith("[Rule(")
    assert [one.suffix for one in entries(folder)] == [".bundle"] * len(entries(folder))
    assert entries(folder)
