"""Mails over real SMTP, by the very setting that an installation has: to servers that behave and to those that do not.

What arrives is counted by recipient and Message-ID: SMTP cannot promise more than that a mail that came twice is known
for the same.
"""

import asyncio
import datetime as dt
import ipaddress
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

import environ
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from launch.ports import free_port
from projects.models import OutboxMessage, Project
from projects.outbox import LEASE, LONGEST_WAIT_FOR_SERVER, RETRY_AFTER, put_in_outbox, send_due

pytestmark = pytest.mark.django_db

State = OutboxMessage.State
OK, HANGS, DROPS, TAKES_AND_DROPS = "250 taken", "hangs", "drops", "takes and drops"


@dataclass
class MailServer:
    """Takes mails, and misbehaves as ``answers`` say: to one mail after the other, then as usual."""

    answers: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, str]] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's names)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = self.answers.pop(0) if self.answers else OK
        if answer == HANGS:
            # Until the client has had enough and hangs up.
            await asyncio.sleep(3600)
        assert isinstance(envelope.content, bytes)
        if answer in (OK, TAKES_AND_DROPS):
            name = str(message_from_bytes(envelope.content)["Message-ID"])
            self.taken += [(address, name) for address in envelope.rcpt_tos]
            self.was_encrypted.append(session.ssl is not None)
        if answer in (DROPS, TAKES_AND_DROPS):
            assert server.transport is not None
            server.transport.abort()
        return answer

    @property
    def effective(self) -> Counter[str]:
        """How many different mails each recipient has, whatever came twice."""
        return Counter(address for address, _name in set(self.taken))


@contextmanager
def serving(server: MailServer, **options: Any) -> Iterator[MailServer]:
    controller = Controller(server, hostname="127.0.0.1", port=free_port(), ready_timeout=20, **options)
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving(MailServer()) as found:
        yield found


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of 127.0.0.1 that nobody knows yet, and the server's side of it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = dt.datetime.now(tz=dt.UTC)
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, key_file = tmp_path / "certificate.pem", tmp_path / "key.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return file, context


@pytest.fixture
def mail_by(settings: Settings) -> Callable[..., None]:
    """Send mails as ``EMAIL_URL`` says: read as the settings read it."""

    def mail_by(url: str, seconds: float = 5) -> None:
        for name, value in {**environ.Env.email_url_config(url), "EMAIL_TIMEOUT": seconds}.items():
            setattr(settings, name, value)

    return mail_by


@pytest.fixture
def put(project: Project) -> Callable[..., int]:
    def put(*recipients: User, event: str = "1") -> int:
        return put_in_outbox(
            project=project,
            recipients=recipients,
            kind="terms_changed",
            data={"by": "Clara", "fields": []},
            channels=["mail"],
            audience="both",
            dedupe=event,
        )

    return put


def later(minutes: float = 2) -> dt.datetime:
    return timezone.now() + dt.timedelta(minutes=minutes)


def states() -> Counter[str]:
    return Counter(OutboxMessage.objects.filter(channel="mail").values_list("state", flat=True))


# ── Configured ──────────────────────────────────────────────────────────────────────────────────────
def test_a_mail_arrives(
    server: MailServer, mail_by: Callable[..., None], put: Callable[..., int], client_manager: User
) -> None:
    mail_by(f"smtp://127.0.0.1:{server.port}")
    put(client_manager)
    assert send_due() == 1
    message = OutboxMessage.objects.get()
    assert server.taken == [(client_manager.email, f"<{message.uuid}@127.0.0.1>")]
    assert server.was_encrypted == [False]


def _knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"post", b"p@ss/word"), handled=False)


