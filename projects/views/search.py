"""Finding things."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.access import SignedInRequest, personal_view
from projects.access import projects_visible_to, standings_of
from projects.member_search import members_found
from projects.search import LONGEST_QUERY, find, jump_to, shown

FOUND_ON_A_PAGE = 20


@require_GET
@personal_view
def search(request: SignedInRequest) -> HttpResponse:
    """What has the words of ``q``. A number such as W-40 leads to its thing, first of all in the project ``near``.

    ``only`` looks nowhere else than there.
    """
    text, near = request.GET.get("q", "")[:LONGEST_QUERY], request.GET.get("near", "")
    path = jump_to(request.user, text, near)
    if path:
        return redirect(path)
    project = projects_visible_to(request.user).filter(slug=near).first() if near else None
    only = project if "only" in request.GET else None
    standings = standings_of(request.user)
    members = members_found(standings, text, only)
    page = Paginator(find(request.user, text, only, standings), FOUND_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "text": text.strip(),
        "near": project,
        "only": only,
        "page": page,
        "count": page.paginator.count + len(members),
        "members": members if page.number == 1 else [],
        "found": shown(page, text),
    }
    return render(request, "projects/search.html", context)
