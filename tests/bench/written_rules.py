"""A package of rules of any size as YAML text, written as those of the library are."""

import random
from collections.abc import Iterator
from pathlib import Path

COUNTS = {"exempt": 398, "lighter": 412, "mitigated": 237, "heavier": 704, "no_compulsion": 18}
VIOLATIONS = 600
_NAMES = {
    "exempt": ("免于行政处罚", "exempt"),
    "lighter": ("从轻处罚", "lighter"),
    "mitigated": ("减轻处罚", "mitigated"),
    "heavier": ("从重处罚", "heavier"),
    "no_compulsion": ("免于行政强制", "no compulsion"),
}
_HEAD = """\
format: 1
document: ruleset
id: bench
version: '1'
title: {zh: 柔性执法五张清单, en: five lists of lenient enforcement}
region: '530103'
department: market_regulation
instrument:
  name: 柔性执法五张清单
  number: 盘政办发〔2022〕7号
  issued: 2022-07-01
  level: document
  kind: list
in_force: {from: 2022-07-01}
checked_on: 2026-11-22
status: confirmed
lists:
"""


def vocabulary() -> str:
    """20 booleans, 8 choices, 8 amounts, 8 integers, 4 dates."""
    lines = ["format: 1", "document: vocabulary", "id: bench.facts", "facts:"]
    for name, kind, more in _facts():
        lines += [
            f"  {name}:",
            f"    kind: {kind}",
            f"    label: {{zh: 事实{name}成立, en: the fact {name} holds}}",
            f"    question: {{zh: 事实{name}是否成立？, en: 'Does the fact {name} hold?'}}",
            "    evidence: {zh: 现场检查笔录、调查材料, en: 'inspection record, papers'}",
            *more,
        ]
    return "\n".join([*lines, ""])


def _facts() -> Iterator[tuple[str, str, list[str]]]:
    denial = ["    denial: {zh: 事实不成立, en: the fact does not hold}"]
    choices = ["    choices:", *(f"      c{i}: {{zh: 第{i}类, en: class {i}}}" for i in range(5))]
    for index in range(20):
        yield f"flag_{index}", "boolean", denial
    for index in range(8):
        yield f"choice_{index}", "choice", choices
        yield f"amount_{index}", "money", []
        yield f"count_{index}", "integer", []
    for index in range(4):
        yield f"day_{index}", "date", []


def violations(count: int = VIOLATIONS) -> str:
    """A catalogue of so many violations, each with a provision of two tiers."""
    lines = ["format: 1", "document: violations", "id: bench.violations", "violations:"]
    for number in range(count):
        lines += [
            f"  field.v{number:06d}:",
            f"    title: {{zh: 经营第{number}种不合格产品, en: selling goods of type {number}}}",
            "    department: market_regulation",
            "    field: field",
            f"    broken: [{{law: 食品安全法, article: 34, item: {number % 13 + 1}}}]",
            "    provisions:",
            "      - id: '124'",
            "        cite: {law: 食品安全法, article: 124, paragraph: 1}",
            "        in_force: {from: 2015-10-01}",
            "        published: 2015-04-24",
            "        tiers:",
            "          - id: small",
            "            label: {zh: 货值金额不足一万元, en: 'goods worth less than 10,000 yuan'}",
            f"            when: [amount_0: {{below: {10000 + number}}}]",
            "            fine: {min: 50000, max: 100000}",
            "          - id: large",
            "            label: {zh: 货值金额一万元以上, en: 'goods worth 10,000 yuan or more'}",
            "            fine: {min: 10, max: 20, times: amount_0}",
            "        kinds:",
            "          - kind: confiscation",
            "            note: {zh: 没收违法经营的产品, en: confiscate the goods}",
            "        checked: the law of 2021",
        ]
    return "\n".join([*lines, ""])


