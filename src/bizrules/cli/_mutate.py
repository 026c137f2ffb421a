"""`bizrules mutate`: changes of the rules that no golden case notices."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import wraps
from pathlib import Path
from typing import Final

import attrs
import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text as RichText

from bizrules._yaml import read_file
from bizrules.cli._commands import (
    PROBLEMS,
    SETTLED,
    Command,
    Sources,
    engine_options,
    json_option,
    lang_option,
    option,
)
from bizrules.cli._golden import Gathered, gather
from bizrules.cli._inputs import files_in
from bizrules.cli._screen import Screen, is_terminal
from bizrules.engine import CORE, Engine
from bizrules.errors import DocumentError, UnknownNameError
from bizrules.nearness import nearest
from bizrules.provenance import Location, Text
from bizrules.testing import (
    Change,
    Fate,
    Mutant,
    MutantResult,
    MutationRun,
    MutationScore,
    mutants_of,
    sample_of,
)
from bizrules.wording import phrase

_HUNDRED: Final = 100


@attrs.frozen(kw_only=True)
class Wanted:
    """Which changes are tried, as the options say.

    Attributes:
        paths: Files and folders whose rules are changed.
        package: Package whose rules are changed.
        rules: Ids of the rules that are changed; none means all.
        sample: How many changes are tried; None for all.
        seed: Which ones that are.
    """

    paths: tuple[str, ...] = ()
    package: str | None = None
    rules: tuple[str, ...] = ()
    sample: int | None = None
    seed: int = 0

    def rulesets(self, engine: Engine) -> frozenset[str]:
        """Ids of the rulesets in which something may be changed.

        Raises:
            UnknownNameError: If there is no such package; names near it are carried.
        """
        if self.package is None and not self.paths:
            return frozenset(ruleset.id for ruleset in engine.rulesets)
        found = set(_rulesets_in(self.paths))
        if self.package is not None:
            packages = [CORE, *(plugin.name for plugin in engine.plugins)]
            if self.package not in packages:
                raise UnknownNameError("package", self.package, nearest(self.package, packages))
            found |= {one.id for one in engine.rulesets if one.plugin == self.package}
        return frozenset(found)

    def mutants(self, engine: Engine) -> tuple[Mutant, ...]:
        """The changes to try.

        Raises:
            UnknownNameError: If there is no such package or rule; names near it are carried.
        """
        ids = frozenset(engine.rule(name).id for name in self.rules)
        only = self.rulesets(engine)
        found = mutants_of(engine.rulesets, engine.vocabulary, only=only)
        if ids:
            found = tuple(one for one in found if one.rule in ids)
        return found if self.sample is None else sample_of(found, self.sample, self.seed)


def _rulesets_in(paths: Iterable[str]) -> Iterator[str]:
    """Ids of the rulesets that the files hold; what cannot be read is reported elsewhere."""
    for file in dict.fromkeys(file for path in paths for file in files_in(Path(path))):
        try:
            documents = read_file(file)
        except DocumentError:
            continue
        for document in documents:
            data = document.data
            if isinstance(data, dict) and data.get("document") == "ruleset":
                yield str(data.get("id", ""))


def _wanted_options(function: Callable[..., int]) -> Callable[..., int]:
    """The options that say what is changed; the command receives them as `wanted`."""

    @wraps(function)
    def build(
        *args: object,
        paths: tuple[str, ...],
        package: str | None,
        rules: tuple[str, ...],
        sample: int | None,
        seed: int,
        **given: object,
    ) -> int:
        wanted = Wanted(paths=paths, package=package, rules=rules, sample=sample, seed=seed)
        return function(*args, wanted=wanted, **given)

    wrapped = option("--seed", type=int, default=0, metavar="N", text="mutants.option.seed")(build)
    number = click.IntRange(min=1)
    wrapped = option("--sample", type=number, metavar="N", text="mutants.option.sample")(wrapped)
    wrapped = option("--rule", "rules", multiple=True, metavar="RULE", text="mutants.option.rule")(
        wrapped
    )
    wrapped = option("--package", metavar="NAME", text="mutants.option.package")(wrapped)
    return click.argument("paths", metavar="[PATH]...", nargs=-1)(wrapped)


@click.command("mutate", cls=Command, help="mutants.command")
@_wanted_options
@option(
    "--fail-under",
    type=click.FloatRange(0, _HUNDRED),
    metavar="PERCENT",
    text="mutants.option.fail-under",
)
@json_option
@engine_options
@lang_option
@click.pass_obj
def mutate(
    screen: Screen, *, wanted: Wanted, fail_under: float | None, form: str, sources: Sources
) -> int:
    """What golden cases notice of the changes."""
    gathered = gather(wanted.paths, sources.engine())
    mutants = wanted.mutants(gathered.engine)
    run = _run_of(gathered)
    with _counted(len(mutants), screen) as advance:
        results = []
        for result in run.results(mutants):
            results.append(result)
            advance()
    for problems in (*gathered.problems, *(bad.problems for bad in gathered.bad)):
        screen.problems(problems)
    if form == "json":
        screen.data(_data(results, run.failing, gathered.engine, screen.lang))
    else:
        _print(results, run.failing, gathered.engine, screen)
    is_low = _is_low(results, fail_under, screen)
    return PROBLEMS if is_low or not results or gathered.failures else SETTLED


def _is_low(results: Iterable[MutantResult], wanted: float | None, screen: Screen) -> bool:
    """Whether the score is below what is wanted, which is then said."""
    share = MutationScore.of(results).share
    if wanted is None or share is None or share * _HUNDRED >= Fraction(str(wanted)):
        return False
    screen.note(screen.say("mutants.too-low", score=_percent(share), wanted=f"{wanted:g}%"))
    return True


def _run_of(gathered: Gathered) -> MutationRun:
    """Golden cases of the engine and of the paths, each once."""
    own = gathered.engine.knowledge
    cases = {(one.case.id, one.case): one for one in (*own.goldens, *gathered.goldens)}
    matters = {(one.id, one.cases): one for one in (*own.golden_matters, *gathered.matters)}
    return MutationRun(
        engine=gathered.engine, goldens=tuple(cases.values()), matters=tuple(matters.values())
    )


class _Rate(ProgressColumn):
    """How many are tried a second."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen

    def render(self, task: Task) -> RichText:
        """The rate, once there is one."""
        if task.speed is None:
            return RichText("")
        return RichText(self._screen.say("mutants.rate", rate=f"{task.speed:,.0f}"))


