"""`bizrules bundle`: rules in one file, built, inspected, verified and signed."""

from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from bizrules.bundles import (
    Bundle,
    RulesetEntry,
    file_bytes,
    open_bundle,
    plain_data,
    read_all,
    signed_anew,
)
from bizrules.cli._commands import (
    SETTLED,
    USAGE,
    Command,
    Group,
    json_option,
    lang_option,
    option,
    screen_of,
)
from bizrules.cli._screen import Screen
from bizrules.cli._yaml_writer import check_writable
from bizrules.engine import Engine, core_version
from bizrules.errors import BundleError

_SHOWN = 16
_key_option = option("--key", metavar="FILE", text="cli.option.bundle-key")
_public_option = option("--public", metavar="FILE", text="cli.option.public")
_no_plugins_option = option("--no-plugins", is_flag=True, text="cli.option.no-plugins")
_no_national_option = option("--no-national", is_flag=True, text="cli.option.no-national")


@click.group("bundle", cls=Group, help="cli.bundle", invoke_without_command=True)
@lang_option
@click.pass_context
def bundle(context: click.Context) -> int:
    """The commands about bundles; without one, the help."""
    if context.invoked_subcommand is None:
        screen_of(context).note(context.get_help())
        return USAGE
    return SETTLED


@bundle.command("build", cls=Command, help="cli.bundle.build")
@click.argument("paths", metavar="[PATHS]...", nargs=-1)
@option("-o", "--output", "target", metavar="FILE", required=True, text="cli.option.bundle-out")
@option("--region", metavar="CODE", text="cli.option.bundle-region")
@option("--goldens", is_flag=True, text="cli.option.bundle-goldens")
@_key_option
@_no_plugins_option
@_no_national_option
@lang_option
@click.pass_obj
def build(  # noqa: PLR0913 - one argument an option
    screen: Screen,
    *,
    paths: tuple[str, ...],
    target: str,
    region: str | None,
    goldens: bool,
    key: str | None,
    no_plugins: bool,
    no_national: bool,
) -> int:
    """What is loaded, in one file."""
    check_writable(Path(target))
    engine = Engine.load(*paths, national=not no_national, plugins=not no_plugins)
    data = engine.bundle(region=region, goldens=goldens, key=key)
    made = open_bundle(data, version=core_version())
    _put(Path(target), data)
    screen.write(
        screen.say(
            "cli.bundle.built",
            path=target,
            rules=made.manifest.rules,
            rulesets=len(made.manifest.rulesets),
            violations=len(made.knowledge.violations),
            size=made.bytes,
            signed=_signer(made, screen),
        )
    )
    return SETTLED


def _put(target: Path, data: bytes) -> None:
    """Write the file whole, or not at all.

    Raises:
        BundleError: If that is not possible.
    """
    unfinished: Path | None = None
    try:
        with NamedTemporaryFile(dir=target.parent, delete=False) as part:
            unfinished = Path(part.name)
            part.write(data)
        unfinished.chmod(0o644)
        unfinished.replace(target)
    except OSError as error:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise BundleError("bundle-unwritable", place=str(target), reason=reason) from None


def _signer(found: Bundle, screen: Screen) -> str:
    if found.signature is None:
        return screen.say("cli.bundle.unsigned")
    return screen.say("cli.bundle.signed", key=found.signature.key[:_SHOWN])


@bundle.command("inspect", cls=Command, help="cli.bundle.inspect")
@click.argument("file", metavar="FILE")
@json_option
@lang_option
@click.pass_obj
def inspect(screen: Screen, *, file: str, form: str) -> int:
    """What is in a bundle."""
    found = open_bundle(Path(file), version=core_version())
    if form == "json":
        signature = None if found.signature is None else plain_data(found.signature)
        about = {"file": file, "bytes": found.bytes, "signature": signature}
        screen.data({**about, "manifest": plain_data(found.manifest)})
        return SETTLED
    _print_head(found, file, screen)
    heads = ("ruleset", "version", "region", "department", "rules", "package", "digest")
    rows = (
        (*_named(one), one.department, one.rules, one.plugin, one.digest[:_SHOWN])
        for one in found.manifest.rulesets
    )
    screen.table([screen.say(f"cli.bundle.col.{name}") for name in heads], rows, spare=(6, 1, 3))
    return SETTLED


def _named(one: RulesetEntry) -> tuple[str, str, str]:
    return one.id, one.version, one.region


def _print_head(found: Bundle, file: str, screen: Screen) -> None:
    manifest, knowledge = found.manifest, found.knowledge
    details = {"by": manifest.built_by, "needs": manifest.needs, "format": manifest.format}
    screen.write(screen.say("cli.bundle.head", path=file, size=found.bytes, **details))
    goldens = len(knowledge.goldens) + len(knowledge.golden_matters)
    screen.write(
        screen.say(
            "cli.bundle.counts",
            rules=manifest.rules,
            rulesets=len(manifest.rulesets),
            violations=len(knowledge.violations),
            facts=len(knowledge.vocabulary.facts),
            goldens=goldens,
        )
    )
    screen.write(screen.say("cli.bundle.knowledge", digest=manifest.knowledge))
    screen.write(_signer(found, screen))
    if manifest.region is not None:
        place = f"{manifest.region} {knowledge.regions.name(manifest.region)}"
        screen.write(screen.say("cli.bundle.region", region=place))
    if manifest.packages:
        names = ", ".join(f"{one.name} {one.version}" for one in manifest.packages)
        screen.write(screen.say("cli.bundle.packages", names=names))
    for one in manifest.packages:
        if one.derivations:
            facts = ", ".join(one.derivations)
            words = {"name": one.name, "version": one.version, "facts": facts}
            screen.write(screen.say("cli.bundle.derives", **words))


@bundle.command("verify", cls=Command, help="cli.bundle.verify")
@click.argument("file", metavar="FILE")
@_public_option
@lang_option
@click.pass_obj
def verify(screen: Screen, *, file: str, public: str | None) -> int:
    """Every digest, every record, and the signature."""
    found = open_bundle(Path(file), version=core_version(), key=public)
    screen.write(screen.say("cli.bundle.verified", path=file, records=read_all(found)))
    if public is not None:
        screen.write(screen.say("cli.bundle.signature-holds"))
    elif found.signature is not None:
        screen.note(screen.say("cli.bundle.signature-unchecked"))
    else:
        screen.note(screen.say("cli.bundle.unsigned"))
    return SETTLED


@bundle.command("sign", cls=Command, help="cli.bundle.sign")
@click.argument("file", metavar="FILE")
@option("--key", metavar="FILE", required=True, text="cli.option.bundle-key")
@option("-o", "--output", "target", metavar="FILE", text="cli.option.bundle-out")
@lang_option
@click.pass_obj
def sign(screen: Screen, *, file: str, key: str, target: str | None) -> int:
    """The same bundle with a signature."""
    data = signed_anew(file_bytes(Path(file)), key, version=core_version())
    _put(Path(target or file), data)
    made = open_bundle(data, version=core_version())
    screen.write(f"{target or file}: {_signer(made, screen)}")
    return SETTLED
