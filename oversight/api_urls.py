"""Every address of the API. Names are those of the pages' addresses, below the namespace ``api``."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from accounts import api as organisations
from accounts.access import personal_view
from alerts import api as alerts
from alerts.rule_api import RuleViewSet
from budget import api as budget
from budget.api_stream import TimeEntryStreamViewSet
from budget.confirmation_api import ConfirmationViewSet
from budget.mail_api import MailAddressViewSet
from budget.replay_api import ReplayViewSet
from budget.unmatched_api import UnmatchedViewSet
from projects.api import (
    calendars,
    comments,
    history,
    imports,
    inbox,
    invitations,
    notifications,
    people,
    project,
    rates,
    search,
    topics,
    webhooks,
)
from projects.api.messages import UndeliveredViewSet
from requirements_app import api as requirements
from status import api as status
from status.api_reference import reference
from status.earned_api import EarnedValueViewSet

app_name = "api"
PROJECT = "projects/<slug:slug>/"
ORGANISATION = "organisations/<uuid:organisation_uuid>/"
urlpatterns = [
    path("", reference, name="reference"),
    path("schema/", personal_view(SpectacularAPIView.as_view()), name="schema"),
    path("search/", search.SearchViewSet.as_view({"get": "list"}), name="search"),
    path("inbox/", inbox.InboxViewSet.as_view({"get": "list"}), name="inbox"),
    path("inbox/<uuid:message_uuid>/read/", inbox.InboxViewSet.as_view({"post": "read"}), name="message_read"),
    path(
        "notification-preferences/",
        notifications.PreferencesViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="notification_preferences",
    ),
    # Organisations whose people one looks after
    path("organisations/", organisations.OrganisationViewSet.as_view({"get": "list"}), name="organisation_list"),
    path(f"{ORGANISATION}people/", organisations.RoleViewSet.as_view({"get": "list"}), name="organisation_people"),
    path(
        f"{ORGANISATION}people/<uuid:user_uuid>/<slug:role>/end/",
        organisations.RoleViewSet.as_view({"post": "end"}),
        name="organisation_role_end",
    ),
    path(
        f"{ORGANISATION}invitations/",
        organisations.LinkViewSet.as_view({"get": "list", "post": "create"}),
        name="organisation_invite",
    ),
    path(
        f"{ORGANISATION}invitations/<uuid:link_uuid>/revoke/",
        organisations.LinkViewSet.as_view({"post": "revoke"}),
        name="organisation_link_revoke",
    ),
    # Projects: what they are, what was agreed, who takes part
    path("projects/", project.ProjectListViewSet.as_view({"get": "list", "post": "create"}), name="project_list"),
    path(
        PROJECT,
        project.ProjectDetailViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="project_detail",
    ),
    path(
        f"{PROJECT}status/",
        project.ProjectDetailViewSet.as_view({"get": "beforehand", "post": "set_status"}),
        name="project_status",
    ),
    path(f"{PROJECT}vendor/", project.ProjectDetailViewSet.as_view({"post": "name_vendor"}), name="vendor_record"),
    path(
        f"{PROJECT}terms/",
        project.TermsViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="terms_detail",
    ),
    path(f"{PROJECT}terms/history/", history.HistoryViewSet.as_view({"get": "terms"}), name="terms_history"),
    path(f"{PROJECT}people/history/", history.HistoryViewSet.as_view({"get": "people"}), name="people_history"),
    path(f"{PROJECT}rates/history/", history.HistoryViewSet.as_view({"get": "rates"}), name="rates_history"),
    path(f"{PROJECT}topics/", topics.TopicViewSet.as_view({"get": "retrieve"}), name="topics"),
    path(f"{PROJECT}calendars/", calendars.CalendarViewSet.as_view({"get": "list"}), name="calendar_list"),
    path(
        f"{PROJECT}calendars/<slug:side>/",
        calendars.CalendarViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="calendar_edit",
    ),
    path(
        f"{PROJECT}calendars/<slug:side>/days-off/",
        calendars.CalendarViewSet.as_view({"post": "add_day_off"}),
        name="day_off_add",
    ),
    path(
        f"{PROJECT}calendars/<slug:side>/days-off/<day:on>/remove/",
        calendars.CalendarViewSet.as_view({"post": "remove_day_off"}),
        name="day_off_remove",
    ),
    path(f"{PROJECT}people/", people.PersonViewSet.as_view({"get": "list", "post": "create"}), name="person_list"),
    path(
        f"{PROJECT}people/<uuid:person_uuid>/",
        people.PersonViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="person_detail",
    ),
    path(f"{PROJECT}undelivered/", UndeliveredViewSet.as_view({"get": "list"}), name="undelivered_list"),
    path(
        f"{PROJECT}undelivered/<uuid:message_uuid>/send-again/",
        UndeliveredViewSet.as_view({"post": "send_again"}),
        name="undelivered_send",
    ),
    path(
        f"{PROJECT}undelivered/<uuid:message_uuid>/discard/",
        UndeliveredViewSet.as_view({"post": "discard"}),
        name="undelivered_discard",
    ),
    path(
        f"{PROJECT}webhooks/",
        webhooks.WebhookViewSet.as_view({"get": "list", "post": "create"}),
        name="webhook_list",
    ),
    path(
        f"{PROJECT}webhooks/<uuid:webhook_uuid>/",
        webhooks.WebhookViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="webhook_detail",
    ),
    path(
        f"{PROJECT}webhooks/<uuid:webhook_uuid>/secret/",
        webhooks.WebhookViewSet.as_view({"post": "new_secret"}),
        name="webhook_secret",
    ),
    path(
        f"{PROJECT}webhooks/<uuid:webhook_uuid>/switch/",
        webhooks.WebhookViewSet.as_view({"post": "switch"}),
        name="webhook_switch",
    ),
    path(
        f"{PROJECT}webhooks/<uuid:webhook_uuid>/end/",
        webhooks.WebhookViewSet.as_view({"post": "end"}),
        name="webhook_end",
    ),
    path(
        f"{PROJECT}webhooks/<uuid:webhook_uuid>/test/",
        webhooks.WebhookViewSet.as_view({"post": "test"}),
        name="webhook_test",
    ),
    path(
        f"{PROJECT}webhooks/<uuid:webhook_uuid>/messages/",
        webhooks.DeliveryViewSet.as_view({"get": "list"}),
        name="delivery_list",
    ),
    path(
        f"{PROJECT}webhooks/<uuid:webhook_uuid>/messages/<uuid:delivery_uuid>/send/",
        webhooks.DeliveryViewSet.as_view({"post": "send_again"}),
        name="delivery_send",
    ),
    path(f"{PROJECT}members/", people.MemberViewSet.as_view({"get": "list"}), name="member_list"),
    path(
        f"{PROJECT}members/<uuid:member_uuid>/",
        people.MemberViewSet.as_view({"get": "retrieve"}),
        name="member_detail",
    ),
    path(f"{PROJECT}members/<uuid:member_uuid>/end/", people.MemberViewSet.as_view({"post": "end"}), name="member_end"),
    path(
        f"{PROJECT}members/<uuid:member_uuid>/stand-ins/",
        people.MemberViewSet.as_view({"post": "stand_in"}),
        name="stand_in_add",
    ),
    path(
        f"{PROJECT}invitations/",
        invitations.InvitationViewSet.as_view({"get": "list", "post": "create"}),
        name="invitation_list",
    ),
    path(
        f"{PROJECT}invitations/<uuid:invitation_uuid>/revoke/",
        invitations.InvitationViewSet.as_view({"post": "revoke"}),
        name="invitation_revoke",
    ),
    path(
        f"{PROJECT}invitations/<uuid:invitation_uuid>/again/",
        invitations.InvitationViewSet.as_view({"post": "again"}),
        name="invitation_again",
    ),
    path(f"{PROJECT}rates/", rates.RateViewSet.as_view({"get": "list", "post": "create"}), name="rate_list"),
    path(
        f"{PROJECT}rates/<uuid:rate_uuid>/",
        rates.RateViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="rate_detail",
    ),
    path(
        f"{PROJECT}work-item-imports/",
        imports.WorkItemImportViewSet.as_view({"get": "list"}),
        name="work_item_import_list",
    ),
    path(
        f"{PROJECT}work-item-imports/<uuid:batch_uuid>/",
        imports.WorkItemImportViewSet.as_view({"get": "retrieve"}),
        name="work_item_import_detail",
    ),
    path(
        f"{PROJECT}work-item-imports/<uuid:batch_uuid>/take-back/",
        imports.WorkItemImportViewSet.as_view({"get": "taking_back", "post": "take_back"}),
        name="work_item_import_take_back",
    ),
    path(f"{PROJECT}time-imports/", imports.TimeImportViewSet.as_view({"get": "list"}), name="time_import_list"),
    path(
        f"{PROJECT}time-imports/<uuid:batch_uuid>/",
        imports.TimeImportViewSet.as_view({"get": "retrieve"}),
        name="time_import_detail",
    ),
    path(
        f"{PROJECT}time-imports/<uuid:batch_uuid>/take-back/",
        imports.TimeImportViewSet.as_view({"get": "taking_back", "post": "take_back"}),
        name="time_import_take_back",
    ),
    path(
        f"{PROJECT}mail-address/",
        MailAddressViewSet.as_view({"get": "retrieve", "post": "renew"}),
        name="mail_address",
    ),
    path(f"{PROJECT}unmatched/", UnmatchedViewSet.as_view({"get": "list"}), name="unmatched_list"),
    path(f"{PROJECT}unmatched/assign/", UnmatchedViewSet.as_view({"post": "assign"}), name="unmatched_assign"),
    # Work items
    path(
        f"{PROJECT}work-items/",
        requirements.WorkItemViewSet.as_view({"get": "list", "post": "create"}),
        name="work_item_list",
    ),
    path(
        f"{PROJECT}work-items/<int:number>/",
        requirements.WorkItemViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="work_item_detail",
    ),
    path(
        f"{PROJECT}work-items/<int:number>/progress/",
        requirements.WorkItemViewSet.as_view({"post": "progress"}),
        name="progress_report",
    ),
    path(
        f"{PROJECT}work-items/<int:number>/history/",
        requirements.WorkItemViewSet.as_view({"get": "history"}),
        name="work_item_history",
    ),
    # Time entries
    path(
        f"{PROJECT}time-entries/",
        budget.TimeEntryViewSet.as_view({"get": "list", "post": "create"}),
        name="time_entry_list",
    ),
    path(
        f"{PROJECT}time-entries/stream/",
        TimeEntryStreamViewSet.as_view({"get": "download", "post": "upload"}),
        name="time_entry_stream",
    ),
    path(
        f"{PROJECT}time-entries/<uuid:entry_uuid>/",
        budget.TimeEntryViewSet.as_view({"get": "retrieve"}),
        name="time_entry_detail",
    ),
    path(
        f"{PROJECT}time-entries/<uuid:entry_uuid>/history/",
        budget.TimeEntryViewSet.as_view({"get": "history"}),
        name="time_entry_history",
    ),
    path(
        f"{PROJECT}time-entries/<uuid:entry_uuid>/reverse/",
        budget.TimeEntryViewSet.as_view({"post": "reverse"}),
        name="time_entry_reverse",
    ),
    # What people said, and the files they added
    path(
        f"{PROJECT}comments/",
        comments.CommentViewSet.as_view({"get": "list", "post": "create"}),
        name="comment_list",
    ),
    path(
        f"{PROJECT}comments/<uuid:comment_uuid>/",
        comments.CommentViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="comment_detail",
    ),
    path(
        f"{PROJECT}comments/<uuid:comment_uuid>/withdraw/",
        comments.CommentViewSet.as_view({"post": "withdraw"}),
        name="comment_withdraw",
    ),
    path(
        f"{PROJECT}comments/<uuid:comment_uuid>/restore/",
        comments.CommentViewSet.as_view({"post": "restore"}),
        name="comment_restore",
    ),
    path(
        f"{PROJECT}comments/<uuid:comment_uuid>/history/",
        comments.CommentViewSet.as_view({"get": "history"}),
        name="comment_history",
    ),
    path(f"{PROJECT}files/", comments.FileViewSet.as_view({"get": "list", "post": "create"}), name="attachment_list"),
    path(
        f"{PROJECT}files/<uuid:attachment_uuid>/",
        comments.FileViewSet.as_view({"get": "retrieve"}),
        name="attachment_detail",
    ),
    path(
        f"{PROJECT}files/<uuid:attachment_uuid>/content/",
        comments.FileViewSet.as_view({"get": "content"}),
        name="attachment",
    ),
    path(
        f"{PROJECT}files/<uuid:attachment_uuid>/withdraw/",
        comments.FileViewSet.as_view({"post": "withdraw"}),
        name="attachment_withdraw",
    ),
    path(
        f"{PROJECT}files/<uuid:attachment_uuid>/restore/",
        comments.FileViewSet.as_view({"post": "restore"}),
        name="attachment_restore",
    ),
    # What the vendor was asked to confirm
    path(
        f"{PROJECT}confirmations/",
        ConfirmationViewSet.as_view({"get": "list", "post": "create"}),
        name="confirmation_list",
    ),
    path(
        f"{PROJECT}confirmations/<uuid:confirmation_uuid>/",
        ConfirmationViewSet.as_view({"get": "retrieve"}),
        name="confirmation_detail",
    ),
    path(
        f"{PROJECT}confirmations/<uuid:confirmation_uuid>/link/",
        ConfirmationViewSet.as_view({"post": "link"}),
        name="confirmation_link",
    ),
    path(
        f"{PROJECT}confirmations/<uuid:confirmation_uuid>/withdraw/",
        ConfirmationViewSet.as_view({"post": "withdraw"}),
        name="confirmation_withdraw",
    ),
    path(
        f"{PROJECT}confirmations/<uuid:confirmation_uuid>/answer/",
        ConfirmationViewSet.as_view({"post": "give_answer"}),
        name="confirmation_answer",
    ),
    # Alerts
    path(f"{PROJECT}alerts/", alerts.AlertViewSet.as_view({"get": "list"}), name="alert_list"),
    path(f"{PROJECT}alerts/standing/", alerts.StandingAlertViewSet.as_view({"get": "retrieve"}), name="alert_standing"),
    path(f"{PROJECT}alerts/<uuid:alert_uuid>/", alerts.AlertViewSet.as_view({"get": "retrieve"}), name="alert_detail"),
    path(
        f"{PROJECT}alerts/<uuid:alert_uuid>/acknowledge/",
        alerts.AlertViewSet.as_view({"post": "acknowledge"}),
        name="alert_acknowledge",
    ),
    path(f"{PROJECT}alerts/<uuid:alert_uuid>/mute/", alerts.AlertViewSet.as_view({"post": "mute"}), name="alert_mute"),
    path(
        f"{PROJECT}alerts/<uuid:alert_uuid>/tell-vendor/",
        alerts.AlertViewSet.as_view({"post": "tell_vendor"}),
        name="alert_tell_vendor",
    ),
    path(f"{PROJECT}alerts/<uuid:alert_uuid>/keep/", alerts.AlertViewSet.as_view({"post": "keep"}), name="alert_keep"),
    path(f"{PROJECT}alert-mutes/", alerts.MuteViewSet.as_view({"get": "list"}), name="mute_list"),
    path(
        f"{PROJECT}alert-mutes/<uuid:mute_uuid>/end/",
        alerts.MuteViewSet.as_view({"post": "end"}),
        name="alert_unmute",
    ),
    path(f"{PROJECT}alert-rules/", RuleViewSet.as_view({"get": "list"}), name="rule_list"),
    path(
        f"{PROJECT}alert-rules/<slug:scale>/",
        RuleViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="rule_detail",
    ),
    path(f"{PROJECT}alert-replay/", ReplayViewSet.as_view({"get": "retrieve"}), name="alert_replay"),
    # Where the project stands
    path(f"{PROJECT}figures/", status.FiguresViewSet.as_view({"get": "retrieve"}), name="figures"),
    path(f"{PROJECT}earned-value/", EarnedValueViewSet.as_view({"get": "retrieve"}), name="earned_value"),
    path(f"{PROJECT}earned-value/days/", EarnedValueViewSet.as_view({"get": "days"}), name="earned_value_days"),
    path(f"{PROJECT}earned-value/rules/", EarnedValueViewSet.as_view({"get": "rules"}), name="earned_value_rules"),
    path(f"{PROJECT}earned-value/branches/", EarnedValueViewSet.as_view({"get": "list"}), name="earned_value_branches"),
    path(f"{PROJECT}burn-up/", status.BurnUpViewSet.as_view({"get": "retrieve"}), name="burn_up"),
    path(f"{PROJECT}activity/", status.ActivityViewSet.as_view({"get": "list"}), name="activity_list"),
]
