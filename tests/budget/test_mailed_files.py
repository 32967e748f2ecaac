"""Timesheets by mail: who is heard, what comes in, and what is answered."""

import os
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Person, User
from budget.mailed_files import MOST_BYTES, Received, mail_address_of, make_mail_address, receive
from budget.models import TimeEntry
from core.models import Letter
from launch.bootstrap import ROOT
from launch.postgres import Urls
from projects import import_work
from projects.audience import Side
from projects.models import Activity, ImportBatch, ImportWork, Membership, Project
from status.queries import counts_for
from tests.api_client import Program
from tests.budget.test_import_work import SignIn

SHEET = "Date,Person,Hours\n2026-01-05,Dora Developer,1.5\n2026-01-06,Dora Developer,2\n"


@pytest.fixture(autouse=True)
def receives_mail(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.INBOUND_MAIL_DOMAIN = "files.example.com"


@pytest.fixture
def address(project: Project, client_manager: User) -> str:
    return make_mail_address(actor=client_manager, project=project, side=Side.CLIENT)


def mail(sender: User | str, *files: tuple[str, str], **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = f"Somebody <{sender if isinstance(sender, str) else sender.email}>"
    message["Subject"] = "Hours of Jänner"
    message["Message-ID"] = "<1@example.com>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content("Here they are.")
    for filename, text in files:
        message.add_attachment(text.encode(), maintype="text", subtype="csv", filename=filename)
    return message.as_bytes()


def test_a_file_arrives_as_a_preview_of_its_sender(
    project: Project, client_manager: User, developer: Person, address: str
) -> None:
    assert receive(mail(client_manager, ("jänner.csv", SHEET)), address) == Received.TAKEN
    batch = ImportBatch.objects.get()
    assert (batch.filename, batch.created_by, batch.recorded_by_side) == ("jänner.csv", client_manager, "client")
    assert (batch.state, batch.outcome["new"], TimeEntry.objects.count()) == (ImportBatch.State.PREVIEWED, 2, 0)
    assert counts_for(client_manager, timezone.now())["waiting"] == 1
    letter = Letter.objects.get()
    assert (letter.to, letter.subject) == (client_manager.email, "Re: Hours of Jänner")
    assert "jänner.csv: 2 rows are new, 0 are already there, 0 are wrong." in letter.text
    assert reverse("budget:time_import_detail", args=[project.slug, batch.uuid]) in letter.text


def test_the_same_mail_counts_once(project: Project, client_manager: User, developer: Person, address: str) -> None:
    sent = mail(client_manager, ("january.csv", SHEET))
    assert [receive(sent, address), receive(sent, address)] == [Received.TAKEN, Received.AGAIN]
    assert (ImportBatch.objects.count(), Letter.objects.count()) == (1, 1)


def test_only_who_may_import_for_the_side_is_heard(
    project: Project, client_manager: User, client_member: User, vendor_manager: User, other_client: User, address: str
) -> None:
    file = ("january.csv", SHEET)
    for sender in (client_member, vendor_manager, other_client, "nobody@example.com"):
        assert receive(mail(sender, file), address) == Received.NOT_WELCOME
    Membership.objects.filter(user=client_manager).update(ended_at=timezone.now())
    assert receive(mail(client_manager, file), address) == Received.NOT_WELCOME
    assert (ImportBatch.objects.count(), Letter.objects.count()) == (0, 0)


def test_nothing_comes_into_a_closed_project(project: Project, client_manager: User, address: str) -> None:
    Project.objects.filter(pk=project.pk).update(status=Project.Status.CLOSED)
    assert receive(mail(client_manager, ("january.csv", SHEET)), address) == Received.NOT_WELCOME


@pytest.mark.parametrize(
    ("headers", "became"),
    [
        ({"Authentication_Results": "mx.example.com; spf=pass; dmarc=fail"}, Received.NOT_WELCOME),
        ({"Auto_Submitted": "auto-replied"}, Received.IGNORED),
        ({"Auto_Submitted": "no"}, Received.TAKEN),
    ],
)
def test_what_the_server_found_and_what_answers_by_itself_is_heeded(
    client_manager: User, address: str, headers: dict[str, str], became: Received
) -> None:
    assert receive(mail(client_manager, ("january.csv", SHEET), **headers), address) == became


def test_a_new_address_ends_the_one_before(project: Project, client_manager: User, address: str) -> None:
    new = make_mail_address(actor=client_manager, project=project, side=Side.CLIENT)
    assert (new != address, mail_address_of(project, Side.CLIENT)) == (True, new)
    sent = mail(client_manager, ("january.csv", SHEET))
    assert receive(sent, address) == Received.NO_ADDRESS
    assert receive(sent, new.replace("files.example.com", "elsewhere.example.com")) == Received.NO_ADDRESS
    assert receive(sent, new.upper()) == Received.TAKEN
    assert {each.audience for each in Activity.objects.filter(verb="mail_address_made")} == {"client"}


def test_a_mail_without_a_table_and_one_that_cannot_be_read_say_so(client_manager: User, address: str) -> None:
    receive(mail(client_manager, ("photo.png", "x")), address)
    receive(mail(client_manager, ("odd.csv", 'Date,Person\n"open'), Message_ID="<2@x>"), address)
    texts = [letter.text for letter in Letter.objects.order_by("pk")]
    assert "Your mail held no CSV or XLSX file" in texts[0]
    assert "odd.csv: " in texts[1]
    assert ImportBatch.objects.get().outcome["refusal"]["code"] == "unclosed_quote"


def test_a_long_file_is_left_to_a_worker(
    client_manager: User, developer: Person, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_work, "MOST_BYTES_IN_A_REQUEST", 10)
    receive(mail(client_manager, ("january.csv", SHEET)), address)
    assert ImportWork.objects.get().asked_by == client_manager
    assert "january.csv: it is being read." in Letter.objects.get().text


def test_bytes_that_are_no_mail_bring_nothing(client_manager: User, address: str) -> None:
    for raw in (b"", b"\x00\xff", b"From: =?x?y?=\r\n\r\n", b"From: a@b\r\nFrom: c@d\r\n\r\n"):
        assert receive(raw, address) == Received.NOT_WELCOME
    assert receive(b"x" * (MOST_BYTES + 1), address) == Received.TOO_LARGE


def test_the_server_pipes_a_mail_in(
    fresh_database: Urls, project: Project, client_manager: User, developer: Person, address: str, tmp_path: Path
) -> None:
    def piped(recipient: str) -> int:
        environment = {**os.environ, **fresh_database.environment, "MEDIA_ROOT": str(tmp_path)}
        return subprocess.run(
            [sys.executable, "manage.py", "receive_mail", recipient],
            input=mail(client_manager, ("january.csv", SHEET)),
            env={**environment, "INBOUND_MAIL_DOMAIN": "files.example.com"},
            cwd=ROOT,
            check=False,
            capture_output=True,
            timeout=60,
        ).returncode

    assert [piped("nobody@files.example.com"), piped(address)] == [67, 0]
    assert ImportBatch.objects.get().outcome["new"] == 2


def test_the_page_and_programs_make_an_address(
    project: Project, client_manager: User, client_member: User, sign_in: SignIn, program: Program, settings: Settings
) -> None:
    page = reverse("budget:mail_address", args=[project.slug])
    client = sign_in(client_manager)
    assert "Your side has no address yet." in client.get(page).content.decode()
    client.post(page)
    made = mail_address_of(project, Side.CLIENT)
    assert made in client.get(page).content.decode()
    assert sign_in(client_member).get(page).status_code == 403
    api, path = program(client_manager), f"projects/{project.slug}/mail-address/"
    assert api.get(path).json() == {"address": made}
    assert api.post(path).json() != {"address": made}
    settings.INBOUND_MAIL_DOMAIN = ""
    assert "This installation receives no mail yet." in client.get(page).content.decode()
    assert api.post(path).json()["code"] == "no_inbound_mail"
