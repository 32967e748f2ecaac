"""Tags for the pages of one project."""

from typing import Any

from django import template

from projects.header import ProjectHeader, project_header

register = template.Library()


@register.inclusion_tag("components/project_header.html", takes_context=True, name="project_header")
def header_tag(context: template.Context, current: str) -> dict[str, Any]:
    """``{% project_header "time" %}`` draws the head of the page of the request's project.

    A page that has worked the project's light out already has it in its context as ``light``.
    """
    request = context["request"]
    page = request.resolver_match.view_name if request.resolver_match else ""
    header: ProjectHeader = project_header(request.standing, current, page, context.get("light"))
    return {"project_header": header}


@register.filter
def can(standing: Any, capability: str) -> bool:
    """``{% if standing|can:"edit_terms" %}``: show what may be done. The view asks again when it is done."""
    allowed: bool = standing.can(capability)
    return allowed
