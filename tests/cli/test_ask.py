"""`bizrules ask`: question by question."""

import io
import json
from pathlib import Path

import attrs
import pytest

from bizrules._structure import Raw
from bizrules._tree import Document
from bizrules._yaml import read_file
from bizrules.cases import Case
from bizrules.cli import main
from bizrules.cli._answers import Reply, take
from bizrules.cli._ask import _details
from bizrules.cli._screen import Screen
from bizrules.cli._yaml_writer import check_writable, write_case
from bizrules.engine import Engine
from bizrules.errors import CaseError, DocumentError, Problem
from bizrules.facts import Kind
from bizrules.loading import case_to_plain, load_cases
from bizrules.outcomes import Outcome, Question
from bizrules.provenance import Location, Text
from cli.running import BAD, CONTESTED, OPEN, Call, case, case_file, small_knowledge

CASE = {"id": "c", "region": "530103", "violation": "stall.street"}


@pytest.fixture
def open_case(tmp_path: Path) -> Path:
    """A case that waits for `minor` and `obstructed`."""
    path = tmp_path / "open.yaml"
    path.write_text(case_file(OPEN), encoding="utf-8")
    return path


@pytest.fixture
def bare_case(tmp_path: Path) -> Path:
    """A case of which nothing is known."""
    path = tmp_path / "bare.yaml"
    path.write_text(case_file(case("bare")), encoding="utf-8")
    return path


def test_asks_until_settled(call: Call, open_case: Path) -> None:
    """The conversation ends when no answer can change the outcome."""
    result = call("ask", open_case, "--lang", "en", stdin="y\n")
    assert result.status == 0
    assert "Question 1:" in result.out
    assert "Question 2:" not in result.out
    assert "1. yes  (true)" in result.out
    assert "minor> y" in result.out


def test_asks_until_contested(call: Call, open_case: Path) -> None:
    """Once lenient and heavier circumstances have met, the rest is for the authority."""
    result = call("ask", open_case, stdin="否\n有\n")
    assert result.status == 3
    assert "从宽情节与从重情节并存" in result.out


def test_contested_case_is_not_asked(call: Call, tmp_path: Path) -> None:
    """A case that is contested from the start gets no question."""
    path = tmp_path / "c.yaml"
    path.write_text(case_file(CONTESTED), encoding="utf-8")
    assert "Question" not in call("ask", path, "--lang", "en").out


def test_skipping_leaves_the_case_open(call: Call, open_case: Path) -> None:
    """`?` and an empty line mean that nobody knows; nothing is asked twice."""
    result = call("ask", open_case, "--lang", "en", stdin="?\n\n")
    assert result.status == 3
    assert "Question 2:" in result.out
    assert "Question 3:" not in result.out


@pytest.mark.parametrize("stdin", ["q\n", "退出\n", ""])
def test_stopping(call: Call, open_case: Path, stdin: str) -> None:
    """`q` or the end of the input ends the conversation, and the outcome so far is shown."""
    result = call("ask", open_case, "--lang", "en", stdin=stdin)
    assert result.status == 3
    assert "Question 2:" not in result.out
    assert "small.district/first" in result.out


@pytest.mark.parametrize("word", ["clear", "CLEAR", "none", "均无"])
def test_clear_examines_the_group(call: Call, open_case: Path, tmp_path: Path, word: str) -> None:
    """`clear` says that the whole group was examined and nothing found; `none` still does."""
    saved = tmp_path / "saved.yaml"
    result = call("ask", open_case, "--save", saved, "--lang", "en", stdin=f"no\n{word}\n")
    assert result.status == 0
    assert "examined: [aggravation]" in saved.read_text(encoding="utf-8")
    assert f"The case was written to {saved}" in result.out
    assert "`clear` if nothing of this group was found" in result.out


def asked_of_a_group(kind: Kind, *choices: tuple[str, str]) -> Question:
    """A question for a fact of the group `aggravation`."""
    return Question(
        fact="harm",
        kind=kind,
        label=Text("后果", "harm"),
        ask=Text("后果", "harm"),
        choices=tuple((code, Text(label, code)) for code, label in choices),
        group="aggravation",
    )


