"""What can be undone is undone instead of confirmed: the message that says it is done carries the way back."""

from django.contrib import messages
from django.http import HttpRequest


def offer_undo(request: HttpRequest, text: str, url: str) -> None:
    """Tell the reader what was done, with a button that POSTs to ``url``. A message's tags that begin with a slash
    are that address; ``components/messages.html`` draws them."""
    messages.success(request, text, extra_tags=url)
