"""Projects as their readers find them: a busy one with one of everything, a new one, and one with the longest names."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import is_mfa_enabled
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from projects.actions import add_comment, add_member, add_person, invite_member, open_project
from projects.audience import Side
from projects.models import Membership, Project
from requirements_app.actions import NewWorkItem, add_work_item, insert_work_items
from status.demo.accounts import PASSWORD
from status.demo.load import load_demo
from tests.access.test_every_route import Ids, things_of

CLIENT, VENDOR = "mara@alpenrose.example", "jonas@nordhaven.example"
UNBROKEN = "Rechtsschutzversicherungsgesellschaftenverzeichnisabgleichsprotokoll"
LONG = f"{UNBROKEN} and everything that the second run after the changes of August brought with it"

# What can come in a file of hours: each leads to another page, in the order in which they are asked.
TIMESHEETS: Mapping[str, str] = {
    "columns to tell apart": "Day,Day of booking,Who,Spent\n05/06/2026,05/07/2026,Anneli Saar,2\n",
    "people to name": "Date,Person,Hours\n2026-09-14,Somebody Else,2\n2026-09-15,Another One,3\n",
    "rows that are wrong": "Date,Person,Hours\n2026-09-14,Anneli Saar,2\n2026-09-15,Anneli Saar,many\n31.31.2026,,4\n",
    "twenty columns": "Date,Person,Hours," + ",".join(f"Column number {number}" for number in range(4, 21)) + "\n"
    "2026-09-14,Anneli Saar,2" + ",something that fills it" * 17 + "\n",
    "nothing that is hours": "A,B\n1,2\n",
    "hours to take": "Date,Person,Hours,Work item,Note\n2026-09-16,Anneli Saar,3,W-40,Second look\n"
    "2026-09-16,Anneli Saar,1,Meetings,\n",
}
ESTIMATES: Mapping[str, str] = {
    "items to take": f"Key,Title,Estimate\nX-1,First thing,4\nX-2,{LONG},8\n",
    "rows that are wrong": "Key,Title,Estimate\nX-1,First thing,many\nX-1,,8\n",
}


@dataclass(frozen=True)
class Scene:
    """What a reader may meet: by side the reader, and the ids of what stands there."""

    project: Project
    readers: Mapping[str, User]
    ids: Mapping[str, list[Ids]]


def busy(today: dt.date | None = None) -> Scene:
    """The demo’s busiest project, one of everything that an address can name, and imports at each step."""
    load_demo(today or timezone.now().date())
    project = Project.objects.get(name="Claims portal")
    readers = {"client": User.objects.get(email=CLIENT), "vendor": User.objects.get(email=VENDOR)}
    ids = {"client": things_of(project, readers["client"])}
    theirs = add_comment(actor=readers["vendor"], project=project, side=Side.VENDOR, text="**✓** 👍")
    ids["vendor"] = {
        **ids["client"],
        "comment_uuid": {"": theirs.uuid},
        "member_uuid": {"": Membership.objects.get(project=project, user__email="elif@nordhaven.example").uuid},
    }
    mine = bring_in(project, readers["client"])
    return Scene(project, readers, {"client": [ids["client"], *mine], "vendor": [ids["vendor"]]})


def bring_in(project: Project, reader: User) -> list[Ids]:
    """Files of hours and estimates, brought in through the pages; the last ones taken."""
    browser = signed_in(reader)
    found: list[Ids] = []
    for stem, space, files in (("time", "budget", TIMESHEETS), ("work_item", "requirements", ESTIMATES)):
        page = reverse(f"{space}:{stem}_import_new", args=[project.slug])
        for name, text in files.items():
            upload = SimpleUploadedFile(f"{name}.csv", text.encode(), content_type="text/csv")
            detail = browser.post(page, {"file": upload})["Location"]
            found.append({"slug": {"": project.slug}, "batch_uuid": {stem: detail.rstrip("/").rsplit("/", 1)[1]}})
        take = browser.get(detail).context["form"]
        if take is not None and "preview_hash" in take.fields:
            browser.post(detail, {"act": "take", "preview_hash": take["preview_hash"].initial})
    return found


def new() -> Scene:
    """A project of a minute ago: nothing is estimated, booked or said; both sides have one person."""
    client, vendor = (User.objects.create_user(f"{who}@example.com", who) for who in ("newcomer", "supplier"))
    theirs = Organisation.objects.create(name="Empty Office")
    project = open_project(actor=client, client=theirs, name="Nothing yet")
    project.vendor = Organisation.objects.create(name="Idle Works")
    project.save(update_fields=["vendor"])
    add_member(actor=client, project=project, user=vendor, side=Side.VENDOR, role=Membership.Role.MANAGER)
    only_the_project: list[Ids] = [{"slug": {"": project.slug}, "side": {"": "client"}}]
    return Scene(
        project, {"client": client, "vendor": vendor}, {"client": only_the_project, "vendor": only_the_project}
    )


def long_named() -> Scene:
    """Everything is called as long as its field allows, most of it in one word; and a thousand items of that."""
    client, vendor = (
        User.objects.create_user(f"{UNBROKEN.lower()}.{side}@example.com", f"{UNBROKEN} {side}") for side in Side
    )
    project = open_project(actor=client, client=Organisation.objects.create(name=f"{LONG}, Alpha"), name=LONG[:120])
    project.vendor = Organisation.objects.create(name=f"{LONG}, Omega")
    project.save(update_fields=["vendor"])
    add_member(actor=client, project=project, user=vendor, side=Side.VENDOR, role=Membership.Role.MANAGER)
    for user, side in ((client, Side.CLIENT), (vendor, Side.VENDOR)):
        add_comment(
            actor=user,
            project=project,
            side=side,
            text=f"{UNBROKEN * 3}\n\n| a | b |\n|---|---|\n| {UNBROKEN} | {UNBROKEN} |\n\n    {UNBROKEN * 2}",
            files=[ContentFile(b"words", name=f"{UNBROKEN}.txt")],
        )
    add_person(actor=client, project=project, name=LONG[:150], side="vendor", job_role=UNBROKEN[:80])
    parent = None
    for level in range(6):
        parent = add_work_item(
            actor=client,
            project=project,
            title=LONG,
            estimate_minutes=5_999_940,
            parent=parent,
            outside_key=f"{level}{UNBROKEN[:59]}",
        )
    insert_work_items(project=project, new_items=[NewWorkItem(title=f"{number} {LONG}") for number in range(1000)])
    invite_member(actor=client, project=project, email=f"{UNBROKEN.lower()}@example.com", side="client", role="viewer")
    ids: Ids = {**things_of(project, client), "number": {"": parent.ref.number if parent else 1}}
    return Scene(project, {"client": client, "vendor": vendor}, {"client": [ids], "vendor": [ids]})


def signed_in(reader: User) -> Client:
    """Signed in by password where the reader has one, so that nothing asks for it again."""
    browser = Client()
    cache.clear()
    if reader.has_usable_password():
        browser.post(reverse("account_login"), {"login": reader.email, "password": PASSWORD})
        browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    if "sessionid" not in browser.cookies:
        browser.force_login(reader)
    return browser


def with_second_factor(reader: User) -> Client:
    """Signed in, and the second factor is set up since: the next sign-in asks for a code."""
    browser = signed_in(reader)
    if not is_mfa_enabled(reader):
        TOTP.activate(reader, generate_totp_secret())
        RecoveryCodes.activate(reader)
    return browser


def value_in(ids: Ids, parameter: str, route_name: str, side: str) -> Any:
    """The id that stands for ``parameter``; None where the scene has none."""
    fitting = [key for key in ids.get(parameter, ()) if all(part == side or part in route_name for part in key.split())]
    return ids[parameter][max(fitting, key=len)] if fitting else None
