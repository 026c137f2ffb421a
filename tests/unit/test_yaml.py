"""Reading: what is read, where it stood, and what is refused."""

import json
import os
from pathlib import Path
from random import Random

import pytest
import yaml

from bizrules import _yaml, phrases
from bizrules._yaml import (
    DEFAULT_LIMITS,
    DataPath,
    Document,
    Kind,
    Limits,
    read_bytes,
    read_file,
    read_json,
    read_json_lines,
    read_yaml,
    render_path,
)
from bizrules.errors import DocumentError, Problem, sort_problems
from bizrules.provenance import Location
from bizrules.values import Plain

LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]


@pytest.fixture(params=LOADERS, ids=lambda loader: str(loader.__name__))
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the two parsers in turn."""
    monkeypatch.setattr(_yaml, "_LOADER", request.param)
    return str(request.param.__name__)


def read(text: str | bytes, kind: Kind = "yaml", limits: Limits = DEFAULT_LIMITS) -> Document:
    """The only document of the text."""
    raw = text.encode() if isinstance(text, str) else text
    (document,) = read_bytes(raw, f"x.{kind}", kind=kind, limits=limits)
    return document


def problems(
    text: str | bytes, kind: Kind = "yaml", limits: Limits = DEFAULT_LIMITS
) -> tuple[Problem, ...]:
    """The problems of the text."""
    with pytest.raises(DocumentError) as caught:
        read_bytes(text.encode() if isinstance(text, str) else text, "x", kind=kind, limits=limits)
    for problem in caught.value.problems:
        assert problem.render("zh")
        assert problem.render("en")
    return caught.value.problems


def places(found: tuple[Problem, ...]) -> list[tuple[str, int, int]]:
    """Code, line and column of each problem."""
    return [(p.code, p.location.line, p.location.column) for p in found]


def types(data: object) -> object:
    """The data with the type of each scalar."""
    if isinstance(data, dict):
        return {key: types(value) for key, value in data.items()}
    if isinstance(data, list):
        return [types(item) for item in data]
    return (type(data).__name__, data)


@pytest.mark.usefixtures("loader")
class TestScalars:
    """An unquoted scalar stays the text that was written."""

    @pytest.mark.parametrize(
        "text",
        [
            "010",
            "no",
            "1e3",
            "12:30",
            "2022-03-01",
            "true",
            "0x1f",
            ".5",
            "1_000",
            "=",
            "<<",
            "NULL",
        ],
    )
    def test_plain(self, text: str) -> None:
        """No implicit type is found in unquoted text."""
        assert types(read(f"a: {text}").data) == {"a": ("Plain", text)}

    @pytest.mark.parametrize("text", ["'010'", '"010"', "|-\n  010", ">-\n  010"])
    def test_quoted(self, text: str) -> None:
        """Quoted and block text is a string."""
        assert types(read(f"a: {text}").data) == {"a": ("str", "010")}

    @pytest.mark.parametrize("text", ["", "~", "null", "# comment"])
    def test_none(self, text: str) -> None:
        """An empty value, `~` and `null` are no value."""
        assert read(f"a: {text}\nb: c").data == {"a": None, "b": "c"}

    def test_empty_quotes(self) -> None:
        """Quotes around nothing, or around `null`, are text."""
        assert read("a: ''\nb: 'null'").data == {"a": "", "b": "null"}

    def test_order(self) -> None:
        """Keys keep the order of the file, and a merge key is a key like any other."""
        document = read("b: &x {c: 1}\na: 2\n<<: *x\n")
        assert document.data == {"b": {"c": "1"}, "a": "2", "<<": {"c": "1"}}
        assert list(document.data) == ["b", "a", "<<"]

    def test_keys_are_str(self) -> None:
        """A key is a `str`, however it is written."""
        data = read("1: a\n'2': b\n'': c\n~: d").data
        assert isinstance(data, dict)
        assert {key: type(key) for key in data} == {"1": str, "2": str, "": str, "~": str}

    def test_root_scalar(self) -> None:
        """A document may be a single value."""
        assert read("a").data == Plain("a")


@pytest.mark.usefixtures("loader")
class TestPlaces:
    """Every value and every key has a place."""

    TEXT = "format: 1\nrules:\n  - id: a\n    list: exempt\n  - {id: b, 容错: [1, 2]}\n"

    @pytest.mark.parametrize(
        ("path", "line", "column", "rendered"),
        [
            ((), 1, 1, "$"),
            (("format",), 1, 9, "$.format"),
            (("rules",), 3, 3, "$.rules"),
            (("rules", 0), 3, 5, "$.rules[0]"),
            (("rules", 0, "list"), 4, 11, "$.rules[0].list"),
            (("rules", 1, "容错", 1), 5, 21, "$.rules[1].容错[1]"),
        ],
    )
    def test_value(self, path: DataPath, line: int, column: int, rendered: str) -> None:
        """A value is found by its path."""
        assert read(self.TEXT).locate(path) == Location("x.yaml", line, column, rendered)

    def test_key(self) -> None:
        """The key of a value has its own place; an item of a list has that of the value."""
        document = read(self.TEXT)
        assert document.locate_key(("rules", 1, "容错")).column == 13
        assert document.locate_key(("rules", 1)) == document.locate(("rules", 1))

    @pytest.mark.parametrize(
        "path",
        [
            ("rules", 0, "nothing"),
            ("rules", 0, "list", "deeper", 3),
            ("rules", 0, 7),
            ("rules", 0, -1),
        ],
    )
    def test_ancestor(self, path: DataPath) -> None:
        """A path that leads nowhere has the place of its nearest ancestor, and its own path."""
        document = read(self.TEXT)
        place = document.locate(path)
        known = document.locate(path[:3] if path[2] == "list" else path[:2])
        assert (place.line, place.column) == (known.line, known.column)
        assert place.path == render_path(path)
        assert document.locate_key(path) == place

    def test_all(self) -> None:
        """The places list every path, in the order of the file."""
        document = read("a: [x, {b: y}]\n")
        assert list(document.places) == [
            (),
            ("a",),
            ("a", 0),
            ("a", 1),
            ("a", 1, "b"),
        ]
        assert len(document.places) == len(document.key_places) == 5
        assert ("a", "0") not in document.places

    def test_alias(self) -> None:
        """The use of an alias has its own place; what it contains stands at the anchor."""
        document = read("a: &x {k: v}\nb: *x\n")
        assert document.locate(("b",)).line == 2
        assert document.locate(("b", "k")) == Location("x.yaml", 1, 11, "$.b.k")

    def test_python_data(self) -> None:
        """Data that was passed in has no lines."""
        place = Document("data", {"a": 1}).locate(("a",))
        assert place == Location("data", path="$.a")
        assert str(place) == "data $.a"

    def test_path_quoting(self) -> None:
        """A key that is no word is quoted."""
        assert render_path(("facts", "food.sold", 'a"b')) == '$.facts["food.sold"]["a\\"b"]'

    def test_equality(self) -> None:
        """Places do not take part in equality."""
        assert read("a: 1") == read("a:   1")


@pytest.mark.usefixtures("loader")
class TestRefused:
    """What could be read in two ways, or hide something, is refused; all of it at once."""

    def test_duplicate_keys(self) -> None:
        """Every key that stands twice is reported, with the line of the first."""
        found = problems("a: 1\nb: {c: 1, 'c': 2}\na: 2\n\"a\": 3\n")
        assert places(found) == [
            ("duplicate-key", 2, 11),
            ("duplicate-key", 3, 1),
            ("duplicate-key", 4, 1),
        ]
        assert [p.details["first"] for p in found] == ["2", "1", "1"]
        assert found[0].location.path == "$.b"

    def test_duplicate_is_dropped_whole(self) -> None:
        """What is wrong inside a value that is dropped is reported too."""
        assert places(problems("a: 1\na: {b: !x 1}\n")) == [
            ("duplicate-key", 2, 1),
            ("tag-refused", 2, 8),
        ]

    @pytest.mark.parametrize(
        "text", ["!!str 1", "! 1", "!a {}", "!!python/object:os.system []", "!<tag:x> 1"]
    )
    def test_tag(self, text: str) -> None:
        """Tags are refused wherever they stand."""
        assert places(problems(f"- {text}")) == [("tag-refused", 1, 3)]

    def test_many_tag_directives(self) -> None:
        """Directives in quantity are refused before the parser compares them."""
        text = "".join(f"%TAG !{n}! x\n" for n in range(51)) + "--- a"
        assert places(problems(text)) == [("tag-refused", 1, 1)]
        assert read("%TAG !a! x\n--- a").data == "a"

    @pytest.mark.parametrize(
        ("text", "column"),
        [("? [a]\n: 1", 3), ("{a: 1}: 2", 1), ("? {a: [b]}\n: {c: d}", 3), ("?\n: 1", 2)],
    )
    def test_key_not_scalar(self, text: str, column: int) -> None:
        """A key that is no text is refused."""
        assert places(problems(text)) == [("key-not-scalar", 1, column)]

    def test_alias_as_key(self) -> None:
        """An alias is no key, even of text."""
        assert places(problems("a: &x b\n*x : 1\n")) == [("key-not-scalar", 2, 1)]

    def test_after_refused_key(self) -> None:
        """Reading goes on after a refused key."""
        assert places(problems("? [a]\n: {c: 1, c: 2}\nb: !x 1")) == [
            ("key-not-scalar", 1, 3),
            ("duplicate-key", 2, 10),
            ("tag-refused", 3, 4),
        ]

    def test_multiple_documents(self) -> None:
        """A second document is refused."""
        assert places(problems("a: 1\n---\nb: 2\n")) == [("multiple-documents", 2, 1)]

    @pytest.mark.parametrize("text", ["*x", "- &a [*a]", "- &a b\n- &a [*a]", "- *x\n- &x a"])
    def test_unknown_alias(self, text: str) -> None:
        """An alias needs a value written before it, and not around it."""
        assert [p.code for p in problems(text)] == ["unknown-alias"]

    def test_anchor_again(self) -> None:
        """An anchor that is set again means the new value from then on."""
        assert read("[&a 1, *a, &a 2, *a, {&a k: *a}]").data == ["1", "1", "2", "2", {"k": "2"}]

    @pytest.mark.parametrize(
        "text", ["a: [", "a: b: c", "- a\nb: c", '"a', "a: 'b", "@", "%YAML 3.0\n---\na", "a: &"]
    )
    def test_syntax(self, text: str) -> None:
        """Text that is no YAML has one problem with a place and a reason."""
        (problem,) = problems(text)
        assert problem.code == "yaml-syntax"
        assert problem.location.line >= 1
        assert problem.details["reason"]

    def test_syntax_after_others(self) -> None:
        """What was found before the text broke off is reported with it."""
        assert [p.code for p in problems("a: !x 1\na: 2\nb: [")] == [
            "tag-refused",
            "duplicate-key",
            "yaml-syntax",
        ]

    @pytest.mark.parametrize("escape", ["\\ud83d", "\\ud83d\\ude00", "\\UFFFFFFFF"])
    def test_escape(self, escape: str) -> None:
        """Escapes that are no character are refused by both parsers."""
        assert [p.code for p in problems(f'a: "{escape}"')] == ["yaml-syntax"]

    def test_directive_number(self) -> None:
        """A directive with a number of thousands of digits is refused."""
        assert [p.code for p in problems(f"%YAML 1.{'9' * 5000}\n--- a")] == ["yaml-syntax"]

    @pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "---", "~", "\ufeff"])
    def test_empty(self, text: str) -> None:
        """A document without a value is refused."""
        (problem,) = problems(text)
        assert problem.code == "document-empty"
        assert problem.location.line == 1


@pytest.mark.usefixtures("loader")
class TestLimits:
    """Documents are bounded, whatever they are built of."""

    def test_aliases(self) -> None:
        """Fifty uses of aliases are allowed, not one more."""
        fifty = "- &a x\n" + "- *a\n" * 50
        assert len(read(fifty).places) == 52
        assert places(problems(f"{fifty}- *a\n")) == [("too-many-aliases", 52, 3)]

    def test_bomb(self) -> None:
        """Aliases of aliases are counted as what they expand to, and are not expanded."""
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 7)}]" for n in range(1, 8)]
        found = problems("\n".join(lines))
        assert [p.code for p in found] == ["too-many-nodes"]

    def test_nodes(self) -> None:
        """Values are counted, keys are not."""
        limits = Limits(nodes=4)
        assert read("a: [b, c]", limits=limits).data
        assert places(problems("a: [b, c, d]", limits=limits)) == [("too-many-nodes", 1, 11)]
        assert places(problems("a: [b, c]\nd: {}", limits=limits)) == [("too-many-nodes", 2, 4)]

    def test_depth(self) -> None:
        """Forty levels are allowed, not one more."""
        assert read("[" * 40 + "]" * 40).data
        assert places(problems("[" * 41 + "]" * 41)) == [("too-deep", 1, 41)]
        assert [p.code for p in problems("[" * 100_000)] == ["too-deep"]
        assert [p.code for p in problems("{a: " * 100 + "}" * 100)] == ["too-deep"]

    def test_depth_by_alias(self) -> None:
        """What an alias stands for is as deep where it is used."""
        limits = Limits(depth=3)
        assert read("- &a [[x]]\n- *a", limits=limits).data
        assert places(problems("- &a [[x]]\n- [*a]", limits=limits)) == [("too-deep", 2, 4)]

    def test_path(self) -> None:
        """The problem says where in the data it was met."""
        (problem,) = problems("a: {b: [x, [y]]}", limits=Limits(depth=3))
        assert problem.location.path == "$.a.b[1]"


class TestBytes:
    """What is no UTF-8 text is refused before it is parsed."""

    @pytest.mark.parametrize("kind", ["yaml", "json", "jsonl"])
    def test_too_large(self, kind: Kind) -> None:
        """More bytes than allowed are refused."""
        (problem,) = problems(b'"aaaaaaaa"', kind, Limits(size=9))
        assert problem.code == "document-too-large"
        assert problem.details == {"size": "10", "limit": "9"}

    @pytest.mark.parametrize(
        ("raw", "line", "column"),
        [(b"a: \x00", 1, 4), (b"a: b\n\xe5\xae\xb9\x07", 2, 2), (b"\x89PNG\r\n\x1a\n", 2, 1)],
    )
    def test_binary(self, raw: bytes, line: int, column: int) -> None:
        """Control bytes are no text."""
        assert places(problems(raw)) == [("document-binary", line, column)]

    @pytest.mark.parametrize("char", ["\x7f", "\x80", "\ufeff", "\ufffe", "\uffff"])
    def test_not_yaml(self, char: str) -> None:
        """Characters that YAML does not know are refused by both parsers alike."""
        assert places(problems(f"a: 容{char}")) == [("document-binary", 1, 5)]

    @pytest.mark.parametrize(
        ("raw", "offset", "line", "column"),
        [
            ("a: 容错".encode("gbk"), "4", 1, 4),
            ("容: a\n".encode() + b"b: \xff", "11", 2, 4),
            (b"\xef\xbb\xbfa: \xff", "7", 1, 4),
            ("a".encode("utf-16"), "1", 1, 1),
            ("\ufeffa".encode("utf-16-be"), "1", 1, 1),
            ("\ufeffa".encode("utf-32-be"), "1", 1, 1),
        ],
    )
    def test_encoding(self, raw: bytes, offset: str, line: int, column: int) -> None:
        """Another encoding is refused, with the first byte that does not fit."""
        (problem,) = problems(raw)
        assert places((problem,)) == [("document-encoding", line, column)]
        assert problem.details["offset"] == offset

    @pytest.mark.parametrize("kind", ["yaml", "json", "jsonl"])
    def test_byte_order_mark(self, kind: Kind) -> None:
        """The mark of UTF-8 is allowed and takes no column."""
        document = read(b'\xef\xbb\xbf{"a": 1}', kind)
        assert document.data == {"a": "1"}
        assert document.locate(("a",)).column == 7


class TestJson:
    """JSON gives the same data as YAML."""

    def test_scalars(self) -> None:
        """Numbers and words are `Plain` as they were spelled, strings are not."""
        text = '{"a": [1e3, -0.50, 0, 1E+2, true, false, null, "true", "\\u5bb9\\n"]}'
        assert types(read(text, "json").data) == {
            "a": [
                ("Plain", "1e3"),
                ("Plain", "-0.50"),
                ("Plain", "0"),
                ("Plain", "1E+2"),
                ("Plain", "true"),
                ("Plain", "false"),
                ("NoneType", None),
                ("str", "true"),
                ("str", "容\n"),
            ]
        }

    def test_places(self) -> None:
        """Values and keys have places."""
        document = read('{\n  "a": [1,\n    {"b": "x"}]\n}\n', "json")
        assert document.locate(("a", 1, "b")) == Location("x.json", 3, 11, "$.a[1].b")
        assert document.locate_key(("a", 1, "b")).column == 6

    @pytest.mark.parametrize("text", ["[]", "{}", " [ ] ", '{"a":{}}', "[[],{}]", '""', "7"])
    def test_shapes(self, text: str) -> None:
        """Empty collections and single values are documents."""
        expected = json.loads(text, parse_int=Plain)
        assert read(text, "json").data == expected

    @pytest.mark.parametrize(
        ("text", "column", "reason"),
        [
            ("[1,]", 4, "json-value"),
            ("[1 2]", 4, "json-comma"),
            ("[", 2, "json-value"),
            ("[1", 3, "json-comma"),
            ("{", 2, "json-key"),
            ("{a: 1}", 2, "json-key"),
            ('{"a" 1}', 6, "json-colon"),
            ('{"a": 1,}', 9, "json-key"),
            ('{"a": 1 "b"}', 9, "json-comma"),
            ('{"a": }', 7, "json-value"),
            ("NaN", 1, "json-value"),
            ("[-Infinity]", 2, "json-value"),
            ("01", 2, "json-end"),
            ("1.", 2, "json-end"),
            ("truely", 5, "json-end"),
            ("1 2", 3, "json-end"),
            ("'a'", 1, "json-value"),
            ('"a', 1, "json-string"),
            ('"a\tb"', 3, "json-string"),
            ('"a\\x"', 3, "json-string"),
            ('"\\ud83d"', 1, "surrogate"),
            ('{"\\ud83d": 1}', 2, "surrogate"),
            ("// no\n1", 1, "json-value"),
            ("١", 1, "json-value"),
        ],
    )
    def test_syntax(self, text: str, column: int, reason: str) -> None:
        """Text that is no JSON has a place and a reason in both languages."""
        (problem,) = problems(text, "json")
        assert places((problem,)) == [("json-syntax", 1, column)]
        assert problem.details["reason_phrase"] == f"reason.{reason}"
        assert phrases.say(f"reason.{reason}", "zh") in problem.text("zh")

    def test_pair(self) -> None:
        """Two escapes that make one character are that character."""
        assert read('"\\ud83d\\ude00"', "json").data == "😀"

    def test_duplicates(self) -> None:
        """Keys that stand twice are reported, and what follows is still read."""
        found = problems('{"a": 1,\n "a": {"b": 1, "b": 2},\n "c": ]', "json")
        assert places(found) == [
            ("duplicate-key", 2, 2),
            ("duplicate-key", 2, 16),
            ("json-syntax", 3, 7),
        ]

    @pytest.mark.parametrize("text", ["", "  \n", "null"])
    def test_empty(self, text: str) -> None:
        """A document without a value is refused."""
        assert [p.code for p in problems(text, "json")] == ["document-empty"]

    def test_limits(self) -> None:
        """The bounds hold for JSON too."""
        assert places(problems("[" * 100_000, "json")) == [("too-deep", 1, 41)]
        assert places(problems('{"a":' * 100_000, "json")) == [("too-deep", 1, 201)]
        assert places(problems("[1,1]", "json", Limits(nodes=2))) == [("too-many-nodes", 1, 4)]

    def test_delete_character(self) -> None:
        """JSON allows characters in strings that YAML does not."""
        assert read('"\x7f"', "json").data == "\x7f"


class TestJsonLines:
    """Each line is a document, and has its line number in the file."""

    def test_lines(self) -> None:
        """Empty lines say nothing but are counted."""
        documents = read_json_lines(b'{"a": 1}\r\n\n \t\n  [2]', "x.jsonl")
        assert [d.data for d in documents] == [{"a": "1"}, ["2"]]
        assert documents[1].locate((0,)) == Location("x.jsonl", 4, 4, "$[0]")
        assert documents[0].locate_key(("a",)) == Location("x.jsonl", 1, 2, "$.a")

    def test_every_bad_line(self) -> None:
        """Every bad line is reported."""
        found = problems('{"a": 1, "a": 2}\n{}\n[\nnull\n"x\n"y"', "jsonl")
        assert places(found) == [
            ("duplicate-key", 1, 10),
            ("json-syntax", 3, 2),
            ("document-empty", 4, 1),
            ("json-syntax", 5, 1),
        ]

    def test_empty(self) -> None:
        """A file without a document is refused."""
        assert places(problems("\n \n", "jsonl")) == [("document-empty", 1, 1)]


class TestFile:
    """The suffix tells the kind of a file."""

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("x.yaml", "a: 1"),
            ("x.YML", "a: 1"),
            ("x.json", '{"a": 1}'),
            ("x.jsonl", '{"a": 1}'),
            ("x.ndjson", '{"a": 1}'),
        ],
    )
    def test_kinds(self, tmp_path: Path, name: str, text: str) -> None:
        """Files are read by their suffix and named by their path."""
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        (document,) = read_file(path)
        assert document == Document(str(path), {"a": "1"})

    def unreadable(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> Problem:
        """The problem of the file, which can be put in words."""
        with pytest.raises(DocumentError) as caught:
            read_file(path, limits=limits)
        (problem,) = caught.value.problems
        assert problem.location == Location(str(path))
        assert problem.render("zh")
        assert problem.render("en")
        return problem

    def test_suffix(self, tmp_path: Path) -> None:
        """A file of another kind is not opened."""
        problem = self.unreadable(tmp_path / "x.csv")
        assert problem.code == "file-unreadable"
        assert problem.details == {"reason_phrase": "reason.suffix"}

    def test_missing(self, tmp_path: Path) -> None:
        """A file that is not there is a problem, not a crash."""
        assert self.unreadable(tmp_path / "x.yaml").details["reason_phrase"] == "reason.not-found"

    def test_directory(self, tmp_path: Path) -> None:
        """A directory is no file."""
        (tmp_path / "x.yaml").mkdir()
        problem = self.unreadable(tmp_path / "x.yaml")
        assert problem.details["reason_phrase"] == "reason.not-a-file"

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes")
    def test_pipe(self, tmp_path: Path) -> None:
        """A pipe, which might never end, is not opened."""
        os.mkfifo(tmp_path / "x.yaml")
        problem = self.unreadable(tmp_path / "x.yaml")
        assert problem.details["reason_phrase"] == "reason.not-a-file"

    @pytest.mark.parametrize(
        ("error", "reason"),
        [(PermissionError(13, "no"), "permission"), (OSError(5, "no"), "system")],
    )
    def test_system(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str
    ) -> None:
        """What the system refuses is a problem in words."""

        def refuse(_: Path) -> bytes:
            raise error

        (tmp_path / "x.yaml").write_text("a", encoding="utf-8")
        monkeypatch.setattr(Path, "read_bytes", refuse)
        problem = self.unreadable(tmp_path / "x.yaml")
        assert problem.details["reason_phrase"] == f"reason.{reason}"

    def test_name_with_nul(self) -> None:
        """A name that no system allows names no file."""
        assert self.unreadable(Path("a\0.yaml")).details["reason_phrase"] == "reason.not-found"

    def test_too_large(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file that is too large is not even opened."""
        path = tmp_path / "x.yaml"
        with path.open("wb") as file:
            file.truncate(50 * 1024 * 1024)
        monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("opened"))
        assert self.unreadable(path).code == "document-too-large"


