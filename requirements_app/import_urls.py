"""Addresses of imports of work items, under …/work-items/import/."""

from django.urls import path

from requirements_app import import_views

urlpatterns = [
    path("", import_views.work_item_import_new, name="work_item_import_new"),
    path("template.<str:extension>", import_views.work_item_import_template, name="work_item_import_template"),
    path("<uuid:batch_uuid>/", import_views.work_item_import_detail, name="work_item_import_detail"),
    path("<uuid:batch_uuid>/take-back/", import_views.work_item_import_take_back, name="work_item_import_take_back"),
    path("<uuid:batch_uuid>/problems.csv", import_views.work_item_import_problems, name="work_item_import_problems"),
]
