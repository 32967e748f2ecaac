"""The first pages, a project's status and activity, and the health of the machine."""

from django.urls import path

from status import earned_views, health, views

app_name = "status"
urlpatterns = [
    path("", views.my_work, name="my_work"),
    path("portfolio/", views.portfolio, name="portfolio"),
    path("machine/", views.machine, name="machine"),
    path("machine/mails/<uuid:message_uuid>/send/", views.own_mail_send, name="own_mail_send"),
    path("p/<slug:slug>/", views.project_detail, name="project_detail"),
    path("p/<slug:slug>/activity/", views.activity_list, name="activity_list"),
    path("p/<slug:slug>/earned-value/", earned_views.earned_value, name="earned_value"),
    path("p/<slug:slug>/earned-value/indices.csv", earned_views.earned_value_indices, name="earned_value_indices"),
    path("p/<slug:slug>/earned-value/days.csv", earned_views.earned_value_days, name="earned_value_days"),
    # Public: for the load balancer and the alarm.
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("health/alerts", health.alerts, name="health_alerts"),
]
