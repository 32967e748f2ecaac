"""Writing in a real browser: files as people bring them, and words that nothing loses."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from projects.actions import add_comment, set_status
from projects.models import Attachment, Comment, Project
from tests.processes import Site

pytestmark = pytest.mark.browser

PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
# A file as the desktop or the clipboard gives it to a page.
BRING = """
(form, [kind, files]) => {
  const data = new DataTransfer();
  for (const { name, type, base64 } of files) {
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    data.items.add(new File([bytes], name, { type }));
  }
  const target = form.querySelector("textarea");
  const usual = { bubbles: true, cancelable: true };
  const events = kind === "paste"
    ? [new ClipboardEvent("paste", { clipboardData: data, ...usual })]
    : ["dragover", "drop"].map((one) => new DragEvent(one, { dataTransfer: data, ...usual }));
  for (const event of events) target.dispatchEvent(event);
}
"""


@pytest.fixture
def writer(
    page: Page, web_server: Site, client_manager: User, project: Project, sign_in: Callable[[User], Client]
) -> Iterator[Page]:
    """The client's manager before the form of the project's comments. Ends with no script having failed."""
    session = sign_in(client_manager).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": web_server.url}])
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(f"/p/{project.slug}/comments/")
    yield page
    assert failed == []


def area(page: Page) -> Any:
    return page.get_by_role("textbox", name="Your comment")


def bring(page: Page, kind: str, *files: dict[str, str]) -> None:
    page.locator("form.write").evaluate(BRING, [kind, list(files)])


def picture(name: str = "image.png") -> dict[str, str]:
    return {"name": name, "type": "image/png", "base64": PICTURE}


def test_pasted_picture_dropped_and_chosen_files_go_together(writer: Page, tmp_path: Path) -> None:
    area(writer).fill("Three ways")
    bring(writer, "paste", picture())
    bring(writer, "drop", {"name": "Grüße – 図.txt", "type": "text/plain", "base64": "aGk="}, picture("wrong one.png"))
    chosen = writer.locator(".chosen li")
    expect(chosen).to_have_count(3)
    writer.get_by_role("button", name="Leave out: wrong one.png").click()
    expect(chosen).to_have_count(2)
    writer.get_by_role("button", name="Add it").click()
    said = writer.locator(".comment")
    expect(said).to_contain_text("Three ways")
    expect(said).to_be_focused()
    expect(writer.locator("h1")).to_contain_text("1 comment")
    expect(area(writer)).to_have_value("")
    names = sorted(Attachment.objects.values_list("filename", flat=True))
    assert [name.split("-")[0] for name in names] == ["Grüße – 図.txt", "screenshot"]
    shown = said.locator("details.picture")
    shown.locator("summary").click()
    expect(shown.locator("img")).to_have_js_property("naturalWidth", 1)


def test_refusal_keeps_words_and_files(writer: Page) -> None:
    area(writer).fill("Look at this")
    bring(writer, "drop", {"name": "nothing.txt", "type": "text/plain", "base64": ""}, picture("plan.png"))
    writer.get_by_role("button", name="Add it").click()
    expect(writer.locator(".error-summary")).to_contain_text("nothing.txt is empty")
    expect(writer.locator(".error-summary")).to_be_focused()
    expect(area(writer)).to_have_value("Look at this")
    expect(writer.locator(".chosen li")).to_have_count(2)
    writer.get_by_role("button", name="Leave out: nothing.txt").click()
    writer.get_by_role("button", name="Add it").click()
    expect(writer.locator(".comment")).to_contain_text("plan.png")
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("happens", "is_said"),
    [
        ("the project is closed", "This project is closed"),
        ("the session ends", "You are signed out, so this was not added"),
        ("the network is gone", "no usable answer came back"),
    ],
)
def test_words_outlive_what_happens_meanwhile(
    happens: str, is_said: str, writer: Page, project: Project, client_manager: User
) -> None:
    area(writer).fill("An hour's work")
    writer.get_by_label("Internal note").check()
    if happens == "the project is closed":
        set_status(actor=client_manager, project=project, status="closed")
    elif happens == "the session ends":
        writer.context.clear_cookies(name="sessionid")
    else:
        writer.context.set_offline(True)
    writer.get_by_role("button", name="Add it").click()
    expect(writer.locator(".not-sent")).to_contain_text(is_said)
    expect(area(writer)).to_have_value("An hour's work")
    writer.context.set_offline(False)
    assert Comment.objects.count() == 0


def test_what_was_refused_for_being_signed_out_goes_once_signed_in_again(
    writer: Page, web_server: Site, client_manager: User, sign_in: Callable[[User], Client]
) -> None:
    area(writer).fill("An hour's work")
    writer.context.clear_cookies()
    writer.get_by_role("button", name="Add it").click()
    expect(writer.locator(".not-sent")).to_be_visible()
    session = sign_in(client_manager).cookies["sessionid"].value
    writer.context.add_cookies([{"name": "sessionid", "value": session, "url": web_server.url}])
    other = writer.context.new_page()
    other.goto("/profile/")  # gives the new token
    other.close()
    writer.get_by_role("button", name="Add it").click()
    expect(writer.locator(".comment")).to_contain_text("An hour's work")
    expect(writer.locator(".not-sent")).to_have_count(0)


def test_draft_outlives_the_page_and_goes_with_signing_out(writer: Page, project: Project) -> None:
    writer.on("dialog", lambda question: question.accept())
    area(writer).fill("Not yet sent")
    writer.get_by_label("Internal note").check()
    writer.goto("/portfolio/")
    writer.goto(f"/p/{project.slug}/comments/")
    expect(area(writer)).to_have_value("Not yet sent")
    # A note that was meant for one side never comes back as one for both.
    expect(writer.get_by_label("Internal note")).to_be_checked()
    expect(writer.get_by_text("This is what you had typed here")).to_be_visible()
    writer.get_by_role("button", name="Add it").click()
    expect(writer.locator(".comment.internal")).to_contain_text("Not yet sent")
    writer.reload()
    expect(area(writer)).to_have_value("")
    area(writer).fill("On a shared machine")
    writer.get_by_role("button", name="Menu of Clara Manager").click()
    writer.get_by_role("button", name="Sign out").click()
    expect(writer).to_have_url(f"{writer.url}")
    assert writer.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft'))") == []


def test_upload_shows_how_far_it_is_and_can_be_cancelled(writer: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(20_000_000))
    session = writer.context.new_cdp_session(writer)
    network = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 2_000_000}
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", network)
    area(writer).fill("The recording")
    writer.locator("form.write input[type=file]").set_input_files(large)
    writer.get_by_role("button", name="Add it").click()
    expect(writer.locator(".uploading output")).to_contain_text("%")
    writer.get_by_role("button", name="Cancel").click()
    expect(writer.locator(".not-sent")).to_contain_text("The upload was cancelled")
    expect(area(writer)).to_have_value("The recording")
    session.send("Network.emulateNetworkConditions", {**network, "uploadThroughput": -1})
    writer.get_by_role("button", name="Add it").click()
    expect(writer.locator(".comment")).to_contain_text("large.bin", timeout=20_000)
    assert Attachment.objects.count() == 1


def test_what_others_say_comes_by_itself_and_takes_no_word_away(
    writer: Page, project: Project, vendor_manager: User
) -> None:
    area(writer).fill("Half a sent")
    add_comment(actor=vendor_manager, project=project, side="vendor", text="From the other side")
    area(writer).focus()
    # What the page does each 15 seconds.
    writer.evaluate("window.dispatchEvent(new Event('online'))")
    expect(writer.locator(".comment")).to_contain_text("From the other side")
    expect(area(writer)).to_have_value("Half a sent")
    expect(area(writer)).to_be_focused()
