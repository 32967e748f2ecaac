"""``migrate`` as the owner, followed by the grants of the app role and the table of the cache."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as Migrate

from core.database_roles import OWNER, grant_to_app_role


class Command(Migrate):
    """Django's command on the owner's connection."""

    def handle(self, *args: Any, **options: Any) -> None:
        if OWNER not in settings.DATABASES:
            raise CommandError(
                "Migrations run as the database's owner. Set DATABASE_OWNER_URL for this command; "
                "the web and worker processes do without it."
            )
        super().handle(*args, **{**options, "database": OWNER})
        if options.get("check_unapplied") or options.get("plan"):
            return
        call_command("createcachetable", database=OWNER, verbosity=options["verbosity"])
        grant_to_app_role()
