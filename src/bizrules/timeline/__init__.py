"""A case's dates and deadlines (时间线), as data, as text and as a drawing."""

from bizrules.timeline._building import timeline_of
from bizrules.timeline._items import Item, ItemKind, Lane, Timeline
from bizrules.timeline._plain import plain_timeline
from bizrules.timeline._svg import render_svg
from bizrules.timeline._text import render_text

__all__ = [
    "Item",
    "ItemKind",
    "Lane",
    "Timeline",
    "plain_timeline",
    "render_svg",
    "render_text",
    "timeline_of",
]
