"""What golden cases show of rules, on the screen and as files."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Final

import click

from bizrules.cli._screen import Screen
from bizrules.cli._yaml_writer import check_writable, write_text
from bizrules.errors import DocumentError, Problem
from bizrules.provenance import Location
from bizrules.testing._proof import (
    PARTS,
    Proof,
    Shown,
    Suggestions,
    count,
    subject_title,
    suggestion_text,
)

STDOUT: Final = "-"
_HUNDRED: Final = 100


def percentage(context: click.Context, param: click.Parameter, given: str | None) -> Decimal | None:
    """The percentage of an option.

    Raises:
        BadParameter: If it is none.
    """
    if given is None:
        return None
    try:
        found = Decimal(given)
    except InvalidOperation:
        found = Decimal(-1)
    if not (found.is_finite() and 0 <= found <= _HUNDRED):
        screen = context.find_root().obj
        message = screen.say("proof.not-percent", found=given)
        raise click.BadParameter(message, context, param)
    return found


def is_enough(proof: Proof, wanted: Decimal | None) -> bool:
    """Whether the share that is shown is not below the percentage."""
    return wanted is None or proof.count().share * _HUNDRED >= Fraction(wanted)


def refuse_existing(target: str) -> None:
    """Refuse a file that is there already, or that cannot be written.

    Raises:
        DocumentError: In both cases.
    """
    path = Path(target)
    if path.exists():
        raise DocumentError([Problem("file-exists", Location(str(path)))])
    check_writable(path)


def print_proof(proof: Proof, screen: Screen) -> None:
    """Counts, the rulesets of which something is missing, and what is missing rule by rule."""
    heads = ("part", "shown", "total", "percent")
    rows = [
        (screen.say(f"proof.part.{part or 'all'}"), found.shown, found.total, found.percent)
        for part in (*PARTS, None)
        for found in (proof.count(part),)
    ]
    screen.table([screen.say(f"proof.head.{head}") for head in heads], rows)
    if not proof.missing:
        screen.write(screen.say("proof.nothing-missing"))
        return
    screen.write()
    _print_rulesets(proof, screen)
    screen.write()
    screen.write(screen.say("proof.missing", count=len(proof.missing)))
    for name, points in proof.by_subject.items():
        missing = [one for one in points if one.is_missing]
        if missing:
            screen.write(f"  {subject_title(name, proof, screen.lang)} ({name})")
            for one in missing:
                screen.write(f"    {one.point.text.in_(screen.lang)}")


def _print_rulesets(proof: Proof, screen: Screen) -> None:
    """The rulesets of which something is missing, with what is shown of how much."""
    rows = []
    for ruleset, points in proof.by_ruleset.items():
        if any(one.is_missing for one in points):
            shares = [_share(points, part) for part in PARTS]
            rows.append((ruleset, *shares, count(points).percent))
    heads = ("ruleset", *PARTS, "percent")
    screen.table([screen.say(f"proof.head.{head}") for head in heads], rows, spare=(4,))


def _share(points: tuple[Shown, ...], part: str) -> str:
    found = count(one for one in points if one.point.shows.part == part)
    return f"{found.shown}/{found.total}"


def put_suggestions(found: Suggestions, target: str, screen: Screen) -> None:
    """Write the suggested cases to a new file, or to the standard output; say what is left.

    Raises:
        DocumentError: If the file cannot be written.
    """
    text = suggestion_text(found.cases, screen.lang).removesuffix("\n")
    if not found.cases:
        screen.note(screen.say("proof.suggested-none"))
    elif target == STDOUT:
        screen.write(text)
    else:
        write_text(Path(target), text)
        screen.write(screen.say("proof.suggested", count=len(found.cases), file=target))
    if found.unreached:
        screen.note(screen.say("proof.unreached", count=len(found.unreached)))
        for point in found.unreached:
            screen.note(f"  {point.subject}: {point.text.in_(screen.lang)}")


def json_text(data: Mapping[str, object]) -> str:
    """The data as JSON for a file."""
    return json.dumps(data, ensure_ascii=False, indent=2)