class TestMessages:
    """Messages quote the input on one line and hint in the language of the reader."""

    def test_long_and_broken(self) -> None:
        """Long input is cut, line breaks become spaces."""
        found = problems(f'"a\\nb": 1\n"a\\nb": 2\n{"x" * 80}: 1\n{"x" * 80}: 2\n')
        assert [p.details["key"] for p in found] == ["a b", "x" * 60 + "…"]

    @pytest.mark.parametrize(
        ("details", "english", "chinese"),
        [
            ({"near_names": ""}, "check the spelling", "请核对写法"),
            ({"near_names": "a"}, "did you mean `a`?", "是否指 `a`？"),
            ({"near_names": "a,b"}, "did you mean `a` or `b`?", "是否指 `a` 或者 `b`？"),
            (
                {"near_names": "a,b,c"},
                "did you mean `a`, `b` or `c`?",
                "是否指 `a`、`b` 或者 `c`？",
            ),
            ({"near_names": "", "choices": "a,b"}, "write one of `a`, `b`", "请写 `a`、`b` 之一"),
            ({"near_names": "a", "choices": "a,b"}, "did you mean `a`?", "是否指 `a`？"),
            (
                {"choices": "a,b,c,d,e,f"},
                "write one of `a`, `b`, `c`, `d`, `e`, …",
                "请写 `a`、`b`、`c`、`d`、`e`、… 之一",
            ),
            ({"near": "as given"}, "as given", "as given"),
        ],
    )
    def test_hints(self, details: dict[str, str], english: str, chinese: str) -> None:
        """Names that are near, or else the choices, become help in each language."""
        problem = Problem("unknown-key", Location("x"), {"key": "k", **details})
        assert problem.help("en") == english
        assert problem.help("zh") == chinese

    def test_tests(self) -> None:
        """The tests that fit become help in each language."""
        details = {"test": "in", "fact": "f", "kind": "k", "tests": "is,below"}
        problem = Problem("wrong-kind", Location("x"), details)
        assert problem.help("en") == "tests that fit: `is`, `below`"
        assert problem.help("zh") == "可用的检验：`is`、`below`"


