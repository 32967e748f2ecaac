"""The API's reference as a page of the site, read from the schema that the API gives of itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import personal_view


@personal_view
def reference(request: HttpRequest) -> HttpResponse:
    return render(request, "status/api_reference.html", {})
