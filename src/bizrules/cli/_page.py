"""A page for browsers around explanations in HTML."""

from collections.abc import Iterable
from html import escape

from bizrules import phrases


def page(parts: Iterable[str], lang: str) -> str:
    """One HTML document; it asks the browser to run nothing and to load nothing.

    Args:
        parts: Fragments of HTML, escaped already.
        lang: `zh` or `en`.
    """
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    code = "zh-CN" if lang == "zh" else lang
    head = (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(phrases.say('cli.page.title', lang))}</title>"
    )
    body = "\n<hr>\n".join(parts)
    opening = f'<!doctype html>\n<html lang="{code}">\n<head>{head}</head>'
    return f"{opening}\n<body>\n{body}\n</body>\n</html>"