@pytest.mark.parametrize(
    ("word", "clears"),
    [("clear", True), ("均无", True), ("none", False), ("无", True), ("没有", False)],
)
def test_choice_none_is_not_the_group(word: str, clears: bool) -> None:
    """Where a choice has the code `none`, `none` is that choice, and `clear` is the group."""
    question = asked_of_a_group(Kind.LEVEL, ("none", "没有"), ("slight", "轻微"))
    assert _clears_group(word, question) is clears
    lines = list(_details(question, Screen("en")))
    assert "`none` is the choice above and says nothing of other circumstances" in lines


def test_absent_in_chinese() -> None:
    """`无` is the group unless a choice is called so, or the question is for yes or no."""
    assert _clears_group("无", asked_of_a_group(Kind.CHOICE, ("a", "甲")))
    assert not _clears_group("无", asked_of_a_group(Kind.CHOICE, ("a", "无")))
    assert not _clears_group("无", asked_of_a_group(Kind.BOOLEAN))


def _clears_group(word: str, question: Question) -> bool:
    engine = Engine(knowledge=small_knowledge())
    raw = Raw(Document("answers", word), (), word)
    case_ = load_cases(Document("c", {"format": "1", "cases": [CASE]}), engine.knowledge)[0]
    reply = take(raw, question, case_, engine)
    return isinstance(reply, Reply) and reply.case is not None and bool(reply.case.examined)


@pytest.mark.parametrize("target", ["missing/saved.yaml", "."])
def test_unwritable_target_is_refused_first(
    call: Call, open_case: Path, tmp_path: Path, target: str
) -> None:
    """Nobody answers questions whose answers cannot be saved."""
    result = call("ask", open_case, "--save", tmp_path / target, stdin="y\n")
    assert result.status == 1
    assert "[file-unwritable]" in result.err
    assert result.out == ""


