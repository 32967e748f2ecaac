"""Alerts and their rules below /p/<slug>/alerts/, what an organisation usually wants below its own address."""

from django.urls import include, path

from alerts import organisation_rule_views, rule_views, views

app_name = "alerts"

# /p/<slug>/alerts/
project_patterns = [
    path("", views.alert_list, name="alert_list"),
    path("<uuid:alert_uuid>/acknowledge/", views.alert_acknowledge, name="alert_acknowledge"),
    path("<uuid:alert_uuid>/mute/", views.alert_mute, name="alert_mute"),
    path("<uuid:alert_uuid>/tell-vendor/", views.alert_tell_vendor, name="alert_tell_vendor"),
    path("<uuid:alert_uuid>/keep/", views.alert_keep, name="alert_keep"),
    path("mutes/<uuid:mute_uuid>/end/", views.alert_unmute, name="alert_unmute"),
    path("rules/", rule_views.rule_list, name="rule_list"),
    path("rules/<slug:scale>/", rule_views.rule_edit, name="rule_edit"),
]

# /organisations/<uuid>/alert-rules/
organisation_patterns = [
    path("", organisation_rule_views.organisation_rule_list, name="organisation_rule_list"),
    path(
        "<slug:cooperation>/<slug:billing>/<slug:scale>/",
        organisation_rule_views.organisation_rule_edit,
        name="organisation_rule_edit",
    ),
]

urlpatterns = [
    path("p/<slug:slug>/alerts/", include(project_patterns)),
    path("organisations/<uuid:organisation_uuid>/alert-rules/", include(organisation_patterns)),
]
