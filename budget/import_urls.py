"""Addresses of imports of hours, under …/time/import/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