@contextmanager
def _counted(total: int, screen: Screen) -> Iterator[Callable[[], None]]:
    """A bar at a terminal, which goes on by one at each call; nothing elsewhere."""
    if not is_terminal(screen.err):
        yield lambda: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(screen),
        TimeRemainingColumn(),
    )
    console = Console(file=screen.err, force_terminal=True)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(screen.say("mutants.progress"), total=total)
        yield lambda: progress.advance(task)


def _percent(share: Fraction | None) -> str:
    return "–" if share is None else f"{float(share * _HUNDRED):.1f}%"


@attrs.frozen
class _Home:
    """The place of some changes: a rule, or what stands for several rules of a ruleset.

    Attributes:
        ruleset: Id of the ruleset.
        rule: Id of the rule; None for what stands for several.
        definition: Name of the definition; None for what is none.
    """

    ruleset: str
    rule: str | None
    definition: str | None

    @classmethod
    def of(cls, result: MutantResult) -> "_Home":
        """The place of a change."""
        mutant = result.mutant
        return cls(mutant.ruleset, mutant.rule, mutant.definition)

    @property
    def id(self) -> str:
        """What it is called in documents."""
        return self.rule or self.definition or self.ruleset

    def title(self, engine: Engine) -> Text:
        """What it is called by people."""
        if self.rule is not None:
            return engine.rule(self.rule).title
        ruleset = next(one for one in engine.rulesets if one.id == self.ruleset)
        return phrase("mutants.shared", title=ruleset.title)


