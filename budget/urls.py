"""Addresses of hours and confirmations, under /p/<slug>/."""

from django.urls import include, path

from budget import confirmation_views, mail_views, replay_views, unmatched_views, views, week_views

app_name = "budget"
urlpatterns = [
    path("time/", views.time_entry_list, name="time_entry_list"),
    path("time/week/", week_views.time_week, name="time_week"),
    path("time/add/", views.time_entry_add, name="time_entry_add"),
    path("time/import/", include("budget.import_urls")),
    path("time/by-mail/", mail_views.mail_address, name="mail_address"),
    path("time/unmatched/", unmatched_views.unmatched_list, name="unmatched_list"),
    path("time/<uuid:entry_uuid>/", views.time_entry_detail, name="time_entry_detail"),
    path("time/<uuid:entry_uuid>/reverse/", views.time_entry_reverse, name="time_entry_reverse"),
    path("alerts/replay/", replay_views.alert_replay, name="alert_replay"),
    path("confirmations/", confirmation_views.confirmation_list, name="confirmation_list"),
    path("confirmations/ask/", confirmation_views.confirmation_ask, name="confirmation_ask"),
    path("confirmations/<uuid:confirmation_uuid>/", confirmation_views.confirmation_detail, name="confirmation_detail"),
    path(
        "confirmations/<uuid:confirmation_uuid>/link/", confirmation_views.confirmation_link, name="confirmation_link"
    ),
    path(
        "confirmations/<uuid:confirmation_uuid>/withdraw/",
        confirmation_views.confirmation_withdraw,
        name="confirmation_withdraw",
    ),
]
