"""Addresses of members: the ways in, one's own desk, organisations and networks.

Of the sign-in library only what we use is here: nobody signs up, adds an e-mail address or signs in by code.
"""

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as totp_views
from allauth.usersessions import views as session_views
from django.urls import include, path, re_path

from duga.members.views import entrance, own, people, places

accounts = [
    path("login/", account_views.login, name="account_login"),
    path("logout/", account_views.logout, name="account_logout"),
    path("inactive/", account_views.account_inactive, name="account_inactive"),
    path("reauthenticate/", account_views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account_views.password_change, name="account_change_password"),
    path("password/reset/", entrance.forgotten, name="account_reset_password"),
    path("password/reset/done/", account_views.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("2fa/", mfa_views.index, name="mfa_index"),
    path("2fa/authenticate/", mfa_views.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa_views.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", totp_views.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp_views.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", code_views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", code_views.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", code_views.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("sessions/", session_views.list_usersessions, name="usersessions_list"),
]


def of(kind):
    """The pages that organisations and networks have alike."""
    extra = {"kind": kind}
    return [
        path("team/", people.people, extra, name=f"{kind}_team"),
        path("team/<uuid:account_id>/", people.person, extra, name=f"{kind}_person"),
        path("invitations/", people.invitations, extra, name=f"{kind}_invitations"),
        path("trail/", places.trail, extra, name=f"{kind}_trail"),
    ]


organisation = [
    path("", places.organisation, name="organisation"),
    path("change/", places.organisation_change, name="organisation_change"),
    path("networks/", places.organisation_join, name="organisation_join"),
    *of("organisation"),
]
network = [
    path("", places.network, name="network"),
    path("new/", places.organisation_new, name="organisation_new"),
    path("standing/<slug:organisation>/", places.network_standing, name="network_standing"),
    *of("network"),
]

urlpatterns = [
    path("accounts/", include(accounts)),
    path("invitation/<str:token>/", entrance.invitation, name="invitation"),
    path("recovery/<str:token>/", entrance.recovery, name="recovery"),
    path("workspace/account/", own.account, name="account"),
    path("workspace/notices/", own.notices, name="notices"),
    path("workspace/administration/", own.administration, name="administration"),
    path("workspace/invitations/<uuid:invitation_id>/", people.invitation_link, name="invitation_link"),
    path("workspace/organisations/", places.organisations, name="organisations"),
    path("workspace/organisations/<slug:slug>/", include(organisation)),
    path("workspace/networks/<slug:slug>/", include(network)),
]
