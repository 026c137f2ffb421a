import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bizrules._yaml import read_yaml
from bizrules.engine import core_rulesets
from bizrules.errors import DocumentError
from bizrules.formatting import (
    WIDTH,
    _formatting,
    _layout,
    format_file,
    format_text,
    is_document,
    schema_header,
    wired,
    write,
)
from bizrules.formatting._source import Source

PLUGINS = Path(__file__).parents[2] / "plugins"
HEAD = """\
format: 1
document: ruleset
id: example.layout
version: "1"
title: {zh: 甲, en: a}
region: "530103"
instrument: {name: 某清单, level: document, kind: list}
"""
RULE = """\
  - id: "1"
    title: {zh: 甲, en: a}
    ground: minor
    permits: [exempt]
    modality: may
"""


def laid_out(text: str) -> str:
    """The text in the layout."""
    return format_text(text.encode(), "rules.yaml")


def comments(text: str) -> list[str]:
    """All comments of a text, sorted."""
    return sorted(comment.text for comment in Source.of(text).comments)


def shipped(step: int) -> list[Path]:
    """Every so many shipped documents, the large ones left out for speed."""
    files = sorted(core_rulesets().rglob("*.yaml")) + sorted(PLUGINS.glob("*/src/**/*.yaml"))
    return [file for file in files if file.stat().st_size < 8_000][::step]


