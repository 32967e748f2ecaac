"""Every address of the site. Each route names its capability; the few public ones are listed in the access test."""

from allauth.account import views as sign_in
from django.urls import include, path

from core.style_guide import style_guide

urlpatterns = [
    path("", include("status.urls")),
    path("", include("projects.urls")),
    path("", include("accounts.urls")),
    path("p/<slug:slug>/alerts/", include("alerts.urls")),
    path("p/<slug:slug>/work-items/", include("requirements_app.urls")),
    path("p/<slug:slug>/", include("budget.urls")),
    path("api/v1/", include("oversight.api_urls")),
    path("style-guide/", style_guide, name="style_guide"),
    # Sign-in, by allauth. Sign-up is closed, and its other pages are not offered.
    path("sign-in/", sign_in.login, name="account_login"),
    path("sign-out/", sign_in.logout, name="account_logout"),
    path("sign-up/", sign_in.signup, name="account_signup"),
    path("account-inactive/", sign_in.account_inactive, name="account_inactive"),
    path("password/change/", sign_in.password_change, name="account_change_password"),
    path("password/reset/", sign_in.password_reset, name="account_reset_password"),
    path("password/reset/sent/", sign_in.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/<str:uidb36>-<str:key>/",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/done/", sign_in.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]

handler404 = "status.error_views.not_found"
handler403 = "status.error_views.forbidden"
handler500 = "status.error_views.server_error"