def test_kinds_agree() -> None:
    """The same data in YAML and in JSON is the same document."""
    text = '{"a": [1, true, null, "x", {"b": 1.50}]}'
    assert read_yaml(text.encode(), "x") == read_json(text.encode(), "x")


def test_sorted_problems() -> None:
    """Problems come in the order of the file, each once."""
    found = problems("a: 1\na: 2\nb: !x 1\n")
    assert sort_problems([*reversed(found), *found]) == found


DOCUMENTS = Path(__file__).parents[1] / "documents"
SHIPPED = Path(__file__).parents[2] / "rulesets" / "national" / "penalty-law.yaml"


def everything(raw: bytes) -> object:
    """The data with the types and both places of all values; or all problems."""
    try:
        document = read_yaml(raw, "x")
    except DocumentError as error:
        return [(p.code, p.location, dict(p.details)) for p in error.problems]
    places = {path: (document.places[path], document.key_places[path]) for path in document.places}
    return repr_of(document.data), places


def repr_of(data: object) -> object:
    """The data with the type of each scalar."""
    if isinstance(data, dict):
        return [(key, repr_of(value)) for key, value in data.items()]
    return [repr_of(one) for one in data] if isinstance(data, list) else (type(data), data)


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="there is only one parser")
@pytest.mark.parametrize(
    "path", [*sorted(DOCUMENTS.rglob("*.yaml")), SHIPPED], ids=lambda path: str(path.stem)
)
def test_parsers_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers find the same data, places and problems in a document as people write it."""
    found = []
    for one in LOADERS:
        monkeypatch.setattr(_yaml, "_LOADER", one)
        found.append(everything(path.read_bytes()))
    assert found[0] == found[1]


class TestManyPlaces:
    """Places are found in whatever order they are asked for."""

    def test_any_order(self) -> None:
        """Going through a large document in a wild order finds what going straight does."""
        lines = [f"r{n}: {{a: [x, {{b: y}}], c: z}}" for n in range(200)]
        document = read("\n".join(lines))
        paths = list(document.places)
        straight = {path: document.locate(path) for path in paths}
        fresh = read("\n".join(lines))
        for path in Random(7).sample(paths, len(paths)):  # noqa: S311 - any order
            assert fresh.locate(path) == straight[path]
            assert fresh.locate(path).path == render_path(path)
            row = int(str(path[0])[1:]) + 1 if path else 1
            assert fresh.locate_key(path).line == row

    @pytest.mark.parametrize(
        "path", [("a", "x"), ("b", 1), ("b", "0"), ("c",), ("a", 0), ("b", -1)]
    )
    def test_nothing_there(self, path: DataPath) -> None:
        """Where nothing is there is no place; the one above stands in for it."""
        document = read("a: 1\nb: [2]")
        with pytest.raises(KeyError):
            document.places[path]
        assert document.places.get(path) is None
        assert document.locate(path).path == render_path(path)
        assert document.locate(path).line == document.locate(path[:-1]).line
