"""Addresses of the project's own pages; the tabs of upper apps have theirs."""

from django.urls import path

from projects.views import (
    act_links,
    attachments,
    comments,
    inbox,
    invitations,
    live,
    notifications,
    outbox,
    people,
    project,
    rates,
    search,
    terms,
    undelivered,
    webhooks,
)

app_name = "projects"

# /
personal_patterns = [
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("profile/notifications/", notifications.notification_preferences, name="notification_preferences"),
    path("search/", search.search, name="search"),
    path("live/", live.live, name="live"),
    path("projects/new/", project.project_new, name="project_new"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.inbox_read, name="inbox_read"),
    path("inbox/<uuid:message_uuid>/", inbox.message_read, name="message_read"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<uuid:message_uuid>/", outbox.outbox_message, name="outbox_message"),
    path("outbox/<uuid:message_uuid>/html/", outbox.outbox_message_html, name="outbox_message_html"),
]

# /l/<token>/
public_patterns = [path("l/<str:token>/", act_links.act_link, name="act_link")]

# /p/<slug>/
project_patterns = [
    path("p/<slug:slug>/edit/", project.project_edit, name="project_edit"),
    path("p/<slug:slug>/status/", project.project_status, name="project_status"),
    path("p/<slug:slug>/vendor/", project.vendor_record, name="vendor_record"),
    path("p/<slug:slug>/terms/", terms.terms_detail, name="terms_detail"),
    path("p/<slug:slug>/terms/edit/", terms.terms_edit, name="terms_edit"),
    path("p/<slug:slug>/webhooks/", webhooks.webhook_list, name="webhook_list"),
    path("p/<slug:slug>/webhooks/add/", webhooks.webhook_add, name="webhook_add"),
    path("p/<slug:slug>/webhooks/<uuid:webhook_uuid>/", webhooks.webhook_detail, name="webhook_detail"),
    path("p/<slug:slug>/webhooks/<uuid:webhook_uuid>/edit/", webhooks.webhook_edit, name="webhook_edit"),
    path("p/<slug:slug>/webhooks/<uuid:webhook_uuid>/secret/", webhooks.webhook_secret, name="webhook_secret"),
    path("p/<slug:slug>/webhooks/<uuid:webhook_uuid>/end/", webhooks.webhook_end, name="webhook_end"),
    path("p/<slug:slug>/webhooks/<uuid:webhook_uuid>/switch/", webhooks.webhook_switch, name="webhook_switch"),
    path("p/<slug:slug>/webhooks/<uuid:webhook_uuid>/test/", webhooks.webhook_test, name="webhook_test"),
    path(
        "p/<slug:slug>/webhooks/<uuid:webhook_uuid>/messages/<uuid:delivery_uuid>/send/",
        webhooks.delivery_send,
        name="delivery_send",
    ),
    path("p/<slug:slug>/calendars/<slug:side>/", terms.calendar_edit, name="calendar_edit"),
    path("p/<slug:slug>/calendars/<slug:side>/days-off/add/", terms.day_off_add, name="day_off_add"),
    path("p/<slug:slug>/calendars/<slug:side>/days-off/<day:on>/remove/", terms.day_off_remove, name="day_off_remove"),
    path("p/<slug:slug>/people/", people.person_list, name="person_list"),
    path("p/<slug:slug>/people/add/", people.person_add, name="person_add"),
    path("p/<slug:slug>/people/<uuid:person_uuid>/edit/", people.person_edit, name="person_edit"),
    path("p/<slug:slug>/members/add/", people.member_add, name="member_add"),
    path("p/<slug:slug>/members/<uuid:member_uuid>/end/", people.member_end, name="member_end"),
    path("p/<slug:slug>/members/<uuid:member_uuid>/stand-in/", people.stand_in_add, name="stand_in_add"),
    path(
        "p/<slug:slug>/invitations/<uuid:invitation_uuid>/revoke/",
        invitations.invitation_revoke,
        name="invitation_revoke",
    ),
    path(
        "p/<slug:slug>/invitations/<uuid:invitation_uuid>/again/", invitations.invitation_again, name="invitation_again"
    ),
    path("p/<slug:slug>/undelivered/", undelivered.undelivered_list, name="undelivered_list"),
    path("p/<slug:slug>/undelivered/<uuid:message_uuid>/send/", undelivered.undelivered_send, name="undelivered_send"),
    path(
        "p/<slug:slug>/undelivered/<uuid:message_uuid>/discard/",
        undelivered.undelivered_discard,
        name="undelivered_discard",
    ),
    path("p/<slug:slug>/comments/", comments.comment_list, name="comment_list"),
    path("p/<slug:slug>/comments/mentions/", comments.comment_mentions, name="comment_mentions"),
    path("p/<slug:slug>/comments/on/<uuid:ref_uuid>/", comments.comment_list_on, name="comment_list_on"),
    path("p/<slug:slug>/comments/<uuid:comment_uuid>/edit/", comments.comment_edit, name="comment_edit"),
    path("p/<slug:slug>/comments/<uuid:comment_uuid>/history/", comments.comment_history, name="comment_history"),
    path("p/<slug:slug>/comments/<uuid:comment_uuid>/withdraw/", comments.comment_withdraw, name="comment_withdraw"),
    path("p/<slug:slug>/comments/<uuid:comment_uuid>/restore/", comments.comment_restore, name="comment_restore"),
    path("p/<slug:slug>/files/<uuid:attachment_uuid>/", attachments.attachment, name="attachment"),
    path(
        "p/<slug:slug>/files/<uuid:attachment_uuid>/withdraw/",
        attachments.attachment_withdraw,
        name="attachment_withdraw",
    ),
    path(
        "p/<slug:slug>/files/<uuid:attachment_uuid>/restore/", attachments.attachment_restore, name="attachment_restore"
    ),
    path("p/<slug:slug>/rates/", rates.rate_list, name="rate_list"),
    path("p/<slug:slug>/rates/add/", rates.rate_add, name="rate_add"),
    path("p/<slug:slug>/rates/<uuid:rate_uuid>/end/", rates.rate_end, name="rate_end"),
]

urlpatterns = personal_patterns + public_patterns + project_patterns
