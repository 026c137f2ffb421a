"""`bizrules ask`: the open questions of a case, one at a time."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import attrs
import click

from bizrules._structure import Raw
from bizrules._tree import Document
from bizrules._yaml import Kind
from bizrules.cases import Case
from bizrules.cli._answers import NONE, SKIP, Reply, take
from bizrules.cli._commands import (
    OPEN,
    PROBLEMS,
    SETTLED,
    Command,
    Sources,
    bundle_options,
    engine_options,
    lang_option,
    option,
)
from bizrules.cli._evaluate import input_options
from bizrules.cli._inputs import STDIN, pick, read_entries, read_source
from bizrules.cli._screen import Screen
from bizrules.cli._words import coded
from bizrules.cli._yaml_writer import check_writable, write_case
from bizrules.engine import Engine
from bizrules.errors import CaseError, Problem
from bizrules.explanation import explain
from bizrules.facts import Kind as FactKind
from bizrules.loading import case_to_plain
from bizrules.nearness import near_names
from bizrules.outcomes import Outcome, Question
from bizrules.wording import join, say_unit

Source: TypeAlias = Callable[[Question], Raw | None]
"""Gives the answer to a question; None ends the conversation."""


@attrs.define(eq=False)
class Conversation:
    """Asks until nothing is open any more.

    Attributes:
        engine: Evaluates the case.
        screen: Where questions and problems are written.
        source: Gives the answers.
        again: Whether a refused answer can be given again.
        every: Whether to ask on for what bears on the fine only, or once sides have met.
        asked: Facts asked for so far.
        known: The case as far as it is known; None before the conversation.
    """

    engine: Engine
    screen: Screen
    source: Source
    again: bool = True
    every: bool = False
    asked: set[str] = attrs.field(factory=set)
    known: Case | None = None

    def run(self, case: Case) -> tuple[Case, Outcome]:
        """Ask, and return the case as far as it is now known, with its outcome.

        Raises:
            CaseError: If the case itself has problems, or an answer that cannot be given again.
        """
        outcome = self.engine.evaluate(case)
        self.known = case
        number = 0
        while (question := self._next(outcome)) is not None:
            number += 1
            self._put(question, number)
            reply = self._reply(question, case)
            if reply is None:
                break
            # Nothing is asked twice, whatever the answer leads to.
            self.asked.add(question.fact)
            if reply.case is not None:
                case = self.known = reply.case
                outcome = self.engine.evaluate(case)
        return case, outcome

    def _next(self, outcome: Outcome) -> Question | None:
        if not self.every and (outcome.settled or outcome.contested):
            return None
        return next((q for q in outcome.questions if q.fact not in self.asked), None)

    def _reply(self, question: Question, case: Case) -> Reply | None:
        """A reply that fits; None if the conversation ends."""
        while True:
            raw = self.source(question)
            if raw is None:
                return None
            reply = take(raw, question, case, self.engine)
            if isinstance(reply, Reply):
                return None if reply.ends else reply
            if not self.again:
                raise CaseError(reply.problems)
            self.screen.out.flush()
            self.screen.problems(reply.problems)

    def _put(self, question: Question, number: int) -> None:
        screen, lang = self.screen, self.screen.lang
        screen.write("\n" + screen.say("cli.ask.number", number=number, text=question.text(lang)))
        for at, (code, label) in enumerate(choices_of(question, screen), start=1):
            screen.write(f"  {at}. {label}  ({code})")
        for line in _details(question, screen):
            screen.write(f"  {line}")


def _details(question: Question, screen: Screen) -> Iterator[str]:
    """Unit, evidence, who can answer, what hangs on it, and the answers that always fit."""
    lang = screen.lang
    if question.unit is not None:
        unit = say_unit(question.unit, question.label, lang)
        yield screen.say("question.unit", unit=unit)
    if question.evidence is not None:
        yield screen.say("question.evidence", evidence=question.evidence.in_(lang))
    if question.answered_by:
        who = join((coded("who", who, lang) for who in question.answered_by), lang, "or")
        yield screen.say("question.by", who=who)
    if question.judgement:
        yield screen.say("question.judgement")
    changes = join((coded("change", what, lang) for what in question.changes), lang)
    yield screen.say("question.changes", what=changes)
    if any(code == NONE for code, _ in question.choices):
        yield screen.say("cli.ask.none-is-choice")
    yield screen.say("cli.ask.keys-group" if question.group else "cli.ask.keys")


def choices_of(question: Question, screen: Screen) -> tuple[tuple[str, str], ...]:
    """The answers to choose from: code and label."""
    if question.kind is FactKind.BOOLEAN:
        return tuple((code, screen.say(f"value.{code}")) for code in ("true", "false"))
    return tuple((code, label.in_(screen.lang)) for code, label in question.choices)


def from_lines(screen: Screen) -> Source:
    """Answers from the lines of the standard input, typed or piped."""
    number = 0

    def answer(question: Question) -> Raw | None:
        nonlocal number
        screen.ask(f"{question.fact}> ")
        line = sys.stdin.readline()
        if not line:
            screen.write()
            return None
        if not sys.stdin.isatty():
            # The transcript shows what a person would have typed.
            screen.write(line.strip())
        number += 1
        document = Document(f"{screen.say('cli.ask.answer')} {number}", line.strip())
        return Raw(document, (), line.strip())

    return answer


def from_document(document: Document, screen: Screen) -> Source:
    """Answers from a document that maps facts to values; what it leaves out stays unknown."""
    data = document.data if isinstance(document.data, dict) else {}

    def answer(question: Question) -> Raw | None:
        given = data.get(question.fact, SKIP)
        screen.write(f"{question.fact}> {given}")
        return Raw(document, (question.fact,), given)

    return answer


def read_answers(file: str, engine: Engine, screen: Screen) -> Source:
    """The answers of a file.

    Raises:
        DocumentError: If the file cannot be read.
        CaseError: If it is no mapping, or names facts that nobody declared.
    """
    document = read_source(file)[0]
    if not isinstance(document.data, dict):
        details = {"expected_phrase": "shape.mapping", "found_phrase": "shape.sequence"}
        raise CaseError([Problem("wrong-shape", document.locate(()), details)])
    known = {*engine.vocabulary.facts, "committed", "decided"}
    problems = [
        Problem(
            "unknown-fact",
            document.locate_key((name,)),
            {"fact": name, "near_names": near_names(name, known)},
        )
        for name in document.data
        if name not in known
    ]
    if problems:
        raise CaseError(problems)
    return from_document(document, screen)


@click.command("ask", cls=Command, help="cli.ask")
@click.argument("file", metavar="FILE")
@option("--answers", metavar="FILE", text="cli.option.answers")
@option("--save", metavar="FILE", text="cli.option.save")
@option("--all", "every", is_flag=True, text="cli.option.ask-all")
@input_options
@engine_options
@bundle_options
@lang_option
@click.pass_context
def ask(  # noqa: PLR0913 - one argument an option
    context: click.Context,
    *,
    file: str,
    answers: str | None,
    save: str | None,
    every: bool,
    kind: Kind,
    wanted: tuple[str, ...],
    sources: Sources,
) -> int:
    """Questions and answers about one case."""
    screen: Screen = context.obj
    if file == STDIN and answers is None:
        context.fail(screen.say("cli.ask.stdin-taken"))
    if save is not None:
        # Before the first question: nobody should answer them all for nothing.
        check_writable(Path(save))
    engine = sources.engine()
    case = _one_case(context, file, engine, kind, wanted)
    source = read_answers(answers, engine, screen) if answers else from_lines(screen)
    talk = Conversation(engine, screen, source, again=answers is None, every=every)
    try:
        known, outcome = talk.run(case)
    except BrokenPipeError:
        if save is not None and talk.known is not None:
            write_case(Path(save), case_to_plain(talk.known))
        raise
    if save is not None:
        write_case(Path(save), case_to_plain(known))
    screen.write(f"\n{explain(outcome, lang=screen.lang, form='text').rstrip()}")
    if save is not None:
        screen.write("\n" + screen.say("cli.ask.saved", file=save))
    if any(not problem.is_warning for problem in outcome.problems):
        return PROBLEMS
    return SETTLED if outcome.settled and not outcome.contested else OPEN


def _one_case(
    context: click.Context, file: str, engine: Engine, kind: Kind, wanted: tuple[str, ...]
) -> Case:
    """The only case of the file, or the one wanted.

    Raises:
        CaseError: If it has problems.
        UnknownNameError: If there is none of that id.
    """
    entries = list(pick(read_entries([file], engine.knowledge, kind=kind), wanted))
    if wanted:
        # Lines that cannot be read have no id, and are not the one wanted.
        entries = [entry for entry in entries if entry.id is not None] or entries
    if len(entries) > 1:
        screen: Screen = context.obj
        names = ", ".join(str(entry.id) for entry in entries[:5])
        context.fail(screen.say("cli.ask.several", count=len(entries), names=names))
    entry = entries[0]
    if entry.case is None:
        raise CaseError(entry.problems)
    return entry.case
