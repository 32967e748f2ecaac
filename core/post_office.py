"""Handing mails to the mail server, many over one connection, and telling its troubles from those of a single mail.

A server that refuses or hangs is asked once a run: what else was due is put off with it, instead of waiting for the
same time-out again and again while alerts are to be judged.
"""

import contextlib
import smtplib
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

# What is wrong with one mail or one address; everything else that goes wrong is the server's.
OF_ONE_MAIL: Final = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
)
SERVICE_NOT_AVAILABLE: Final = 421
# Nobody can have an address there (RFC 2606), so no server is asked to find that out.
NOWHERE: Final = ".invalid"


class MailServerDown(Exception):
    """No mail can be sent just now, whichever it is. ``was_tried``: it was this one that found it out."""

    def __init__(self, reason: str, *, was_tried: bool) -> None:
        super().__init__(reason)
        self.was_tried = was_tried


class PostOffice:
    """One run of sending. Opens its connection with the first mail and closes it at the end."""

    def __init__(self) -> None:
        self.connection: Any = None
        self.trouble = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close()

    def send(self, *, uuid: UUID, to: str, subject: str, text: str, html: str) -> None:
        """Send one mail. MailServerDown when it is the server's fault; any other error is the mail's own.

        The Message-ID follows from ``uuid``: a mail that the server took twice is shown once.
        """
        to = settings.MAIL_REDIRECTS.get(to, to)
        if to.endswith(NOWHERE):
            return
        if self.trouble:
            raise MailServerDown(self.trouble, was_tried=False)
        mail = EmailMultiAlternatives(
            subject=subject,
            body=text,
            to=[to],
            headers={"Message-ID": f"<{uuid}@{_domain()}>", "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(html, "text/html")
        try:
            if self.connection is None:
                self.connection = get_connection()
                self.connection.open()
            mail.connection = self.connection
            mail.send()
        except OSError as error:  # smtplib's errors are among them
            if isinstance(error, OF_ONE_MAIL) and getattr(error, "smtp_code", 0) != SERVICE_NOT_AVAILABLE:
                raise
            self.trouble = f"{type(error).__name__}: {error}"
            self._close()
            raise MailServerDown(self.trouble, was_tried=True) from error

    def _close(self) -> None:
        if self.connection is not None:
            with contextlib.suppress(OSError):
                self.connection.close()
            self.connection = None


def _domain() -> str:
    return str(settings.SITE_URL).split("://", 1)[-1].split("/")[0].split(":")[0]
