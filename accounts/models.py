"""Who there is: users who sign in, organisations, and the people of an organisation.

A Person is not a User: time, rates and assignments belong to a Person (who may never sign in); rights,
signatures and activity belong to a User.
"""

import uuid
import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.versions import Versioned


def validate_time_zone(name: str) -> None:
    """An IANA name such as Europe/Berlin that this machine's data knows."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("%(name)s is not a time zone. Write it like Europe/Berlin."), params={"name": name}, code="time_zone"
        )


class Organisation(models.Model):
    """A company: the client of one project, perhaps the vendor of another.

    A vendor that does not use Oversight is an organisation ``kept_by`` its client: a name, its people and
    rates as the client recorded them. It stands for itself once one of its own people joins.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    kept_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="kept_organisations")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Users are found by their mail address, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, name: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), name=name, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user


class User(Versioned, AbstractBaseUser):
    """Somebody who signs in, with the language and time zone in which pages and mails speak to them."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=150)
    locale = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="mail_address_in_small_letters",
                violation_error_message=_("Write the mail address in small letters."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class Person(models.Model):
    """Somebody of an organisation, whose hours, rates and assignments are kept; perhaps also a user."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="people")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="people")
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("mail address"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=Q(user__isnull=False),
                name="one_person_per_user_in_organisation",
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="person_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class PersonSourceId(models.Model):
    """How a person is called in an outside system, remembered so that the next import asks nothing.

    One client's answer never steers another client's import: ``client`` says for whose projects it was given.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    client = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="source_ids")
    source = models.CharField(max_length=40, help_text="the kind of file or system, such as harvest")
    source_id = models.CharField(max_length=200, help_text="the name or id that stands there")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "client", "source", "source_id"], name="one_person_per_source_id"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.source_id}"


class OrganisationRole(models.Model):
    """What a user may do for a whole organisation, beside their memberships in projects."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("administrator")
        PORTFOLIO_VIEWER = "portfolio_viewer", _("portfolio viewer")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="roles")
    user = models.ForeignKey(User, models.CASCADE, related_name="organisation_roles")
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user", "role"], name="organisation_role_held_once")
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class OrganisationLinkQuerySet(models.QuerySet["OrganisationLink"]):
    def open(self) -> "OrganisationLinkQuerySet":
        """Neither used nor taken back, whether it has run out or not."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True)

    def valid_at(self, moment: Any) -> "OrganisationLinkQuerySet":
        return self.open().filter(expires_at__gt=moment)


class OrganisationLink(models.Model):
    """A single-use, expiring link: into an organisation with a role, or to open the first one of an installation.

    Only the hash is stored. The first one is printed for whoever installs and belongs to no address.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="links")
    email = models.EmailField(_("mail address"), max_length=254, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=OrganisationRole.Role)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the link's token, hexadecimal")
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = OrganisationLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link into an organisation")
        verbose_name_plural = _("links into organisations")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email", "role"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
                name="one_open_link_per_address_and_role",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True, email="", invited_by__isnull=True)
                | Q(organisation__isnull=False, invited_by__isnull=False) & ~Q(email=""),
                name="only_the_first_link_is_nobodys",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, used_by__isnull=True)
                | Q(used_at__isnull=False, used_by__isnull=False),
                name="a_used_link_names_who",
            ),
        ]

    def __str__(self) -> str:
        return self.email or str(self.uuid)


class PasswordRequest(models.Model):
    """Somebody asked for a new password for an address. Whether it has an account a worker looks up, later.

    So the request that asks takes the same work for every address. A row is gone once its letter is written.
    """

    email = models.EmailField(max_length=254)
    locale = models.CharField(max_length=10, help_text="the language of the page that was used")
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("request for a new password")
        verbose_name_plural = _("requests for a new password")

    def __str__(self) -> str:
        return self.email


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid_at(self, moment: Any) -> "ApiTokenQuerySet":
        """Neither revoked nor expired at ``moment``, and of a user who may still sign in."""
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=moment), revoked_at__isnull=True, user__is_active=True
        )


class ApiToken(models.Model):
    """A program's key to the API, acting as its user within its scopes. Only the hash is stored."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        WRITE = "write", _("read and write")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12, help_text="the first characters, to tell tokens apart")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the whole token, hexadecimal")
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class NotificationPreference(models.Model):
    """By which channels a user wants a kind of notification, where they said other than what is usual for it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notification_preferences")
    kind = models.CharField(max_length=60)
    in_app = models.BooleanField(default=True)
    by_mail = models.BooleanField()

    class Meta:
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_preference_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.in_app}, {self.by_mail}"
