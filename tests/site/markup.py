"""What a page says and asks: its words, and its forms as a browser would send them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Their text is no language: code, and what the reader typed.
UNREAD = frozenset({"script", "style", "code", "pre", "kbd", "textarea"})
READ_OUT = ("aria-label", "aria-valuetext", "title", "placeholder", "alt", "data-confirm")
# Words that scripts show, written into the page for them.
FOR_SCRIPTS = ("data-leave", "data-not-sent", "data-offline", "data-signed-out", "data-close", "data-done")
WITHOUT_END = frozenset({"input", "br", "img", "link", "meta", "hr", "source", "wbr", "path", "rect", "line", "circle"})


@dataclass
class Form:
    """A form of the page with everything that is filled in."""

    method: str
    action: str
    is_of_the_page: bool
    values: dict[str, list[str]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    days_to_fill: set[str] = field(default_factory=set)

    def put(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)

    @property
    def version(self) -> str | None:
        return self.values.get("version", [None])[0]


class Markup(HTMLParser):
    """Reads a page once; then ``words`` and ``forms`` say what stood in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.forms: list[Form] = []
        self._open: list[str] = []
        self._select: tuple[str, bool] | None = None
        self._options: list[tuple[str, bool]] = []
        self._textarea: tuple[str, list[str]] | None = None
        self.feed(html)
        self.close()

    @property
    def form(self) -> Form | None:
        """The form that the page is for."""
        return next((form for form in self.forms if form.method == "post" and form.is_of_the_page), None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.words += [given[name] for name in (*READ_OUT, *FOR_SCRIPTS) if given.get(name)]
        if tag not in WITHOUT_END:
            self._open.append(tag)
        if tag == "form":
            is_of_the_page = "main" in self._open and "novalidate" in given
            self.forms.append(Form(given.get("method", "get"), given.get("action", ""), is_of_the_page))
        elif tag == "input":
            self._input(given)
        elif tag == "select":
            self._select, self._options = (given.get("name", ""), "multiple" in given), []
        elif tag == "option":
            self._options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self._textarea = (given.get("name", ""), [])

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "submit":
            self.words.append(given.get("value", ""))
        if not self.forms or "name" not in given or kind in ("submit", "button", "file"):
            return
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        self.forms[-1].put(given["name"], given.get("value", "on" if kind in ("checkbox", "radio") else ""))
        if kind == "hidden":
            self.forms[-1].hidden.add(given["name"])
        if kind == "date" and "required" in given and not given.get("value"):
            self.forms[-1].days_to_fill.add(given["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "select" and self._select and self.forms:
            name, several = self._select
            chosen = [value for value, is_chosen in self._options if is_chosen]
            if not chosen and not several and self._options:
                chosen = [self._options[0][0]]
            for value in chosen:
                self.forms[-1].put(name, value)
            self._select = None
        elif tag == "textarea" and self._textarea and self.forms:
            name, text = self._textarea
            self.forms[-1].put(name, "".join(text).removeprefix("\n"))
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._textarea[1].append(data)
        text = data.strip()
        if text and not UNREAD.intersection(self._open):
            self.words.append(text)


def words_of(html: str) -> Iterator[str]:
    """Every piece of text that a reader sees or hears."""
    yield from Markup(html).words
