"""The demo's post: what it would have mailed, kept on this machine for whoever started it.

A mail may hold a link that opens something for its reader alone, so no page shows it to those who are signed in. The
address of the post holds a key that ``make run`` shows in the terminal.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from functools import wraps
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache

MAILS_ON_A_PAGE: Final = 50


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "post"


class DemoPost(BaseEmailBackend):
    """Writes each mail to a file that its owner alone may read; the newest has the highest name."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(4)}"
            fresh = _folder() / f".{name}"
            fresh.touch(mode=0o600)
            fresh.write_bytes(message.message().as_bytes())
            fresh.rename(_folder() / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True)
class Mail:
    """A mail as the post shows it."""

    name: str
    to: str
    subject: str
    written_at: dt.datetime
    text: str

    @classmethod
    def read(cls, path: Path) -> "Mail":
        found = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = found.get_body(("plain",))
        # Mails are stamped in UTC, which they write as a zone that is not known.
        written_at = found["Date"].datetime.replace(tzinfo=dt.UTC)
        return cls(path.stem, found["To"], found["Subject"], written_at, body.get_content() if body else "")


def _for_the_key(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    @never_cache
    @login_not_required
    def guarded(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
        wanted = settings.DEMO_POST_KEY
        if not (settings.DEMO and wanted and constant_time_compare(key, wanted)):
            raise Http404("not the key of the post")
        response = view(request, key, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response

    return guarded


@_for_the_key
def demo_post(request: HttpRequest, key: str) -> HttpResponse:
    """Every mail, the newest first."""
    page = Paginator(sorted(_folder().glob("*.eml"), reverse=True), MAILS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"key": key, "page": page, "mails": [Mail.read(path) for path in page]}
    return render(request, "core/demo_post.html", context)


@_for_the_key
def demo_post_mail(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """One mail, with its links."""
    path = _folder() / f"{name}.eml"
    if not path.is_file():
        raise Http404("no such mail")
    return render(request, "core/demo_post_mail.html", {"key": key, "mail": Mail.read(path)})
