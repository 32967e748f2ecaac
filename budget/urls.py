"""Addresses of hours, under /p/<slug>/time/."""

from django.urls import include, path

from budget import views

app_name = "budget"
urlpatterns = [
    path("", views.time_entry_list, name="time_entry_list"),
    path("add/", views.time_entry_add, name="time_entry_add"),
    path("import/", include("budget.import_urls")),
    path("<uuid:entry_uuid>/reverse/", views.time_entry_reverse, name="time_entry_reverse"),
]