class TestLaws:
    """What holds of every document."""

    @pytest.mark.parametrize("file", shipped(30), ids=lambda file: file.stem)
    def test_shipped_documents(self, file: Path) -> None:
        """A second time changes nothing; the data and every comment stay."""
        before = file.read_text(encoding="utf-8")
        after = laid_out(before)
        assert laid_out(after) == after
        assert read_yaml(after.encode(), "x").data == read_yaml(before.encode(), "x").data
        assert comments(after) == comments(before)

    @settings(max_examples=25)
    @given(st.data())
    def test_written_documents(self, data: st.DataObject) -> None:
        """The laws hold of documents however they are indented, ordered and commented."""
        before = data.draw(documents())
        after = laid_out(before)
        assert laid_out(after) == after
        assert read_yaml(after.encode(), "x").data == read_yaml(before.encode(), "x").data
        assert comments(after) == comments(before)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A ruleset with keys in any order, any indentation, comments, blank lines and brackets."""
    width = draw(st.sampled_from([2, 3, 4]))
    gap = st.sampled_from(["", "", "\n", "\n\n\n", "# 说明 a: b\n", "\n# one\n\n# two\n"])
    head = draw(st.permutations(HEAD.strip().split("\n")))
    blocks = [draw(gap) + line + draw(st.sampled_from(["", "  # end"])) for line in head]
    rules = "\n".join(draw(rule(width, number)) for number in range(draw(st.integers(1, 3))))
    blocks.insert(draw(st.integers(0, len(blocks))), f"{draw(gap)}rules:\n{rules}")
    return "\n".join(blocks) + draw(st.sampled_from(["", "\n", "\n\n# last\n"]))


@st.composite
def rule(draw: st.DrawFn, width: int, number: int) -> str:
    """A rule of such a ruleset."""
    long = draw(st.sampled_from(["a", "word " * 40 + "end"])).strip()
    when = draw(
        st.sampled_from(
            [
                "when: [minor, {harm: {at_most: slight}}]",
                "when: [\n  minor,  # 甲\n  {harm: none}\n]",
                "when:\n- minor\n# 乙\n- any: [minor, harm: none]",
                "when: [" + ", ".join(["minor_matter"] * 14) + "]",
            ]
        )
    )
    lines = [
        f'id: "{number}"',
        f"title: {{zh: 甲, en: {long}}}",
        "ground: minor",
        "permits: [exempt]",
        "modality: may",
        when,
        f"note:\n  # 丙\n  zh: >-\n    甲\n    乙 # 不是注\n  en: {long}",
    ]
    first, *rest = draw(st.permutations(lines))
    if "\n" in first:
        first, rest = "entry: no", [first, *rest]
    pad, dash = " " * (width * 2), " " * width
    body = "\n".join(f"{pad}{line}" for one in rest for line in one.split("\n"))
    return f"{dash}-{' ' * (width - 1)}{first}\n{body}"


class TestOrder:
    """Keys come in the order of the model, with what belongs to them."""

    def test_keys_move_with_their_comments(self) -> None:
        """A comment above a key goes with it, and so do the lines below that are indented."""
        text = HEAD + (
            "rules:\n"
            "  - modality: may\n"
            "    # why\n"
            "    permits: [exempt]\n"
            "    note:\n"
            "      zh: 甲\n"
            "      # inside the note\n"
            "      en: a\n"
            "    ground: minor\n"
            "    title: {en: a, zh: 甲}\n"
            '    id: "1"\n'
            "  # of the end\n"
        )
        assert laid_out(text).split("rules:\n")[1] == (
            '  - id: "1"\n'
            "    title: {zh: 甲, en: a}\n"
            "    ground: minor\n"
            "    # why\n"
            "    permits: [exempt]\n"
            "    modality: may\n"
            "    note:\n"
            "      zh: 甲\n"
            "      # inside the note\n"
            "      en: a\n"
            "  # of the end\n"
        )

    def test_a_comment_is_not_torn_from_the_first_key(self) -> None:
        """A mapping behind a dash stays as it is if its new first key has a comment above it."""
        text = HEAD + "rules:\n  - modality: may\n    # c\n    id: x\n    title: {zh: 甲, en: a}\n"
        assert laid_out(text) == text

    def test_the_head_of_the_file_stays_on_top(self) -> None:
        """Comments above the first key of all stay there, whichever key that becomes."""
        lines = HEAD.split("\n")
        text = "# head\n" + "\n".join([lines[1], "# of the format", lines[0], *lines[2:]])
        assert laid_out(text).startswith("# head\n# of the format\nformat: 1\ndocument: ruleset\n")

    def test_entries_keep_their_order(self) -> None:
        """Names that authors give are not sorted: facts of a case, conditions, rules."""
        text = "format: 1\ncases:\n  - id: a\n    facts: {z: 1, a: 2}\n    region: '530103'\n"
        text += "    violation: x.y\n"
        assert "facts: {z: 1, a: 2}" in laid_out(text)

    def test_keys_in_brackets(self) -> None:
        """Keys in brackets are put in order too, aliases among them."""
        text = HEAD + "rules:\n" + RULE + "    cite: [{article: 33, law: 行政处罚法, item: 1}]\n"
        assert "{law: 行政处罚法, article: 33, item: 1}" in laid_out(text)
        shared = "    unexpressed:\n      - {text: &t {zh: 甲, en: a}, reason: *t}\n"
        assert "{text: &t {zh: 甲, en: a}, reason: *t}" in laid_out(
            HEAD + "rules:\n" + RULE + shared
        )


class TestLayout:
    """Indentation, brackets, long lines, quotes and blank lines."""

    def test_indentation(self) -> None:
        """Two columns for a mapping, and two more for the points of a list; comments follow."""
        text = HEAD + (
            "rules:\n"
            "-   # of the first\n"
            '    id: "1"\n'
            "    title:\n"
            "        # of the title\n"
            "        zh: 甲\n"
            "        en: a\n"
            "    ground: minor\n"
            "    permits:\n"
            "    - exempt\n"
            "    modality: may\n"
        )
        assert (
            laid_out(text)
            .split("rules:\n")[1]
            .endswith(
                "    title:\n"
                "      # of the title\n"
                "      zh: 甲\n"
                "      en: a\n"
                "    ground: minor\n"
                "    permits:\n"
                "      - exempt\n"
                "    modality: may\n"
            )
        )

    def test_long_brackets_are_opened(self) -> None:
        """Brackets that do not fit in a line become a block, the inner ones only if need be."""
        names = ", ".join(f"fact_number_{number}: true" for number in range(8))
        text = "format: 1\ncases:\n  - id: a\n    region: '1'\n    violation: x\n"
        text += f"    facts: {{{names}}}\n"
        text += "    expect: {fine: {low: 20, high: 20}, holds: [" + "a.b/" + "c" * 90 + "]}\n"
        assert laid_out(text).endswith(
            f"holds: [a.b/{'c' * 90}]\n      fine: {{low: 20, high: 20}}\n"
        )
        assert "    facts:\n      fact_number_0: true\n      fact_number_1: true\n" in laid_out(
            text
        )

    def test_long_texts_are_folded(self) -> None:
        """A text that does not fit is folded at its spaces and reads the same."""
        text = HEAD.replace("{zh: 甲, en: a}", "\n  zh: 甲\n  en: " + "word " * 40 + "end", 1)
        after = laid_out(text)
        assert "  en: >-\n    word" in after
        assert max(map(len, after.split("\n"))) <= WIDTH

    def test_what_has_no_spaces_stays_long(self) -> None:
        """A Chinese text is never broken: a break would put a space into it."""
        text = HEAD.replace("zh: 甲", f"zh: {'甲' * 130}")
        assert f"zh: {'甲' * 130}\n" in laid_out(text)

    def test_comments_leave_brackets(self) -> None:
        """A comment inside brackets stands above the entry that has them."""
        text = (
            HEAD
            + "rules:\n"
            + RULE
            + "    when: [minor,  # first\n      # second\n      harm: none]\n"
        )
        assert laid_out(text).endswith("    # first\n    # second\n    when: [minor, harm: none]\n")

    def test_comments_behind_aliases(self) -> None:
        """A comment behind an alias stays there, also at the end of an entry and in a list."""
        case = """\
  - id: "{}"
    region: "530103"
    violation: food.past-shelf-life
