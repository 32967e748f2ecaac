"""What comes by mail as well as in the inbox, when, and how many."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.access import SignedInRequest, personal_view
from core.form_pages import status_of
from projects.forms.notifications import NotificationForm
from projects.preferences import choose_channels, choose_mail_preference


@personal_view
def notification_preferences(request: SignedInRequest) -> HttpResponse:
    """One mark for each kind of which the reader may choose."""
    form = NotificationForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        choose_channels(user=request.user, wanted=form.wanted)
        choose_mail_preference(user=request.user, **form.habits)
        messages.success(request, _("What comes to you, and how, is saved."))
        return redirect("projects:notification_preferences")
    context = {
        "form": form,
        "mail_count": sum(channels.by_mail for channels in form.usual.values()),
        "kind_count": len(form.usual),
    }
    return render(request, "projects/notification_preferences.html", context, status=status_of(form))
