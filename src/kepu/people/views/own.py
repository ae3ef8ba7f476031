"""What a person does with the own account: enter by a slip, see it, end sessions, take the data along."""

from allauth.account.internal import flows
from allauth.account.models import Login
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kepu.foundation import door as foundation
from kepu.people import adapters, register, throttle
from kepu.people.forms import ChangePasswordForm, SlipForm
from kepu.people.models import Membership
from kepu.people.services import accounts


@foundation.access(foundation.PUBLIC)
@sensitive_post_parameters("code", "password", "repeated")
@never_cache
def slip(request: HttpRequest) -> HttpResponse:
    """First sign-in with the paper slip, or after a forgotten password. The second factor is asked after it as always."""
    form = SlipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        address = foundation.audit.address_of(request) or ""
        slots = [throttle.take("slip-address", address), throttle.take("slip-account", values["username"])]
        if None in slots:
            raise throttle.TooManyTries
        try:
            user = accounts.redeem_slip(username=values["username"], code=values["code"], password=values["password"])
        except accounts.SlipRefused as refused:
            foundation.audit.refused(refused.code, actor=foundation.ANONYMOUS, detail={"username": values["username"]})
            form.add_error("code", str(refused))
        else:
            for slot in slots:
                if slot:
                    slot.give_back()
            flows.login.record_authentication(request, user, method="slip")
            return flows.login.perform_login(request, Login(user=user))
    return render(request, "people/slip.html", {"form": form}, status=400 if form.errors else 200)


@foundation.access(foundation.SIGNED_IN)
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """The own account: roles, second factor, where it is signed in, what is kept."""
    today = foundation.clock.today()
    context = {
        "memberships": Membership.objects.on(today).filter(user=request.user).select_related("organisation", "role"),
        "has_second_factor": adapters.has_second_factor(request.user),
        "sessions": sorted(
            UserSession.objects.purge_and_list(request.user), key=lambda s: s.last_seen_at, reverse=True
        ),
        "fields": register.FIELDS,
    }
    return render(request, "people/me.html", context)


@foundation.access(foundation.SIGNED_IN)
@sensitive_post_parameters("current", "password", "repeated")
@never_cache
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password for oneself; asks for the old one, and ends all other sessions."""
    form = ChangePasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        slot = throttle.take("change-password", str(request.user.pk))
        if slot is None:
            raise throttle.TooManyTries
        if request.user.check_password(form.cleaned_data["current"]):
            slot.give_back()
            accounts.set_password(
                user=request.user, password=form.cleaned_data["password"], keep_session=request.session.session_key
            )
            update_session_auth_hash(request, request.user)
            UserSession.objects.create_from_request(request)
            messages.success(request, _("Your password has been changed; your other sign-ins have ended."))
            return redirect("people:me")
        form.add_error("current", _("This password is not right."))
    return render(request, "people/change_password.html", {"form": form}, status=400 if form.errors else 200)


@foundation.access(foundation.SIGNED_IN)
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=session_id, user=request.user)
    session.end()
    messages.success(request, _("This sign-in has been ended."))
    return redirect("people:me")


@foundation.access(foundation.SIGNED_IN)
@never_cache
def take_along(request: HttpRequest) -> HttpResponse:
    """All that is kept of the person, to be read by a machine (S29)."""
    response = JsonResponse(register.export(request.user), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response
