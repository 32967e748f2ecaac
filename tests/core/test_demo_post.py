"""What the demo would have mailed, for whoever knows the key that the terminal shows."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.demo_post import DemoPost

KEY = "k" * 64
LINK = "http://127.0.0.1:8000/l/abc/"


@pytest.fixture
def posted(settings: Any, tmp_path: Path) -> Path:
    """A mail with a link, written by the demo's own way of sending."""
    settings.DATA_DIR, settings.DEMO_POST_KEY, settings.DEMO = tmp_path, KEY, True
    for number in (1, 2):
        mail = EmailMultiAlternatives(f"Grüße {number}", f"Look: {LINK} <b>", to=["dora@vendor.example"])
        mail.attach_alternative("<p>Look</p>", "text/html")
        assert DemoPost().send_messages([mail]) == 1
    (_first, second) = sorted((tmp_path / "post").iterdir())
    return second


def test_the_post_lists_the_newest_first_and_opens_with_its_links(db: None, posted: Path, client: Client) -> None:
    listed = client.get(reverse("demo_post", args=[KEY]))
    assert [mail.subject for mail in listed.context["mails"]] == ["Grüße 2", "Grüße 1"]
    shown = client.get(reverse("demo_post_mail", args=[KEY, posted.stem]))
    page = shown.content.decode()
    assert f'<a href="{LINK}" rel="nofollow">{LINK}</a> &lt;b&gt;' in page
    assert (shown.headers["Referrer-Policy"], "no-store" in shown.headers["Cache-Control"]) == ("no-referrer", True)


def test_without_the_key_there_is_no_post(
    posted: Path, client: Client, client_manager: User, sign_in: Callable[[User], Client], settings: Any
) -> None:
    """Also for those who are signed in, and where no key was given."""
    paths = [reverse("demo_post", args=["x" * 64]), reverse("demo_post_mail", args=["x" * 64, posted.stem])]
    assert [browser.get(path).status_code for browser in (client, sign_in(client_manager)) for path in paths] == [
        404
    ] * 4
    settings.DEMO = False
    assert client.get(reverse("demo_post", args=[KEY])).status_code == 404
    settings.DEMO, settings.DEMO_POST_KEY = True, ""
    assert client.get("/post//").status_code == 404


def test_nothing_but_mails_is_opened(db: None, posted: Path, client: Client) -> None:
    (posted.parent.parent / "secrets.eml").write_text("Subject: secret")
    for name in ("..%2Fsecrets", "nothing"):
        assert client.get(f"/post/{KEY}/{name}/").status_code == 404


def test_others_on_the_machine_cannot_read_the_mails(posted: Path) -> None:
    assert [stat.S_IMODE(path.stat().st_mode) for path in (posted.parent, posted)] == [0o700, 0o600]
