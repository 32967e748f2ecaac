"""Addresses of imports of hours, under …/time/import/."""

from django.urls import path

from budget import import_views

urlpatterns = [
    path("", import_views.time_import_new, name="time_import_new"),
    path("template.<str:extension>", import_views.time_import_template, name="time_import_template"),
    path("<uuid:batch_uuid>/", import_views.time_import_detail, name="time_import_detail"),
    path("<uuid:batch_uuid>/take-back/", import_views.time_import_take_back, name="time_import_take_back"),
    path("<uuid:batch_uuid>/problems.csv", import_views.time_import_problems, name="time_import_problems"),
]
