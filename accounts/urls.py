"""The signed-in user's own pages."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/tokens/", views.token_list, name="token_list"),
    path("profile/tokens/new/", views.token_add, name="token_add"),
    path("profile/tokens/<uuid:token_uuid>/revoke/", views.token_revoke, name="token_revoke"),
]