def test_target_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder or file that may not be written is refused, and nothing is left behind."""
    target = tmp_path / "saved.yaml"
    check_writable(target)
    assert not target.exists()
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(DocumentError) as caught:
        check_writable(target)
    assert caught.value.problems[0].code == "file-unwritable"


@pytest.mark.parametrize("save", [True, False])
def test_answers_outlive_the_reader(
    call: Call, open_case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, save: bool
) -> None:
    """What was answered is saved although nobody reads the questions any more."""
    monkeypatch.setattr("bizrules.cli._application._let_go", lambda: None)
    asked = []

    def ask(_screen: Screen, prompt: str) -> None:
        asked.append(prompt)
        if len(asked) > 1:
            raise BrokenPipeError

    monkeypatch.setattr(Screen, "ask", ask)
    saved = tmp_path / "saved.yaml"
    options = ("--save", saved) if save else ()
    assert call("ask", open_case, *options, stdin="no\nno\n").status == 141
    assert saved.exists() is save
    assert not save or "minor: false" in saved.read_text(encoding="utf-8")


def test_none_without_a_group_is_refused(call: Call, open_case: Path) -> None:
    """A fact of no group cannot be answered with `none`, and is asked again."""
    result = call("ask", open_case, "--lang", "en", stdin="none\ny\n")
    assert "answer 1: error [no-group] `minor` belongs to no group of circumstances" in result.err
    assert result.status == 0


def test_invalid_answer_is_asked_again(call: Call, bare_case: Path) -> None:
    """A wrong answer gets its problem with its place, then the same question waits."""
    result = call("ask", bare_case, "--lang", "en", stdin="perhaps\nq\n")
    assert "answer 1: error [not-in-choices]" in result.err
    assert [line for line in result.lines if "> " in line] == ["harm> perhaps", "harm> q"]
    assert result.status == 3


def answers(path: Path, text: str) -> Path:
    """A file with answers."""
    file = path / "answers.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_answers_of_a_file(call: Call, bare_case: Path, tmp_path: Path) -> None:
    """A mapping of facts to values answers what is asked; what it leaves out stays unknown."""
    text = "harm: none\nminor: true\nremark: nobody asks\nexits: [north]\n"
    result = call("ask", bare_case, "--answers", answers(tmp_path, text), "--lang", "en")
    assert result.status == 0
    assert "harm> none" in result.out


def test_answers_of_the_standard_input(call: Call, open_case: Path) -> None:
    """The mapping may come from the standard input too."""
    assert call("ask", open_case, "--answers", "-", stdin="minor: true\n").status == 0


def test_standard_input_needs_answers(call: Call, tmp_path: Path) -> None:
    """A case from the standard input can be answered from a file only."""
    given = case_file(OPEN)
    file = answers(tmp_path, "minor: true")
    assert call("ask", "-", "--answers", file, stdin=given).status == 0
    result = call("ask", "-", "--lang", "en", stdin=given)
    assert result.status == 2
    assert "give the answers with --answers" in result.err


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("minor: perhaps", "not-a-boolean"),
        ("mimor: true", "unknown-fact"),
        ("[minor]", "wrong-shape"),
        ("minor", "wrong-shape"),
        ("{", "yaml-syntax"),
    ],
)
def test_wrong_answers_of_a_file(
    call: Call, open_case: Path, tmp_path: Path, text: str, code: str
) -> None:
    """A script cannot answer again: its fault is a problem of the input, with its place."""
    file = answers(tmp_path, text)
    result = call("ask", open_case, "--answers", file, "--lang", "en")
    assert result.status == 1
    assert f"{file}:1:" in result.err
    assert f"[{code}]" in result.err


def test_several_cases_need_a_choice(call: Call, tmp_path: Path) -> None:
    """One case is asked about at a time."""
    path = tmp_path / "two.yaml"
    path.write_text(case_file(OPEN, CONTESTED), encoding="utf-8")
    result = call("ask", path, "--lang", "en")
    assert result.status == 2
    assert "the file holds 2 cases (open, contested, …)" in result.err
    assert call("ask", path, "--case", "open", stdin="y\n").status == 0


def test_bad_case_is_not_asked_about(call: Call, tmp_path: Path) -> None:
    """Problems of the case come first."""
    path = tmp_path / "bad.yaml"
    path.write_text(case_file(BAD), encoding="utf-8")
    result = call("ask", path, "--lang", "en")
    assert result.status == 1
    assert "[unknown-fact]" in result.err
    assert not result.out


EVERY_KIND = """
format: 1
document: ruleset
id: more.kinds
version: "1"
title: {zh: 各类, en: kinds}
region: national
instrument: {name: 行政处罚法, level: law, kind: statute}
first_violation: {search: {months: 24}}
rules:
  - id: "1"
    title: {zh: 全部, en: everything}
    ground: minor
    permits: [exempt]
    modality: shall
    violations: [stall.noise]
    when:
      - channel: online
      - exits: {contains: [north]}
      - ordered_on: {before: 2022-03-01}
      - remark: "12"
      - stall_area: {at_most: 5}
      - prior_count: 0
      - harm: none
    cite: [{law: 行政处罚法, article: 33}]