def test_starttls_and_password(
    certificate: tuple[Path, ssl.SSLContext],
    mail_by: Callable[..., None],
    put: Callable[..., int],
    client_manager: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """``smtp+tls`` encrypts before it says the password, to a server whose certificate is known alone."""
    file, context = certificate
    options = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": _knows}
    with serving(MailServer(), **options) as server:
        put(client_manager)
        mail_by(f"smtp+tls://post:p%40ss%2Fword@127.0.0.1:{server.port}")
        assert send_due() == 0
        assert "CERTIFICATE_VERIFY_FAILED" in OutboxMessage.objects.get().last_error
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        mail_by(f"smtp+tls://post:wrong@127.0.0.1:{server.port}")
        assert send_due(later()) == 0
        assert "SMTPAuthenticationError" in OutboxMessage.objects.get().last_error
        mail_by(f"smtp+tls://post:p%40ss%2Fword@127.0.0.1:{server.port}")
        assert send_due(later(60)) == 1
        assert server.was_encrypted == [True]


# ── A server that misbehaves ────────────────────────────────────────────────────────────────────────
def test_an_address_refused_for_good_holds_up_no_other_and_is_given_up(
    server: MailServer,
    mail_by: Callable[..., None],
    put: Callable[..., int],
    client_manager: User,
    client_approver: User,
) -> None:
    mail_by(f"smtp://127.0.0.1:{server.port}")
    server.refused[client_manager.email] = "550 no such box"
    put(client_manager, client_approver)
    moment = timezone.now()
    for wait in (*RETRY_AFTER, dt.timedelta()):
        send_due(moment)
        moment += wait + dt.timedelta(seconds=1)
    assert states() == {State.DEAD: 1, State.SENT: 1}
    assert server.effective == {client_approver.email: 1}


@pytest.mark.parametrize("answer", ["421 not now", "451 try later", "452 no room"])
def test_what_is_refused_for_now_arrives_once_later(
    answer: str, server: MailServer, mail_by: Callable[..., None], put: Callable[..., int], client_manager: User
) -> None:
    mail_by(f"smtp://127.0.0.1:{server.port}")
    server.answers = [answer]
    put(client_manager)
    assert send_due() == 0
    assert states() == {State.WAITING: 1}
    assert send_due(later()) == 1
    assert server.effective == {client_manager.email: 1}
    assert len(server.taken) == 1


def test_a_server_that_hangs_costs_one_time_out_a_run(
    server: MailServer,
    mail_by: Callable[..., None],
    put: Callable[..., int],
    client_manager: User,
    client_approver: User,
) -> None:
    mail_by(f"smtp://127.0.0.1:{server.port}", seconds=0.5)
    server.answers = [HANGS]
    for event in ("1", "2", "3"):
        put(client_manager, client_approver, event=event)
    began = time.monotonic()
    assert send_due() == 0
    assert time.monotonic() - began < 4 * 0.5
    mail_by(f"smtp://127.0.0.1:{server.port}")
    assert send_due(later()) == 6
    assert server.effective == {client_manager.email: 3, client_approver.email: 3}
    assert len(server.taken) == 6


@pytest.mark.parametrize(("answer", "times"), [(DROPS, 1), (TAKES_AND_DROPS, 2)])
def test_a_lost_reply_is_one_mail_to_its_reader(
    answer: str,
    times: int,
    server: MailServer,
    mail_by: Callable[..., None],
    put: Callable[..., int],
    client_manager: User,
) -> None:
    """Nobody can know whether it was taken: it is sent again, under the same Message-ID."""
    mail_by(f"smtp://127.0.0.1:{server.port}")
    server.answers = [answer]
    put(client_manager)
    assert send_due() == 0
    assert send_due(later()) == 1
    assert len(server.taken) == times
    assert server.effective == {client_manager.email: 1}


def test_a_worker_that_dies_after_sending_sends_the_same_mail(
    server: MailServer, mail_by: Callable[..., None], put: Callable[..., int], client_manager: User
) -> None:
    """The mail left and the mark did not: when the lease has run out another worker sends it again."""
    mail_by(f"smtp://127.0.0.1:{server.port}")
    put(client_manager)
    send_due()
    OutboxMessage.objects.update(state=State.WAITING, leased_until=timezone.now() + LEASE)
    assert send_due() == 0
    assert send_due(timezone.now() + LEASE + dt.timedelta(seconds=1)) == 1
    assert len(server.taken) == 2
    assert server.effective == {client_manager.email: 1}


def test_after_a_long_silence_the_mail_arrives_within_a_quarter_of_an_hour(
    server: MailServer, mail_by: Callable[..., None], put: Callable[..., int], client_manager: User
) -> None:
    mail_by(f"smtp://127.0.0.1:{free_port()}")
    put(client_manager)
    now = timezone.now()
    for _attempt in range(6):
        send_due(now)
        now = OutboxMessage.objects.get().due_at
    mail_by(f"smtp://127.0.0.1:{server.port}")
    assert send_due(now + LONGEST_WAIT_FOR_SERVER) == 1
    assert server.effective == {client_manager.email: 1}
