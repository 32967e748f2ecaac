"""Below /p/<slug>/alerts/."""

from django.urls import path

from alerts import views

app_name = "alerts"
urlpatterns = [
    path("", views.alert_list, name="alert_list"),
    path("<uuid:alert_uuid>/acknowledge/", views.alert_acknowledge, name="alert_acknowledge"),
    path("<uuid:alert_uuid>/mute/", views.alert_mute, name="alert_mute"),
    path("<uuid:alert_uuid>/tell-vendor/", views.alert_tell_vendor, name="alert_tell_vendor"),
    path("<uuid:alert_uuid>/keep/", views.alert_keep, name="alert_keep"),
    path("mutes/<uuid:mute_uuid>/end/", views.alert_unmute, name="alert_unmute"),
]
