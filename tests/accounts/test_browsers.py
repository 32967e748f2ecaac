"""Browsers as people call them."""

import pytest

from accounts.templatetags.browsers import browser_in_words

APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {APPLE} Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {APPLE} HeadlessChrome/156.0 Safari/537.36", "Chrome on Linux"),
        (f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {APPLE} Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/18.1 Safari/605.1.15", "Safari on macOS"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) {APPLE} CriOS/142.0 Mobile Safari/604.1", "Chrome on iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "an unnamed browser"),
    ],
)
def test_a_browser_is_called_as_people_call_it(sent: str, said: str) -> None:
    assert browser_in_words(sent) == said