def _by_home(results: Iterable[MutantResult]) -> Mapping[_Home, list[MutantResult]]:
    found: dict[_Home, list[MutantResult]] = {}
    for result in results:
        found.setdefault(_Home.of(result), []).append(result)
    return found


def _by_change(results: Iterable[MutantResult]) -> Mapping[Change, MutationScore]:
    listed = list(results)
    found = {
        change: MutationScore.of(one for one in listed if one.mutant.change is change)
        for change in Change
    }
    return {change: score for change, score in found.items() if score.tried}


def _print(
    results: Sequence[MutantResult], failing: Sequence[str], engine: Engine, screen: Screen
) -> None:
    if failing:
        screen.note(screen.say("mutants.failing", cases=", ".join(failing)))
    if not results:
        screen.note(screen.say("mutants.none"))
        return
    for home, own in _by_home(results).items():
        survivors = [one.mutant for one in own if one.fate is Fate.SURVIVED]
        if survivors:
            _print_home(home, MutationScore.of(own), engine, screen)
            for mutant in survivors:
                _print_survivor(mutant, screen)
    screen.write(screen.say("mutants.by-change"))
    heads = ("change", "tried", "noticed", "survived", "equivalent")
    screen.table(
        [screen.say(f"mutants.head.{head}") for head in heads],
        [
            (
                screen.say(f"mutants.change.{change.value}"),
                *(score.tried, score.noticed, score.survived, score.equivalent),
            )
            for change, score in _by_change(results).items()
        ],
    )
    score = MutationScore.of(results)
    screen.write(screen.say("mutants.score", score=_percent(score.share), **_counts(score)))


def _counts(score: MutationScore) -> Mapping[str, int]:
    return {
        "counted": score.counted,
        "noticed": score.noticed,
        "survived": score.survived,
        "equivalent": score.equivalent,
    }


def _print_home(home: _Home, score: MutationScore, engine: Engine, screen: Screen) -> None:
    key = "mutants.home-equivalent" if score.equivalent else "mutants.home"
    title = home.title(engine).in_(screen.lang)
    screen.write(screen.say(key, title=title, id=home.id, **_counts(score)))


def _print_survivor(mutant: Mutant, screen: Screen) -> None:
    """Where and what; the points of the rule before and after where that says more."""
    lang = screen.lang
    said = mutant.text.in_(lang)
    place = "" if mutant.location is None else f"{mutant.location}: "
    screen.write(f"  {place}{said}")
    for key, text in (("before", mutant.before), ("after", mutant.after)):
        if mutant.is_part:
            screen.write("      " + screen.say(f"mutants.{key}", text=text.in_(lang)))


def _data(
    results: Sequence[MutantResult], failing: Sequence[str], engine: Engine, lang: str
) -> Mapping[str, object]:
    return {
        **_score_data(MutationScore.of(results)),
        "changes": {
            change.value: _score_data(score) for change, score in _by_change(results).items()
        },
        "places": [
            {
                "ruleset": home.ruleset,
                "rule": home.rule,
                "definition": home.definition,
                "title": home.title(engine).in_(lang),
                **_score_data(MutationScore.of(own)),
                "survivors": [
                    _survivor_data(one.mutant, lang) for one in own if one.fate is Fate.SURVIVED
                ],
            }
            for home, own in _by_home(results).items()
        ],
        "failing": list(failing),
    }


def _score_data(score: MutationScore) -> Mapping[str, object]:
    share = score.share
    percent = None if share is None else round(float(share * _HUNDRED), 1)
    return {"score": percent, "tried": score.tried, **_counts(score)}


def _survivor_data(mutant: Mutant, lang: str) -> Mapping[str, object]:
    place = mutant.location or Location("")
    return {
        "change": mutant.change.value,
        "text": mutant.text.in_(lang),
        "before": mutant.before.in_(lang),
        "after": mutant.after.in_(lang),
        "source": place.source or None,
        "line": place.line or None,
        "column": place.column or None,
        "path": place.path,
    }
