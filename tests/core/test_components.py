"""The shared components as html: what a reader, a keyboard and a screen reader find in them."""

import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import get_template
from django.test import RequestFactory

from core.conflicts import Conflict, ConflictRow, conflict_of
from core.errors import StaleVersion
from core.forms import needed_when
from core.style_guide import SWATCHES, SampleFilter
from core.templatetags.components import ActiveFilter, active_filters, filter_parts


class ItemForm(forms.Form):
    title = forms.CharField(label="Title", max_length=40, help_text="In a few words.")
    skill = forms.ChoiceField(label="Skill", choices=[("back", "back-end"), ("front", "front-end")])
    side = forms.ChoiceField(label="Side", choices=[("client", "client")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=3)


def component(name: str, address: str = "/", **context: Any) -> str:
    """The component without runs of white space."""
    bare = Context(context | {"request": RequestFactory().get(address)})
    # As a RequestContext has it, without the context processors and their queries.
    bare.request = bare["request"]  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", get_template(f"components/{name}.html").template.render(bare)).strip()  # type: ignore[attr-defined]


def words(html: str) -> str:
    """What is read out: the text without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


# ── Marks ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "label", "said"),
    [
        ("on_course", "", "on course"),
        ("watch", "", "watch"),
        ("watch", "people", "watch: people"),
        ("act", "", "act"),
        ("act", "cost", "act: cost"),
        ("unknown", "", "unknown"),
    ],
)
def test_light_says_its_state_in_words(state: str, label: str, said: str) -> None:
    assert words(component("light", state=state, label=label)) == said


@pytest.mark.parametrize("level", ["notice", "warning", "critical"])
def test_level_says_its_word(level: str) -> None:
    assert words(component("level", level=level)) == level


def test_lights_and_levels_differ_in_shape_and_not_in_hue_alone() -> None:
    def shape(html: str) -> str:
        return html[html.index("<svg") : html.index("</svg>")]

    lights = {shape(component("light", state=state)) for state in ("on_course", "watch", "act", "unknown")}
    levels = {shape(component("level", level=level)) for level in ("notice", "warning", "critical")}
    assert (len(lights), len(levels)) == (4, 3)


@pytest.mark.parametrize(
    ("side", "mine", "classes", "said"),
    [
        ("client", True, "turn client mine", "your turn"),
        ("client", False, "turn client", "the client’s turn"),
        ("vendor", True, "turn vendor mine", "your turn"),
        ("vendor", False, "turn vendor", "the vendor’s turn"),
    ],
)
def test_turn_is_filled_only_where_it_is_the_readers(side: str, mine: bool, classes: str, said: str) -> None:
    html = component("turn", side=side, mine=mine)
    assert re.findall(r'class="(turn[^"]*)"', html) + re.findall(r'aria-label="([^"]*)"', html) == [classes, said]


def test_through_says_what_is_missing() -> None:
    assert words(component("through", hours_through=None, progress_through=None)) == (
        "No hours yet · no progress reported yet"
    )


# ── Forms ───────────────────────────────────────────────────────────────────────────────────────────


def test_form_with_errors_links_each_from_the_top_to_its_field() -> None:
    html = component("form", form=ItemForm({"title": "x" * 41, "skill": "back", "version": "3"}))
    assert re.findall(r'<a href="(#[^"]+)">([^<]+)</a>', html) == [
        ("#id_title", "Title: Ensure this value has at most 40 characters (it has 41)."),
        ("#id_side_field", "Side: This field is required."),
    ]
    assert re.findall(r'id="(id_side_field)"', html) == ["id_side_field"]
    assert words(html).startswith("This was not saved yet. What you typed is still here.")


def test_field_names_its_help_and_its_error_to_screen_readers() -> None:
    form = ItemForm({"skill": "back", "side": "client", "version": "3"})
    html = component("field", field=form["title"])
    (described_by,) = re.findall(r'aria-describedby="([^"]+)"', html)
    assert described_by.split() == ["id_title_helptext", "id_title_error"]
    assert {name for name in described_by.split() if f'id="{name}"' in html} == set(described_by.split())
    assert re.findall(r'aria-invalid="([^"]+)"', html) == ["true"]


def test_choice_between_buttons_is_a_group_with_its_name() -> None:
    html = component("field", field=ItemForm()["side"])
    assert re.findall(r"<(fieldset|legend)", html) == ["fieldset", "legend"]


def test_only_what_may_stay_empty_is_marked() -> None:
    html = component("form", form=ItemForm())
    assert re.findall(r"(\w+) <small>optional</small>", html) == ["Note"]


def test_what_is_needed_now_and_then_says_when() -> None:
    form = ItemForm()
    needed_when(form.fields["note"], "needed to object")
    html = component("form", form=form)
    assert re.findall(r"Note <small>([^<]+)</small>", html) == ["needed to object"]


def test_form_keeps_the_version_hidden_and_guards_what_is_typed() -> None:
    html = component("form", form=ItemForm(), submit="Send", cancel_url="/back/")
    assert re.findall(r'<input type="hidden" name="version" value="(\d)"', html) == ["3"]
    assert re.findall(r"<form[^>]*(data-unsaved)", html) == ["data-unsaved"]
    assert re.findall(r'<a[^>]*href="(/back/)"[^>]*data-cancel', html) == ["/back/"]
    assert words(html).endswith("Send Cancel")


def test_form_that_takes_a_file_sends_it() -> None:
    class FileForm(forms.Form):
        file = forms.FileField(label="File")

    assert re.findall(r'enctype="([^"]+)"', component("form", form=FileForm())) == ["multipart/form-data"]
    assert re.findall(r'enctype="([^"]+)"', component("form", form=ItemForm())) == []


# ── Filters and pages ───────────────────────────────────────────────────────────────────────────────


def chips(address: str) -> list[ActiveFilter]:
    request = RequestFactory().get(address)
    return active_filters(Context({"request": request}), SampleFilter(request.GET))


def test_filters_in_use_can_be_taken_away_one_by_one() -> None:
    assert chips("/?q=im&state=open&estimated=true&page=4&order=-title") == [
        ActiveFilter("Title or key", "im", "?state=open&estimated=true&order=-title"),
        ActiveFilter("State", "open", "?q=im&estimated=true&order=-title"),
        ActiveFilter("With an estimate", "yes", "?q=im&state=open&order=-title"),
    ]


def test_filter_that_cannot_be_read_is_shown_as_none() -> None:
    assert chips("/?state=nonsense") == []


def test_filter_form_shows_what_is_chosen() -> None:
    form = SampleFilter(QueryDict("q=im&state=done&estimated=false"))
    html = component("filter_form", filter={"form": form})
    assert re.findall(r'<option value="(\w*)" selected>', html) == ["done", "false"]
    assert re.findall(r'<input type="search"[^>]* value="(\w+)"', html) == ["im"]
    assert "hx-get" not in html


def test_filter_form_with_a_target_swaps_that_part_alone() -> None:
    html = component("filter_form", "/p/one/work-items/?q=a", filter={"form": SampleFilter()}, target="#rows")
    assert re.findall(r'hx-(get|target|select)="([^"]+)"', html) == [
        ("get", "/p/one/work-items/"),
        ("target", "#rows"),
        ("select", "#rows"),
    ]


class ManyFilters(forms.Form):
    one, two, three, four = (forms.CharField(required=False) for _number in range(4))
    five, six, seven = (forms.CharField(required=False) for _number in range(3))


@pytest.mark.parametrize(
    ("asked", "is_open"), [("", False), ("two=a", False), ("seven=a", True), ("two=a&five=b", True)]
)
def test_many_filters_are_folded_until_one_of_the_folded_is_used(asked: str, is_open: bool) -> None:
    parts = filter_parts(ManyFilters(QueryDict(asked)))
    assert [field.name for field in parts.shown] == ["one", "two", "three", "four"]
    assert ([field.name for field in parts.folded], parts.is_open) == (["five", "six", "seven"], is_open)
    assert filter_parts(SampleFilter()).folded == []


def test_pagination_keeps_the_filters_of_the_address() -> None:
    html = component("pagination", "/?q=a&page=2", page=Paginator(range(45), 20).page(2))
    assert words(html) == "21 to 40 of 45 Previous Next"
    assert re.findall(r'href="([^"]+)"', html) == ["?q=a&amp;page=1", "?q=a&amp;page=3"]


def test_pagination_of_a_single_page_is_nothing() -> None:
    assert component("pagination", page=Paginator(range(3), 20).page(1)) == ""


def test_empty_state_offers_the_first_step() -> None:
    html = component("empty", title="No hours yet", text="They stand here.", action_url="/add/", action_label="Add")
    assert words(html) == "No hours yet They stand here. Add"
    assert re.findall(r'href="([^"]+)"', html) == ["/add/"]


# ── Messages and conflicts ──────────────────────────────────────────────────────────────────────────


def test_message_with_an_address_offers_its_undo() -> None:
    done = {"level_tag": "success", "extra_tags": "/p/one/undo/\nname=Eve+%26+%22you%22&on="}
    html = component("messages", messages=[done, {"level_tag": "info", "extra_tags": "quiet"}])
    assert re.findall(r'<form method="(\w+)" action="([^"]+)"', html) == [("post", "/p/one/undo/")]
    sent = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html)
    assert [one for one in sent if one[0] != "csrfmiddlewaretoken"] == [
        ("name", "Eve &amp; &quot;you&quot;"),
        ("on", ""),
    ]


def test_messages_are_read_out_even_when_they_come_later() -> None:
    html = component("messages", messages=[])
    assert re.findall(r'role="(\w+)" aria-live="(\w+)"', html) == [("status", "polite")]


class Saved:
    """An object as somebody else has saved it."""

    version = 4


def test_conflict_shows_both_texts_of_what_differs_and_keeps_what_was_typed() -> None:
    form = ItemForm(QueryDict("title=Mine&skill=front&side=client&note=&version=3"))
    assert form.is_valid()
    error = StaleVersion("Somebody else changed this.", current=Saved())
    theirs = {"title": "Theirs", "skill": "back", "side": "client", "note": ""}

    conflict = conflict_of(form, error, theirs)

    assert conflict == Conflict(
        "Somebody else changed this.",
        (
            ConflictRow("Title", "Mine", "Theirs", "Theirs", "id_title"),
            ConflictRow("Skill", "front-end", "back-end", "back", "id_skill"),
        ),
    )
    assert (form["title"].value(), form["version"].value()) == ("Mine", 4)


def test_conflict_offers_to_take_each_text_of_theirs() -> None:
    conflict = Conflict("Changed.", (ConflictRow("Skill", "front-end", "back-end", "back", "id_skill"),))
    html = component("conflict", "/edit/?a=1", conflict=conflict)
    assert re.findall(r'data-take="(\w+)" data-value="(\w+)"', html) == [("id_skill", "back")]
    assert re.findall(r'href="([^"]+)"', html) == ["/edit/?a=1"]


# ── The style guide ─────────────────────────────────────────────────────────────────────────────────


def test_style_guide_shows_every_colour_token() -> None:
    tokens = Path(str(finders.find("css/tokens.css"))).read_text(encoding="utf-8")
    named = re.findall(r"--([\w-]+): (?:light-dark|var\(--ink-2\))", tokens.split("@media")[0])
    aside = {"on-accent", "on-side", "shadow", "veil", "unknown", "unknown-weak"}
    assert [name for name in named if name not in aside] == list(SWATCHES)


def test_figures_need_no_loading() -> None:
    assert Template("{{ minutes|hours }}").render(Context({"minutes": 90})) == "1.5"
