from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import include, path

from kepu.foundation import door as foundation
from kepu.people.views import accounts, organisations, own, setup

public = foundation.access(foundation.PUBLIC)
own_account = foundation.access(foundation.SIGNED_IN)

# Only what we use of allauth: no sign-up, no password by mail, no mail addresses.
sign_in = [
    path("login/", setup.first_run_first(public(account.login)), name="account_login"),
    path("logout/", own_account(account.logout), name="account_logout"),
    path("inactive/", public(account.account_inactive), name="account_inactive"),
    path("password/", own_account(own.change_password), name="account_change_password"),
    path("again/", own_account(account.reauthenticate), name="account_reauthenticate"),
    path("code/", public(mfa.authenticate), name="mfa_authenticate"),
    path("code/again/", own_account(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("factor/", own_account(mfa.index), name="mfa_index"),
    path("factor/set-up/", own_account(totp.activate_totp), name="mfa_activate_totp"),
    path("factor/take-off/", own_account(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("factor/recovery/", own_account(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("factor/recovery/new/", own_account(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
]

app = [
    path("account/", own.me, name="me"),
    path("account/slip/", own.slip, name="slip"),
    path("account/sessions/<int:session_id>/end/", own.end_session, name="end_session"),
    path("account/data/", own.take_along, name="take_along"),
    path("setup/", setup.first_run, name="first_run"),
    path("desk/offices/new/", setup.new_office, name="new_office"),
    path("desk/organisations/", organisations.organisation_list, name="organisations"),
    path("desk/organisations/new/", organisations.new_organisation, name="new_organisation"),
    path("desk/organisations/<int:organisation_id>/", organisations.organisation, name="organisation"),
    path("desk/organisations/<int:organisation_id>/edit/", organisations.edit_organisation, name="edit_organisation"),
    path(
        "desk/organisations/<int:organisation_id>/change/",
        organisations.change_organisation,
        name="change_organisation",
    ),
    path("desk/organisations/<int:organisation_id>/names/", organisations.add_alias, name="add_alias"),
    path("desk/organisations/names/<int:alias_id>/end/", organisations.end_alias, name="end_alias"),
    path("desk/accounts/", accounts.account_list, name="accounts"),
    path("desk/accounts/new/", accounts.new_account, name="new_account"),
    path("desk/accounts/slips/", accounts.make_slips, name="make_slips"),
    path("desk/accounts/<int:user_id>/", accounts.account, name="account"),
    path("desk/accounts/<int:user_id>/disable/", accounts.disable, name="disable"),
    path("desk/accounts/<int:user_id>/enable/", accounts.enable, name="enable"),
    path("desk/accounts/<int:user_id>/end-sessions/", accounts.end_sessions, name="end_sessions"),
    path("desk/accounts/<int:user_id>/empty/", accounts.empty, name="empty"),
    path("desk/accounts/<int:user_id>/second-factor/", accounts.reset_second_factor, name="reset_second_factor"),
    path("desk/accounts/<int:user_id>/roles/", accounts.add_role, name="add_role"),
    path("desk/accounts/<int:user_id>/hand-over/", accounts.hand_over, name="hand_over"),
    path("desk/roles/<int:membership_id>/end/", accounts.end_role, name="end_role"),
    path("desk/roles/<int:membership_id>/deputy/", accounts.deputy, name="deputy"),
]

urlpatterns = [
    path("account/", include(sign_in)),
    path("", include((app, "people"))),
]
