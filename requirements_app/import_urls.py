"""Addresses of imports of work items, under …/work-items/import/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