"""
        text = f"""\
format: 1
cases:
{case.format(1)}    decided: &day 2022-05-01  # C1
    facts: &f {{goods_value: 66}}
{case.format(2)}    decided: *day  # C2
    facts: *f  # same goods
{case.format(3)}    facts: *f  # again
"""
        assert laid_out(text) == text
        food = "    violations: &food [food.past-shelf-life]  # C1\n"
        again = "    violations: *food  # C2\n"
        basis = "  citations:\n    - *cite  # C3\n    # own\n    - *cite  # C4\n"
        rules = HEAD.replace("}\n", "}  # head\n", 1) + "rules:\n" + RULE + food
        rules += RULE.replace('"1"', '"2"') + again
        assert laid_out(rules) == rules
        text = f"a: &cite {{x: 甲}}\nb:\n{basis}"
        assert _layout.laid_out(text) == text

    def test_comments_behind_nothing(self) -> None:
        """A comment behind a dash, or the beginning of the document, is above what follows."""
        rules = HEAD + "rules:\n" + RULE
        dashed = rules.replace("  - id", "  - # first\n    id")
        above = rules.replace("  - id", "  # first\n  - id")
        assert laid_out(f"--- # hi\n{dashed}") == f"# hi\n{above}"
        # Opened brackets leave their comment behind a dash, from where it goes above too.
        words = ", ".join(f"{'x' * 20}{at}: 甲" for at in range(8))
        law = HEAD + "rules:\n" + RULE + f"    when:\n      - {{{words}}}  # long\n"
        found = laid_out(law)
        assert "\n      # long\n      - xxxx" in found
        assert laid_out(found) == found

    def test_blank_lines(self) -> None:
        """One blank line stays, several become one, and none remains at either end."""
        text = "\n\n" + HEAD + "\n\n\nrules:\n" + RULE + "\n" + RULE.replace('"1"', '"2"') + "\n\n"
        after = laid_out(text)
        assert "list}\n\nrules:\n" in after
        assert 'may\n\n  - id: "2"' in after
        assert after.startswith("format")
        assert after.endswith("may\n")

    def test_blocks_are_left_alone(self) -> None:
        """Blank lines and marks inside a block of text are text."""
        block = "    note:\n      zh: |\n        甲\n\n\n        # 不是注释\n      en: a\n"
        text = HEAD + "rules:\n" + RULE + block
        assert laid_out(text) == text

    @pytest.mark.parametrize("written", ["no", "530103", "2022-03-01", "1:30"])
    def test_text_that_looks_otherwise_gets_quotes(self, written: str) -> None:
        """What plain YAML would take for a number, a day or a truth value is quoted."""
        text = HEAD.replace("en: a", f"en: {written}")
        assert f'en: "{written}"' in laid_out(text)

    def test_codes_get_quotes_and_articles_do_not(self) -> None:
        """Regions and ids are quoted as people write them; articles and the format are not."""
        text = HEAD.replace('"530103"', "530103") + "rules:\n" + RULE.replace('"1"', "1")
        after = laid_out(text + "    cite: [{law: 行政处罚法, article: 33}]\n")
        assert 'region: "530103"' in after
        assert 'id: "1"' in after
        assert "article: 33}" in after
        assert "format: 1\n" in after

    def test_missing_values_are_written_out(self) -> None:
        """Where nothing stands `null` is written, and anchors nobody uses stay."""
        text = HEAD + "department:\nbatches: &batches []\n"
        assert "department: null\n" in laid_out(text)
        assert "&batches []" in laid_out(text)

    def test_line_ends_and_marks(self) -> None:
        """Files from elsewhere lose their byte order mark and their other line ends."""
        raw = b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode()
        assert format_text(raw, "x.yaml") == HEAD


class TestRefusal:
    """What is wrong is told and left alone."""

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("- a\n", "wrong-shape"),
            ("a\n", "wrong-shape"),
            ("document: ruleset\n", "format-missing"),
            ("format: 2\n", "format-unknown"),
            ("format: 1\ndocument: poem\n", "document-unknown"),
            (HEAD + "rules:\n  - id: x\n    titel: {zh: 甲, en: a}\n", "unknown-key"),
            (HEAD + "rules: [\n", "yaml-syntax"),
            (HEAD + 'version: "2"\n', "duplicate-key"),
        ],
    )
    def test_invalid_documents(self, text: str, code: str) -> None:
        """A document that cannot be read as what it says it is has problems with places."""
        with pytest.raises(DocumentError) as caught:
            laid_out(text)
        assert code in {problem.code for problem in caught.value.problems}

    def test_no_layout_that_says_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where a layout would lose a comment or change the data nothing is returned."""
        for worse in (HEAD.replace("甲", "乙"), "# more\n" + HEAD, HEAD.replace('"1"', "1"), "["):
            monkeypatch.setattr(_formatting, "laid_out", lambda _text, worse=worse: worse)
            if worse == HEAD.replace('"1"', "1"):
                assert laid_out(HEAD) == worse  # quotes of a code say nothing
                continue
            with pytest.raises(DocumentError) as caught:
                laid_out(HEAD)
            assert [problem.code for problem in caught.value.problems] == ["layout-unsafe"]

    def test_a_comment_that_would_change_its_entry(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A layout in which a comment reads as that of another entry is refused."""
        text = HEAD.replace('"1"\n', '"1"  # ours\n')
        moved = HEAD.replace("title:", "# ours\ntitle:")
        assert laid_out(text) == text
        monkeypatch.setattr(_formatting, "laid_out", lambda _text: moved)
        with pytest.raises(DocumentError) as caught:
            laid_out(text)
        assert [problem.code for problem in caught.value.problems] == ["layout-unsafe"]

    def test_only_yaml(self, tmp_path: Path) -> None:
        """JSON is laid out by others."""
        with pytest.raises(DocumentError):
            format_file(tmp_path / "x.json")


class TestFiles:
    """Files are replaced in one step."""

    def test_mode_and_links_stay(self, tmp_path: Path) -> None:
        """The mode of the file is kept, and a link still leads to it."""
        file, link = tmp_path / "a.yaml", tmp_path / "b.yaml"
        file.write_text("x", encoding="utf-8")
        file.chmod(0o640)
        link.symlink_to(file)
        write(link, "甲\n")
        assert link.is_symlink()
        assert file.read_text(encoding="utf-8") == "甲\n"
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
        assert sorted(one.name for one in tmp_path.iterdir()) == ["a.yaml", "b.yaml"]

    def test_a_new_file_can_be_read(self, tmp_path: Path) -> None:
        """A file that was not there may be read by others, as files usually may."""
        write(tmp_path / "a.json", "{}\n")
        assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == 0o644

    def test_unwritable(self, tmp_path: Path) -> None:
        """A folder that is not there is a problem with the file as its place."""
        with pytest.raises(DocumentError) as caught:
            write(tmp_path / "no" / "a.yaml", "x")
        assert caught.value.problems[0].code == "file-unwritable"

    def test_a_failed_write_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """If the last step fails the old text stands, and no other file is left behind."""
        file = tmp_path / "a.yaml"
        file.write_text("old", encoding="utf-8")

        def fail(_self: Path, _target: Path) -> None:
            raise OSError(28, "no space")

        monkeypatch.setattr(Path, "replace", fail)
        with pytest.raises(DocumentError):
            write(file, "new")
        assert file.read_text(encoding="utf-8") == "old"
        assert [one.name for one in tmp_path.iterdir()] == ["a.yaml"]

    def test_other_yaml_is_passed_over(self, tmp_path: Path) -> None:
        """What does not say its format is no document; what cannot be read may be one."""
        for text, expected in (("a: 1\n", False), ("format: 1\n", True), ("[", True), ("a", False)):
            file = tmp_path / "x.yaml"
            file.write_text(text, encoding="utf-8")
            assert is_document(file) is expected


class TestWiring:
    """The line that names the schema."""

    def test_the_way_is_relative(self, tmp_path: Path) -> None:
        """The line leads from the document to the schema, with slashes."""
        line = schema_header(tmp_path / "a/b/c.yaml", tmp_path / ".schemas/ruleset.json")
        assert line == "# yaml-language-server: $schema=../../.schemas/ruleset.json"

    def test_the_line_is_put_on_top_once(self) -> None:
        """It stands first; an older one among the first comments is replaced."""
        line = "# yaml-language-server: $schema=a.json"
        assert wired("format: 1\n", line) == f"{line}\nformat: 1\n"
        assert wired(f"{line}\nformat: 1\n", line) == f"{line}\nformat: 1\n"
        old = "# head\n# yaml-language-server: $schema=old.json\nformat: 1\n"
        assert wired(old, line) == f"{line}\n# head\nformat: 1\n"

    def test_the_layout_keeps_it(self) -> None:
        """A document with the line is laid out like any other."""
        text = wired(HEAD, "# yaml-language-server: $schema=a.json")
        assert laid_out(text) == text
