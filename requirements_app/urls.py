"""Addresses of work items, under /p/<slug>/work-items/."""

from django.urls import include, path

from requirements_app import views

app_name = "requirements"
urlpatterns = [
    path("", views.work_item_list, name="work_item_list"),
    path("add/", views.work_item_add, name="work_item_add"),
    path("choices/", views.work_item_choices, name="work_item_choices"),
    path("import/", include("requirements_app.import_urls")),
    path("<int:number>/", views.work_item_detail, name="work_item_detail"),
    path("<int:number>/edit/", views.work_item_edit, name="work_item_edit"),
    path("<int:number>/progress/", views.progress_report, name="progress_report"),
]
