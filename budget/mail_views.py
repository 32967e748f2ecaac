"""The page that says where a side sends its timesheets by mail."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from budget.mailed_files import mail_address_of, make_mail_address
from core.errors import DomainError
from projects.access import Standing, project_view


@project_view("import_time")
def mail_address(request: HttpRequest, standing: Standing) -> HttpResponse:
    """The address of the reader's side; a new one ends the one before."""
    if request.method == "POST":
        try:
            make_mail_address(actor=standing.user, project=standing.project, side=standing.side)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("This is the address from now on."))
        return redirect("budget:mail_address", standing.project.slug)
    context = {
        "tab": "time",
        "standing": standing,
        "address": mail_address_of(standing.project, standing.side),
        "receives_mail": bool(settings.INBOUND_MAIL_DOMAIN),
    }
    return render(request, "budget/mail_address.html", context)