"""


def test_answers_of_every_kind(call: Call, tmp_path: Path) -> None:
    """Numbers and labels of choices, lists, dates, units and text are taken and saved."""
    rules = tmp_path / "kinds.yaml"
    rules.write_text(EVERY_KIND, encoding="utf-8")
    path = tmp_path / "noise.yaml"
    path.write_text(case_file(case("noise", violation="stall.noise")), encoding="utf-8")
    given = {
        "channel": "网络",
        "exits": "2，north",
        "ordered_on": "2022-02-28",
        "remark": "12",
        "stall_area": "4.5 m2",
        "prior_count": "0",
        "harm": "none",
        "obstructed": "否",
    }
    saved = tmp_path / "saved.json"
    questions = iter(range(20))
    lines: list[str] = []
    # The order is that of the engine: find it by asking, one answer more each time.
    for _ in questions:
        result = call("ask", path, "--rulesets", rules, stdin="\n".join([*lines, "q"]))
        prompts = [line.partition("> ")[0] for line in result.lines if "> " in line]
        if len(prompts) == len(lines):
            break
        lines.append(given[prompts[-1]])
    result = call("ask", path, "--rulesets", rules, "--save", saved, stdin="\n".join(lines))
    assert result.status == 0
    assert not result.err
    facts = json.loads(saved.read_text(encoding="utf-8"))["cases"][0]["facts"]
    assert facts == {
        "channel": "online",
        "exits": ["north", "south"],
        "harm": "none",
        "ordered_on": "2022-02-28",
        "prior_count": 0,
        "remark": "12",
        "stall_area": "4.5",
    }


def test_numbers_of_choices(call: Call, bare_case: Path, tmp_path: Path) -> None:
    """A choice may be given by its number; one that is not there is refused."""
    saved = tmp_path / "saved.yaml"
    call("ask", bare_case, "--save", saved, stdin="?\n?\n?\n?\n?\n?\n?\n")
    prompts = call("ask", bare_case, stdin="?\n" * 9).lines
    asked = [line.partition("> ")[0] for line in prompts if "> " in line]
    before = "?\n" * asked.index("harm")
    result = call("ask", bare_case, "--save", saved, stdin=f"{before}9\n2\nq\n")
    assert "[not-in-choices]" in result.err
    assert "harm: slight" in saved.read_text(encoding="utf-8")


def test_saved_case_reads_back(call: Call, tmp_path: Path) -> None:
    """What was saved is the case that was asked about, in YAML and in JSON."""
    more = (
        "discovered: 2022-03\nparty: {kind: individual, age: 30}\n"
        "facts: {goods_value: 66.5, exits: [], remark: 'yes: no', obstructed: false}\n"
        "priors:\n  searched_since: 2020-01-01\n"
        "  found: [{decided: 2021-01-01, result: warned}, {region: '530102'}]\n"
        "measures: [seizure]"
    )
    path = tmp_path / "case.yaml"
    path.write_text(case_file(case("2022-0417", more=more)), encoding="utf-8")
    knowledge = small_knowledge()
    (original,) = load_cases(read_file(path)[0], knowledge)
    for name in ("saved.yaml", "saved.json"):
        call("ask", path, "--save", tmp_path / name, stdin="q\n")
        (again,) = load_cases(read_file(tmp_path / name)[0], knowledge)
        assert again == original
    text = (tmp_path / "saved.yaml").read_text(encoding="utf-8")
    assert 'remark: "yes: no"' in text
    assert "goods_value: 66.5" in text
    assert '  - id: "2022-0417"' in text


def test_saving_may_fail(tmp_path: Path) -> None:
    """A file that cannot be written is a problem with its place."""
    with pytest.raises(DocumentError) as caught:
        write_case(tmp_path / "none" / "saved.yaml", {"id": "c"})
    assert caught.value.problems[0].code == "file-unwritable"


ENDING = """
format: 1
document: ruleset
id: more.ending
version: "1"
title: {zh: 将失效, en: ending}
region: national
instrument: {name: 行政处罚法, level: law, kind: statute}
in_force: {from: 2022-01-01, until: 2022-06-01}
rules:
  - id: "1"
    title: {zh: 已改正的, en: corrected}
    ground: special
    permits: [exempt]
    modality: shall
    violations: [stall.street]
    when: [corrected]
    cite: [{law: 行政处罚法, article: 33}]
"""

UNDATED = """
format: 1
cases:
  - id: undated
    region: "530103"
    violation: stall.street
    discovered: 2022-03-01
    facts: {harm: serious, minor: false, obstructed: false, corrected: true}
