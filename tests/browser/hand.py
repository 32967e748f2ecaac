"""What people do in a browser: sign in, click on what they see, and read the mail that came."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import Page, expect

from accounts.models import User
from launch.children import wait_until

PASSWORD = "harbour-lights-at-night"
POST_KEY = "key-of-the-post-in-this-test"


class Hand:
    """Clicks on what a person sees, and counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def press(self, name: str) -> None:
        self._click("button", name)

    def follow(self, name: str) -> None:
        self._click("link", name)

    def _click(self, role: str, name: str) -> None:
        self.clicks += 1
        link = self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]
        # What the page says instead is worth more than that something was not found.
        expect(link, self.page.locator("main").inner_text()).to_be_visible()
        link.click()


def a_user(email: str, name: str) -> User:
    """Somebody who can sign in on the server, which knows the hashers of production alone."""
    user = User.objects.create_user(email=email, name=name)
    hasher = PBKDF2PasswordHasher()
    user.password = hasher.encode(PASSWORD, hasher.salt())
    user.save(update_fields=["password"])
    return user


def signs_in(page: Page, email: str) -> Hand:
    """The hand that signed in, which is a click."""
    hand = Hand(page)
    page.goto("/portfolio/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    hand.press("Sign in")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return hand


def follow_newest_mail(page: Page, to: str) -> str:
    """Open the link of the newest mail to an address, where the demonstration keeps its mails; the link."""
    mail = page.get_by_role("row").filter(has_text=to).get_by_role("link").first

    def has_come() -> bool:
        page.goto(f"/post/{POST_KEY}/")
        return mail.count() > 0

    assert wait_until(has_come, seconds=30)
    mail.click()
    page.locator("pre a").first.click()
    return page.url
