"""Every address of the site. Each route names its capability; the few public ones are listed in the access test."""

from allauth.account import views as sign_in
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as sessions
from django.urls import include, path, re_path

from core.demo_post import demo_post, demo_post_mail
from core.style_guide import style_guide

urlpatterns = [
    path("", include("status.urls")),
    path("", include("projects.urls")),
    path("", include("accounts.urls")),
    path("", include("alerts.urls")),
    path("p/<slug:slug>/work-items/", include("requirements_app.urls")),
    path("p/<slug:slug>/", include("budget.urls")),
    path("api/v1/", include("oversight.api_urls")),
    path("styleguide/", style_guide, name="style_guide"),
    path("post/<str:key>/", demo_post, name="demo_post"),
    path("post/<str:key>/<slug:name>/", demo_post_mail, name="demo_post_mail"),
    # Sign-in, by allauth. Sign-up is closed, and its other pages are not offered.
    path("sign-in/", sign_in.login, name="account_login"),
    path("sign-in/code/", second_factor.authenticate, name="mfa_authenticate"),
    path("sign-in/again/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/code/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("sign-out/", sign_in.logout, name="account_logout"),
    path("sign-up/", sign_in.signup, name="account_signup"),
    path("account-inactive/", sign_in.account_inactive, name="account_inactive"),
    path("profile/second-factor/", second_factor.index, name="mfa_index"),
    path("profile/second-factor/on/", totp.activate_totp, name="mfa_activate_totp"),
    path("profile/second-factor/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("profile/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("profile/recovery-codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("profile/recovery-codes/file/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("profile/sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("password/change/", sign_in.password_change, name="account_change_password"),
    path("password/reset/", sign_in.password_reset, name="account_reset_password"),
    # Whoever has no password yet gets one in the same way.
    path("password/set/", sign_in.password_reset, name="account_set_password"),
    path("password/reset/sent/", sign_in.password_reset_done, name="account_reset_password_done"),
    # The key has dashes of its own: a converter would give all but the last part to the first name.
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/done/", sign_in.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]

handler404 = "status.error_views.not_found"
handler403 = "status.error_views.forbidden"
handler500 = "status.error_views.server_error"
