"""Laws of reading documents and of the way back."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from bizrules import _yaml
from bizrules._scalars import (
    DOCUMENT_GLANCES,
    DOCUMENT_SCALARS,
    MISSED,
    PLAIN_GLANCES,
    PLAIN_SCALARS,
)
from bizrules._structure import Raw, from_plain, structure, unstructure
from bizrules._yaml import (
    DataPath,
    Document,
    Kind,
    Limits,
    read_bytes,
    read_json,
    read_json_lines,
    read_yaml,
    render_path,
)
from bizrules.cases import Case
from bizrules.errors import DocumentError, Problem
from bizrules.penalties import Grade
from bizrules.provenance import Location, NormLevel, Text
from bizrules.values import Money, Plain

KINDS: tuple[Kind, ...] = ("yaml", "json", "jsonl")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).filter(
    lambda text: (
        not {"\ufeff", "\ufffe", "\uffff"} & set(text)
        and not any(ord(char) % 0x10000 >= 0xFFFE for char in text)
    )
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
plain_texts = st.recursive(
    printable,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(printable, inner, max_size=4),
    max_leaves=20,
)
# Fragments that mean something to the two grammars, in any order.
fragments = st.lists(
    st.sampled_from(
        ["a", "b: ", "- ", "\n", "  ", "[", "]", "{", "}", ",", '"', "'", "&x ", "*x", "!t ",
         "? ", ": ", "|\n", ">\n", "#c", "~", "---\n", "...\n", "\u2028", "\x85", "容", "😀",
         "\\u0041", "\\ud83d", "%YAML 1.1\n", "%TAG ! x\n", "\t", "@", "0", "<<: ", "\r\n",
         "\ufeff", '"a": ', "1e3", "null", "true", "\x00", "\x7f"]
    ),
    max_size=30,
).map("".join)  # fmt: skip
raws = st.binary(max_size=60) | fragments.map(str.encode) | texts.map(str.encode)


@attrs.frozen(kw_only=True)
class Anything:
    """A class of which a generated document is seldom an instance."""

    a: int
    b: tuple[str, ...] = ()
    c: Mapping[str, Decimal] = attrs.field(factory=dict)
    d: Text | None = None
    e: Raw | None = None
    level: NormLevel = NormLevel.LAW
    children: "tuple[Anything, ...]" = ()
    location: Location | None = attrs.field(default=None, eq=False)


def expected(value: object) -> object:
    """The JSON value as reading finds it in the text that `json.dumps` writes."""
    if isinstance(value, dict):
        return {key: expected(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [expected(inner) for inner in value]
    if value is None or isinstance(value, str):
        return value
    return Plain(json.dumps(value))


def kinds_of(data: object) -> object:
    """The data with the type of every value."""
    if isinstance(data, dict):
        return {key: kinds_of(value) for key, value in data.items()}
    if isinstance(data, list):
        return [kinds_of(item) for item in data]
    return (type(data), data)


def lies_inside(place: Location, raw: bytes) -> bool:
    """Whether the file has this line, and the line this column or an end just before it."""
    lines = raw.decode("utf-8", errors="replace").removeprefix("\ufeff").split("\n")
    return 1 <= place.line <= len(lines) and 1 <= place.column <= len(lines[place.line - 1]) + 1


def check_problems(problems: tuple[Problem, ...], raw: bytes) -> None:
    """Every problem has a place in the file and words in both languages."""
    assert problems
    for problem in problems:
        assert lies_inside(problem.location, raw)
        for lang in ("zh", "en"):
            assert problem.text(lang)
            assert "\n" not in problem.text(lang)
            assert problem.help(lang)


class TestArbitraryBytes:
    """Whatever the bytes are, they are read or refused with problems inside the file."""

    @given(raws, st.sampled_from(KINDS))
    @example(b"\xef\xbb\xbf\xff", "yaml")
    @example(b"a: [", "yaml")
    @example(b'{"a": ', "json")
    @example(b'"\n', "jsonl")
    def test_read_or_refused(self, raw: bytes, kind: Kind) -> None:
        """Nothing but a `DocumentError` is raised."""
        try:
            documents = read_bytes(raw, "x", kind=kind)
        except DocumentError as error:
            check_problems(error.problems, raw)
        else:
            assert documents
            for document in documents:
                check_places(document, raw)

    @given(fragments)
    def test_parsers_agree(self, text: str) -> None:
        """What both YAML parsers read they read alike; over tabs they differ."""
        if not yaml.__with_libyaml__:
            pytest.skip("there is only one parser")
        found = []
        for loader in (yaml.CSafeLoader, yaml.SafeLoader):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(_yaml, "_LOADER", loader)
                try:
                    found.append(kinds_of(read_yaml(text.encode(), "x").data))
                except DocumentError as error:
                    found.append(error.problems[-1].code)
        fast, strict = found
        assert fast == strict or "yaml-syntax" in found

    @given(raws, st.sampled_from(KINDS))
    def test_structured_or_refused(self, raw: bytes, kind: Kind) -> None:
        """What was read becomes an instance or is refused with problems inside the file."""
        try:
            for document in read_bytes(raw, "x", kind=kind):
                assert isinstance(structure(document, Anything), Anything)
        except DocumentError as error:
            check_problems(error.problems, raw)

    @given(json_values, st.integers(1, 8), st.integers(1, 4))
    def test_limits(self, value: object, nodes: int, depth: int) -> None:
        """A document is refused exactly when it is over a bound."""
        raw = json.dumps(value).encode()
        size, height = measure(value)
        try:
            read_json(raw, "x", limits=Limits(nodes=nodes, depth=depth))
        except DocumentError as error:
            codes = {problem.code for problem in error.problems}
            assert codes <= {"too-many-nodes", "too-deep"} or value is None
            assert size > nodes or height > depth or value is None
        else:
            assert size <= nodes
            assert height <= depth


def measure(value: object) -> tuple[int, int]:
    """The number of values in the value, and how deep it is."""
    inner: list[object] = []
    if isinstance(value, dict | list):
        inner = list(value.values() if isinstance(value, dict) else value)
    sizes = [measure(item) for item in inner]
    level = int(isinstance(value, dict | list))
    return 1 + sum(size for size, _ in sizes), level + max((high for _, high in sizes), default=0)


def check_places(document: Document, raw: bytes) -> None:
    """Every value and every key stands somewhere in the file, under its path."""
    assert len(document.places) == len(list(document.places))
    for path in document.places:
        for place in (document.locate(path), document.locate_key(path)):
            assert lies_inside(place, raw)
            assert place.path == render_path(path)
        assert at(document.data, path) is not KeyError


def at(data: Any, path: DataPath) -> object:  # noqa: ANN401 - any data
    """The value at the path."""
    for step in path:
        data = data[step]
    return data


class TestJson:
    """What `json` writes is read as it was, in JSON and in JSON Lines."""

    @given(
        json_values.filter(lambda value: value is not None), st.booleans(), st.none() | st.just(2)
    )
    def test_round_trip(self, value: object, ascii_only: bool, indent: int | None) -> None:
        """Strings are strings, numbers and words are `Plain` as they were spelled."""
        text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
        document = read_json(text.encode(), "x")
        assert kinds_of(document.data) == kinds_of(expected(value))
        for path in document.places:
            place = document.locate(path)
            line = text.split("\n")[place.line - 1][place.column - 1 :]
            inner = at(value, path)
            assert line.startswith(
                "[" if isinstance(inner, list) else
                "{" if isinstance(inner, dict) else json.dumps(inner, ensure_ascii=ascii_only)
            )  # fmt: skip

    @given(st.lists(json_values.filter(lambda value: value is not None), min_size=1, max_size=4))
    def test_lines(self, values: list[object]) -> None:
        """A file of lines is the documents of its lines, each on its own line."""
        raws = [json.dumps(value).encode() for value in values]
        documents = read_json_lines(b"\n\n".join(raws), "x")
        assert [d.data for d in documents] == [read_json(raw, "x").data for raw in raws]
        assert [d.locate(()).line for d in documents] == [1 + 2 * n for n in range(len(values))]

    @given(st.binary(max_size=60))
    def test_like_the_library(self, raw: bytes) -> None:
        """What is accepted is JSON."""
        try:
            read_json(raw, "x")
        except DocumentError:
            return
        json.loads(raw.decode("utf-8-sig"))


class TestYaml:
    """What `yaml` writes is read as it was."""

    @given(plain_texts)
    def test_round_trip(self, value: object) -> None:
        """Quoted text comes back, however the writer folds or escapes it."""
        text = yaml.safe_dump(value, default_style='"', allow_unicode=True)
        assert read_yaml(text.encode(), "x").data == value

    @given(plain_texts)
    def test_json_is_yaml(self, value: object) -> None:
        """Text that is JSON means the same as YAML, unless YAML lacks the escape."""
        raw = json.dumps(value, ensure_ascii=False).encode()
        assert read_yaml(raw, "x").data == read_json(raw, "x").data


amounts = st.integers(-(10**12), 10**12).map(Money)
days = st.dates()
labels = st.builds(Text, texts, texts)


@attrs.frozen(kw_only=True)
class Record:
    """A class with a field of each type that plain data may hold."""

    id: str
    flag: bool | None
    count: int
    exact: int | Fraction
    share: Decimal
    amount: Money
    day: date | None
    grades: frozenset[Grade]
    labels: tuple[Text, ...]
    table: Mapping[str, Money]
    in_: "Record | None"


records = st.recursive(
    st.none(),
    lambda inner: st.builds(
        Record,
        id=texts,
        flag=st.none() | st.booleans(),
        count=st.integers(),
        exact=st.integers() | st.fractions(),
        share=st.decimals(allow_nan=False, allow_infinity=False, places=3),
        amount=amounts,
        day=st.none() | days,
        grades=st.frozensets(st.sampled_from(Grade)),
        labels=st.lists(labels, max_size=2).map(tuple),
        table=st.dictionaries(texts, amounts, max_size=2),
        in_=inner,
    ),
    max_leaves=3,
)


scalars = (
    texts.map(Plain)
    | texts
    | st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,3})?", fullmatch=True).map(Plain)
    | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True)
    | st.dates().map(date.isoformat).map(Plain)
    | st.sampled_from(["true", "false", "True", "null"]).map(Plain)
    | st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False)
    | st.dates()
    | amounts
    | st.lists(texts, max_size=2)
)


class TestGlances:
    """What a glance sees is what the reader reads."""

    @given(st.data(), scalars)
    def test_like_reading(self, draw: st.DataObject, data: object) -> None:
        """A glance at a value misses it or finds the very value, of the very type."""
        readers, glances = draw.draw(
            st.sampled_from([(DOCUMENT_SCALARS, DOCUMENT_GLANCES), (PLAIN_SCALARS, PLAIN_GLANCES)])
        )
        cls = draw.draw(st.sampled_from(sorted(glances, key=str)))
        found = glances[cls](data)
        if found is not MISSED:
            read = readers[cls](Raw(Document("x", data), (), data))
            assert (type(found), found) == (type(read), read)

    @pytest.mark.parametrize(
        ("cls", "data"),
        [
            (bool, Plain("true")),
            (int, Plain("-120")),
            (str, Plain("a")),
            (Decimal, Plain("5")),
            (date, Plain("2024-02-29")),
        ],
    )
    def test_enough(self, cls: type, data: str) -> None:
        """What most documents hold is seen at a glance."""
        assert DOCUMENT_GLANCES[cls](data) is not MISSED


class TestPlainData:
    """`from_plain` after `unstructure` is the identity, through JSON too."""

    @given(records)
    def test_round_trip(self, record: Record | None) -> None:
        """The object comes back equal, with the same types."""
        plain = unstructure(record)
        assert json.loads(json.dumps(plain)) == plain
        again = from_plain(plain, Record) if record else None
        assert again == record
        assert unstructure(again) == plain
        assert again is None or type(again.exact) is type(record and record.exact)

    @given(
        st.dictionaries(
            texts,
            st.booleans()
            | st.integers()
            | texts
            | amounts
            | days
            | st.decimals(allow_nan=False, allow_infinity=False, places=2)
            | st.frozensets(texts),
            max_size=4,
        ),
        days,
    )
    def test_case(self, facts: dict[str, Any], decided: date) -> None:
        """A case comes back equal, whatever its facts are."""
        case = Case(id="a", region="530103", violation="v", decided=decided, facts=facts)
        assert from_plain(unstructure(case), Case) == case

    @given(json_values)
    def test_wrong_data(self, data: object) -> None:
        """Other data is refused with problems that name the data."""
        with pytest.raises(DocumentError) as caught:
            from_plain(data, Record, name="receipt")
        assert {problem.location.source for problem in caught.value.problems} == {"receipt"}
