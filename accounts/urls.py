"""The signed-in user's own pages."""

from django.urls import path

from accounts import organisation_views, views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/tokens/", views.token_list, name="token_list"),
    path("profile/tokens/new/", views.token_add, name="token_add"),
    path("profile/tokens/<uuid:token_uuid>/revoke/", views.token_revoke, name="token_revoke"),
    path("join/<str:token>/", organisation_views.join, name="join"),
    path(
        "organisations/<uuid:organisation_uuid>/people/",
        organisation_views.organisation_people,
        name="organisation_people",
    ),
    path(
        "organisations/<uuid:organisation_uuid>/people/invite/",
        organisation_views.organisation_invite,
        name="organisation_invite",
    ),
    path(
        "organisations/<uuid:organisation_uuid>/people/<uuid:user_uuid>/<slug:role>/end/",
        organisation_views.organisation_role_end,
        name="organisation_role_end",
    ),
    path(
        "organisations/<uuid:organisation_uuid>/invitations/<uuid:link_uuid>/revoke/",
        organisation_views.organisation_link_revoke,
        name="organisation_link_revoke",
    ),
]
