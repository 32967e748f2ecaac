"""Below /p/<slug>/alerts/."""

from django.urls import path

from alerts import views

app_name = "alerts"
urlpatterns = [
    path("", views.alert_list, name="alert_list"),
    path("<uuid:alert_uuid>/acknowledge/", views.alert_acknowledge, name="alert_acknowledge"),
]