"""


def test_dates_are_asked_for(call: Call, tmp_path: Path) -> None:
    """A date that decides which rules are in force is asked for, and must fit the others."""
    rules, path, saved = (tmp_path / name for name in ("rules.yaml", "case.yaml", "saved.yaml"))
    rules.write_text(ENDING, encoding="utf-8")
    path.write_text(UNDATED, encoding="utf-8")
    stdin = "soon\n2023\n2021\n2020\n2022-04\n"
    result = call("ask", path, "--rulesets", rules, "--save", saved, "--lang", "en", stdin=stdin)
    assert "[not-a-date]" in result.err
    assert "[dates-out-of-order]" in result.err
    assert "2022-04" in saved.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["committed", "decided"])
def test_both_dates_of_a_case_can_be_answered(name: str) -> None:
    """The day of the act and that of the decision belong to the case, not to its facts."""
    engine = Engine(knowledge=small_knowledge())
    question = Question(
        fact=name, kind=Kind.DATE, ask=Text(zh="何时", en="when"), label=Text(zh="日", en="day")
    )
    raw = Raw(Document("answer", "2022-04"), (), "2022-04")
    given = Case(id="c", region="530103", violation="stall.street")
    reply = take(raw, question, given, engine)
    assert isinstance(reply, Reply)
    assert reply.case is not None
    assert case_to_plain(reply.case)[name] == "2022-04"


def test_asks_on_for_the_fine(call: Call, tmp_path: Path) -> None:
    """With `--all` a settled case is still asked for what decides its fine."""
    path = tmp_path / "fine.yaml"
    more = "facts: {harm: serious, minor: false, obstructed: false, corrected: false}"
    path.write_text(case_file(case(more=more)), encoding="utf-8")
    assert "goods_value> " not in call("ask", path).out
    result = call("ask", path, "--all", "--lang", "en", stdin="20000\n")
    assert "goods_value> 20000" in result.out
    assert "unit: yuan" in result.out.lower()


def test_contradiction_is_refused(
    call: Call, open_case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that contradicts the rest of the case is a problem of the answer."""
    evaluate = Engine.evaluate

    def contradict(engine: Engine, given: Case) -> Outcome:
        outcome = evaluate(engine, given)
        if given.facts.get("minor") is not True:
            return outcome
        place = Location(f"case {given.id}", path="$.facts.minor")
        details = {"fact": "minor", "stated": "是", "derived": "否", "reads": "harm"}
        return attrs.evolve(outcome, problems=(Problem("contradiction", place, details),))

    monkeypatch.setattr(Engine, "evaluate", contradict)
    result = call("ask", open_case, "--lang", "en", stdin="y\nn\nn\n")
    assert "error [contradiction] `minor`" in result.err
    assert result.status == 0


def test_answer_that_the_engine_refuses(
    call: Call, open_case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Problems of the evaluation are problems of the answer too."""
    evaluate = Engine.evaluate

    def refuse(engine: Engine, given: Case) -> Outcome:
        if "minor" in given.facts:
            raise CaseError([Problem("unknown-region", Location("case"), {"found": "x"})])
        return evaluate(engine, given)

    monkeypatch.setattr(Engine, "evaluate", refuse)
    assert "[unknown-region]" in call("ask", open_case, "--lang", "en", stdin="y\nq\n").err


def test_contradiction_of_the_case_itself(call: Call, tmp_path: Path) -> None:
    """What was contradictory before any question stays a problem of the input."""
    rules, path = tmp_path / "rules.yaml", tmp_path / "case.yaml"
    rules.write_text(EVERY_KIND, encoding="utf-8")
    more = "facts: {prior_count: 2}\npriors: {searched_since: 1990-01-01, found: []}"
    path.write_text(case_file(case(violation="stall.noise", more=more)), encoding="utf-8")
    result = call("ask", path, "--rulesets", rules, "--lang", "en", stdin="q\n")
    assert "`prior_count` is stated as" in result.out
    assert result.status == 1


def test_question_that_nobody_is_named_for() -> None:
    """A question tells only what it has to tell."""
    label = Text(zh="日", en="day")
    question = Question(fact="f", kind=Kind.DATE, ask=label, label=label, changes=("fine",))
    assert list(_details(question, Screen("en"))) == [
        Screen("en").say("question.changes", what="the fine"),
        "`?` if it is not known, `q` to stop",
    ]


@pytest.mark.parametrize(
    ("data", "exits"), [(["north"], {"north"}), ([], set()), ("north; 南口", {"north", "south"})]
)
def test_sets_are_lists_or_words(data: object, exits: set[str]) -> None:
    """A script gives a list, a person words with any mark between them."""
    engine = Engine(knowledge=small_knowledge())
    label = Text(zh="出口", en="exits")
    choices = (("north", label), ("south", label))
    question = Question(fact="exits", kind=Kind.SET, ask=label, label=label, choices=choices)
    given = Case(id="c", region="530103", violation="stall.street")
    reply = take(Raw(Document("answers", data), (), data), question, given, engine)
    assert isinstance(reply, Reply)
    assert reply.case is not None
    assert reply.case.facts["exits"] == frozenset(exits)


def test_typing_is_not_repeated(
    open_case: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    small: None,  # noqa: ARG001 - for what it does
) -> None:
    """At a terminal the answer is on the screen already."""

    class Keyboard(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Keyboard("y\n"))
    assert main(["ask", str(open_case)]) == 0
    out = capsys.readouterr().out
    assert "minor> y" not in out
    assert "minor> " in out
