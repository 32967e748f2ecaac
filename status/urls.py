"""The first pages, a project's status and activity, and the health of the machine."""

from django.urls import path

from status import health, views

app_name = "status"
urlpatterns = [
    path("", views.my_work, name="my_work"),
    path("portfolio/", views.portfolio, name="portfolio"),
    path("p/<slug:slug>/", views.project_detail, name="project_detail"),
    path("p/<slug:slug>/activity/", views.activity_list, name="activity_list"),
    # Public: for the load balancer and the alarm.
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("health/alerts", health.alerts, name="health_alerts"),
]
