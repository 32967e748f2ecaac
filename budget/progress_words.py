"""How B2, B3 and B4 speak, to each side in its own words. They are one family: whichever is worst has the word."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alerts.registry import Words
from budget.rule_figures import AHEAD, COST_INDEX, TO_COMPLETE
from budget.rule_figures_said import Numbers, date, hours, index, share
from projects.audience import Side

SUGGESTIONS: Final[Mapping[tuple[str, bool], Promise]] = {
    (AHEAD, True): gettext_lazy(
        "Ask the vendor what remains on the items in work; look first at those over their estimate."
    ),
    (AHEAD, False): gettext_lazy(
        "Report what remains on each item in work, and say early which ones need more than was estimated."
    ),
    (COST_INDEX, True): gettext_lazy(
        "Go through the finished items that took longest with the vendor, and have the rest estimated anew."
    ),
    (COST_INDEX, False): gettext_lazy(
        "Say why finished items took longer than estimated, and estimate the open ones anew by what you know now."
    ),
    (TO_COMPLETE, True): gettext_lazy(
        "Decide with the vendor what can be left out, or agree a budget that the rest can be done in."
    ),
    (TO_COMPLETE, False): gettext_lazy("Propose what to leave out, or ask for the budget that the rest really needs."),
}


def say_ahead(numbers: Numbers, side: str) -> Words:
    """The word of the one that speaks; B2 where nothing says who."""
    speaks = numbers.get("speaks", AHEAD)
    say = {AHEAD: _say_ahead, COST_INDEX: _say_index, TO_COMPLETE: _say_to_complete}[speaks]
    title, compared, clears = say(numbers)
    if not numbers.get("clears_at"):
        clears = ""
    elif numbers.get("missing_minutes"):
        more = _("That is %(hours)s h of work more, earned with no further hours.")
        clears = f"{clears} {more % {'hours': hours(numbers, 'missing_minutes')}}"
    suggestion = str(SUGGESTIONS[speaks, side == Side.CLIENT])
    return Words(code=speaks, title=title, compared=compared, clears=clears, suggestion=suggestion)


def _say_ahead(numbers: Numbers) -> tuple[str, str, str]:
    return (
        _("Burn ahead of progress"),
        _(
            "%(used)s %% of the budget is used, %(earned)s %% is earned: burn is %(ahead)s points ahead of progress. "
            "Both up to %(day)s."
        )
        % {
            "used": share(numbers, "used_ratio"),
            "earned": share(numbers, "earned_ratio"),
            "ahead": share(numbers, "ahead"),
            "day": date(numbers, "compared_on"),
        },
        _("Begins at %(begins)s points. Clears below %(bound)s points.")
        % {"begins": share(numbers, "from"), "bound": share(numbers, "clears_at")},
    )


def _say_index(numbers: Numbers) -> tuple[str, str, str]:
    return (
        _("Work takes more hours than estimated"),
        ngettext(
            "%(earned)s h of work were earned with %(used)s h: %(index)s for each hour, further off than chance "
            "explains over %(items)s finished item. %(complete)s %% of the work is done. Both up to %(day)s.",
            "%(earned)s h of work were earned with %(used)s h: %(index)s for each hour, further off than chance "
            "explains over %(items)s finished items. %(complete)s %% of the work is done. Both up to %(day)s.",
            numbers.get("finished_items", 0),
        )
        % {
            "earned": hours(numbers, "earned_minutes"),
            "used": hours(numbers, "matched_minutes"),
            "index": index(numbers, "index"),
            "items": numbers.get("finished_items", 0),
            "complete": share(numbers, "complete_ratio"),
            "day": date(numbers, "compared_on"),
        },
        _("Begins below %(begins)s. Clears at %(bound)s and above.")
        % {"begins": index(numbers, "from"), "bound": index(numbers, "clears_at")},
    )


def _say_to_complete(numbers: Numbers) -> tuple[str, str, str]:
    return (
        _("The rest has to go faster than estimated"),
        _(
            "%(work)s h of work are left for the %(left)s h left of the budget: each hour has to earn %(index)s. "
            "Both up to %(day)s."
        )
        % {
            "work": hours(numbers, "work_minutes"),
            "left": hours(numbers, "left_minutes"),
            "index": index(numbers, "index"),
            "day": date(numbers, "compared_on"),
        },
        _("Begins above %(begins)s. Clears at %(bound)s and below.")
        % {"begins": index(numbers, "from"), "bound": index(numbers, "clears_at")},
    )
