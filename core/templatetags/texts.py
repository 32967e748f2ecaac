"""How text that people wrote is shown."""

from django import template
from django.utils.safestring import SafeString

from core.markdown import markdown

register = template.Library()


@register.filter(name="markdown")
def as_markdown(text: str) -> SafeString:
    """``{{ comment.text|markdown }}``: what somebody wrote, as safe html."""
    return markdown(text)
