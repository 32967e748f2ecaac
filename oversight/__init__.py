"""Configuration of the site: settings, URLs, WSGI and Celery. No app imports this package."""

from oversight.celery import app as celery_app

__all__ = ["celery_app"]