def ruleset(rules: int | None = None, *, of: int = VIOLATIONS, seed: int = 20220417) -> str:
    """A ruleset of five lists with so many rules about a catalogue of so many violations."""
    rng = random.Random(seed)
    names = [name for name, count in COUNTS.items() for _ in range(count)]
    rng.shuffle(names)
    total = len(names) if rules is None else rules
    lines = [_HEAD.rstrip()]
    for name, (zh, en) in _NAMES.items():
        lines += [f"  {name}:", f"    name: {{zh: {zh}, en: {en}}}", f"    effect: {name}"]
    lines.append("rules:")
    for number in range(total):
        owner = number if number < of else rng.randrange(of)
        lines += _rule(rng, number, names[number % len(names)], owner)
    return "\n".join([*lines, ""])


def _rule(rng: random.Random, number: int, name: str, owner: int) -> Iterator[str]:
    zh, en = _NAMES[name]
    yield f"  - id: '{number + 1}'"
    yield f"    title: {{zh: 第{number + 1}项{zh}情形, en: '{en}: situation {number + 1}'}}"
    yield f"    list: {name}"
    if name != "no_compulsion":
        yield f"    permits: [{name}]"
    yield f"    modality: {rng.choice(('shall', 'may'))}"
    yield f"    violations: [field.v{owner:06d}]"
    yield "    when:"
    for _ in range(rng.randint(2, 6)):
        yield from _condition(rng)
    yield "    cite:"
    yield "      - law: 柔性执法五张清单"
    yield f"        entry: '{number + 1}'"
    yield "        unverified: {zh: 规范性文件，法律目录不收录, en: 'not in the catalogue'}"
    yield "      - {law: 行政处罚法, article: 33, paragraph: 1}"
    yield f"    entry: '{number + 1}'"
    yield "    status: confirmed"


def _condition(rng: random.Random) -> Iterator[str]:
    roll = rng.random()
    if roll < 0.15:
        yield "      - any:"
        yield f"          - {_test(rng)}"
        yield f"          - {_test(rng)}"
    elif roll < 0.3:
        yield "      - not:"
        yield f"          - {_test(rng)}"
    else:
        yield f"      - {_test(rng)}"


def _test(rng: random.Random) -> str:
    shape = rng.choices(("flag", "choice", "amount", "count", "day"), (20, 8, 8, 8, 4))[0]
    if shape == "flag":
        name = f"flag_{rng.randrange(20)}"
        return name if rng.random() < 0.6 else f"{name}: false"
    if shape == "choice":
        codes = ", ".join(f"c{i}" for i in sorted(rng.sample(range(5), 2)))
        return f"choice_{rng.randrange(8)}: {{in: [{codes}]}}"
    if shape == "amount":
        op = rng.choice(("below", "at_most", "at_least", "above"))
        return f"amount_{rng.randrange(8)}: {{{op}: {rng.randrange(1, 20_000)}}}"
    if shape == "count":
        return f"count_{rng.randrange(8)}: {{{rng.choice(('at_most', 'at_least'))}: 3}}"
    op = rng.choice(("before", "on_or_after"))
    return f"day_{rng.randrange(4)}: {{{op}: 2024-0{rng.randrange(1, 10)}-01}}"


def golden(cases: int, *, of: int = VIOLATIONS) -> str:
    """A file of so many golden cases, each with a dozen facts."""
    lines = ["format: 1", "document: golden", "cases:"]
    for number in range(cases):
        lines += [
            f"  - id: case-{number}",
            "    region: '530103'",
            f"    violation: field.v{number % of:06d}",
            "    committed: 2024-03-10",
            "    decided: 2024-05-13",
            "    party: {kind: enterprise}",
            "    facts:",
            *(f"      flag_{i}: {('true', 'false')[(number >> i) % 2]}" for i in range(9)),
            f"      amount_0: {number}",
            "      choice_0: c1",
            "      day_0: 2024-03-10",
            f"    expect: {{fails: [bench/{number % of + 1}]}}",
        ]
    return "\n".join([*lines, ""])


def write(folder: Path, rules: int | None = None, *, of: int = VIOLATIONS, cases: int = 0) -> None:
    """Write the documents of a package into the folder."""
    texts = {
        "vocabulary.yaml": vocabulary(),
        "violations.yaml": violations(of),
        "ruleset.yaml": ruleset(rules, of=of),
    }
    if cases:
        texts["golden.yaml"] = golden(cases, of=of)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
