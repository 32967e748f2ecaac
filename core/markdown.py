"""Text that people write: Markdown without html, and after that through a sanitiser that knows what may remain.

The same text reads the same on a page and in a mail. Nothing in it is fetched from anywhere: a picture becomes a link,
and a link tells its target neither who follows it nor from where.
"""

from typing import Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS: Final = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES: Final = {"http", "https", "mailto"}
LINK_REL: Final = "noopener noreferrer nofollow"

# Pictures are not parsed as such: "![chart](https://…)" stays a sign and a link, which fetches nothing by itself.
_parser = (
    MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False})
    .enable(["strikethrough", "table"])
    .disable("image")
)


def markdown(text: str) -> SafeString:
    """``text`` as html that is safe on our pages. Headings begin below those of the page."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=LINK_REL)
    return mark_safe(clean)  # noqa: S308  (it comes from the sanitiser)
