"""The signed-in user's own pages."""

import uuid
from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.access import SignedInRequest, personal_view
from accounts.forms import ProfileForm, TokenForm
from accounts.models import User
from accounts.organisations import organisations_administered_by
from accounts.tokens import create_token, revoke_token, state_of, tokens_of
from core.form_pages import errors_shown_in, status_of
from core.versions import save_version

TOKENS_PER_PAGE: Final = 50


@personal_view
def profile(request: SignedInRequest) -> HttpResponse:
    """Name, language and time zone."""
    # A copy: the page around a refused form greets the user by the name that stands.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            # Of two windows of one reader, too, the second sees what the first has saved.
            seen = form.cleaned_data["version"]
            save_version(form.instance, expected_version=seen, fields=ProfileForm.Meta.fields)
            messages.success(request, _("Your profile is saved."))
            return redirect("accounts:profile")
    context = {"form": form, "organisations": organisations_administered_by(request.user)}
    return render(request, "accounts/profile.html", context, status=status_of(form))


@personal_view
def token_list(request: SignedInRequest) -> HttpResponse:
    """Every token, with what it may do and when it was last used."""
    now = timezone.now()
    page = Paginator(tokens_of(request.user), TOKENS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(token, str(state_of(token, now))) for token in page],
        "valid_count": tokens_of(request.user).valid_at(now).count(),
    }
    return render(request, "accounts/token_list.html", context)


@never_cache
@personal_view
def token_add(request: SignedInRequest) -> HttpResponse:
    """Make a token. Its text is shown by the answer to this very request and never again."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, text = create_token(user=request.user, **form.wanted())
        return render(request, "accounts/token_created.html", {"token": token, "text": text})
    return render(request, "accounts/token_add.html", {"form": form}, status=status_of(form))


@personal_view
def token_revoke(request: SignedInRequest, token_uuid: uuid.UUID) -> HttpResponse:
    """End a token at once."""
    token = get_object_or_404(tokens_of(request.user), uuid=token_uuid)
    if request.method == "POST":
        revoke_token(token=token)
        messages.success(request, _("%(name)s opens nothing any more.") % {"name": token.name})
        return redirect("accounts:token_list")
    return render(request, "accounts/token_revoke.html", {"token": token})
