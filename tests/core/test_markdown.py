"""What people write is shown as they mean it, and does nothing that they should not be able to do."""

import re

import pytest

from core.markdown import markdown

# Each tries to run a script, to fetch something, or to break out of the text.
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src='https://evil.example'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "![x](https://evil.example/pixel.gif)",
    "![x](data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=)",
    "![x][1]\n\n[1]: https://evil.example/pixel.gif",
    '[x](https://a.example "onmouseover=alert(1) x=")',
    '[x](https://a.example" onmouseover="alert(1))',
    '<https://a.example/"onclick="alert(1)>',
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "<style>body{display:none}</style>",
    "<form action=https://evil.example><input name=password></form>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "<div style='position:fixed;inset:0'>x</div>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "\x00<script>alert(1)</script>",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
]
TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^>]*)>")
ALLOWED = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_leaves_nothing_but_plain_tags_and_web_links(attack: str) -> None:
    for _closing, name, rest in TAG.findall(markdown(attack)):
        assert name in ALLOWED
        attributes = dict(re.findall(r'\s([a-zA-Z-]+)="([^"]*)"', rest))
        assert re.sub(r'\s[a-zA-Z-]+="[^"]*"', "", rest).strip(" /") == ""
        assert set(attributes) <= ({"href", "title", "rel"} if name == "a" else set())
        assert attributes.get("href", "https://").split(":")[0] in {"https", "http", "mailto"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**Three** of _four_", "<p><strong>Three</strong> of <em>four</em></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("# Big", "<h3>Big</h3>"),
        ("###### Small", "<h6>Small</h6>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("~~no~~", "<p><s>no</s></p>"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
        (
            "[plan](https://a.example/b)",
            '<p><a href="https://a.example/b" rel="noopener noreferrer nofollow">plan</a></p>',
        ),
        (
            "![chart](https://a.example/c.png)",
            '<p>!<a href="https://a.example/c.png" rel="noopener noreferrer nofollow">chart</a></p>',
        ),
        ("", ""),
    ],
)
def test_markdown_reads_as_it_is_meant(text: str, html: str) -> None:
    assert markdown(text).strip() == html


def test_long_and_deep_text_is_shown_in_reasonable_time() -> None:
    assert markdown("> " * 5_000 + "deep").count("<blockquote>") <= 100
    assert "a" * 20_000 in markdown("a" * 20_000)
