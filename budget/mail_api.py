"""The address for timesheets by mail, through the API."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from budget.mailed_files import mail_address_of, make_mail_address
from budget.models import MailAddress
from projects.api_views import ProjectViewSet


class MailAddressSerializer(serializers.Serializer[Any]):
    address = serializers.CharField(help_text="Empty: your side made none, or this installation receives no mail.")


class MailAddressViewSet(ProjectViewSet):
    """Where your side sends timesheets by mail. It is a secret of your side."""

    capabilities = {"retrieve": "import_time", "renew": "import_time"}
    queryset = MailAddress.objects.none()
    serializer_class = MailAddressSerializer
    filter_backends = []

    def retrieve(self, request: Request, slug: str) -> Response:
        """The address of your side."""
        return self.answer({"address": mail_address_of(self.standing.project, self.standing.side)})

    def renew(self, request: Request, slug: str) -> Response:
        """Make a new address. The one before ends at once."""
        standing = self.standing
        address = make_mail_address(actor=standing.user, project=standing.project, side=standing.side)
        return self.answer({"address": address})
