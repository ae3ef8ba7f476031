"""The office keeps its accounts: list, roles, slips, handovers, ends."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kepu.foundation import door as foundation
from kepu.people import adapters, columns
from kepu.people.forms import AccountFilter, AccountForm, DeputyForm, HandOverForm, MembershipForm
from kepu.people.models import Membership, User
from kepu.people.services import accounts, handover, memberships

exports = foundation.exports
PAGE = 50


LISTING = "people.accounts"


def _kept(asked: HttpRequest | exports.Asked) -> QuerySet[User]:
    """Accounts that this person sees because of keeping them; being of the same organisation is not enough."""
    paths = [path for path in asked.scope.regions if asked.actor.may("people.manage", path)]
    return User.objects.visible_to(foundation.Scope(regions=tuple(paths)))


def _filtered(asked: exports.Asked) -> tuple[AccountFilter, QuerySet[User]]:
    form = AccountFilter(asked.query)
    today = foundation.clock.today()
    rows = _kept(asked).prefetch_related(
        Prefetch("memberships", Membership.objects.on(today).select_related("organisation", "role"), to_attr="roles")
    )
    if form.is_valid():
        wanted = form.cleaned_data
        if wanted["q"]:
            rows = rows.filter(Q(name__icontains=wanted["q"]) | Q(username__icontains=wanted["q"]))
        if wanted["role"]:
            held = Membership.objects.on(today).filter(role=wanted["role"])
            rows = rows.filter(pk__in=held.values("user"))
        if wanted["state"] == "waiting":
            rows = rows.filter(is_active=True, last_login=None)
        elif wanted["state"]:
            rows = rows.filter(is_active=wanted["state"] == "active")
    return form, rows.order_by("username")


def account_listing(asked: exports.Asked) -> exports.Listing:
    """One row an account, as on the page: a person with three roles is one person."""
    _form, rows = _filtered(asked)
    table = (
        {
            "name": user.name,
            "username": user.username,
            "roles": [f"{held.organisation.short_name} · {held.role.name}" for held in user.roles],
            "state": _("active") if user.is_active else _("closed"),
        }
        for user in rows.iterator(chunk_size=500)
    )
    return exports.Listing(_("Accounts"), columns.ACCOUNTS_OUT, table, total=rows.count())


exports.register(LISTING, account_listing, permission="people.manage", audit="account.export")


@foundation.access("people.manage")
@never_cache
def account_list(request: HttpRequest) -> HttpResponseBase:
    if file := exports.answer(request, LISTING):
        return file
    form, rows = _filtered(exports.Asked.of(request))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "people/accounts.html", {"form": form, "page": page})


@foundation.access("people.manage")
@never_cache
def new_account(request: HttpRequest) -> HttpResponse:
    """Account, first role and slip in one step; the answer is the slip, shown once."""
    form, role_form = AccountForm(request.POST or None), MembershipForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid() and role_form.is_valid():
        values, given = form.cleaned_data, role_form.cleaned_data
        try:
            with transaction.atomic():
                user = accounts.open_account(
                    **values, actor=request.actor, region_path=given["organisation"].region_path
                )
                memberships.join(
                    user_id=user.pk, organisation_id=given["organisation"].pk, role=given["role"].key,
                    valid_to=given["valid_to"], actor=request.actor,
                )  # fmt: skip
                slip = accounts.issue_slip(user_id=user.pk, actor=request.actor)
        except foundation.Refusal as refused:
            form.add_error(refused.where if refused.where in form.fields else None, str(refused))
        else:
            return render(request, "people/slips.html", {"slips": [slip]})
    context = {"form": form, "role_form": role_form}
    return render(request, "people/new_account.html", context, status=400 if form.errors or role_form.errors else 200)


@foundation.access("people.manage")
@never_cache
def account(request: HttpRequest, user_id: int) -> HttpResponse:
    return _page_of(request, get_object_or_404(_kept(request), pk=user_id))


def _page_of(request: HttpRequest, person: User, refused: MembershipForm | None = None) -> HttpResponse:
    """The page of an account; `refused` is the form for another role as it was sent."""
    today = foundation.clock.today()
    held = Membership.objects.filter(user=person).select_related("organisation", "role", "deputy_of__user")
    context = {
        "person": person,
        "memberships": held.order_by("-id"),
        "counting": set(Membership.objects.on(today).filter(user=person).values_list("id", flat=True)),
        "open_matters": handover.open_matters(person.pk),
        "has_second_factor": adapters.has_second_factor(person),
        "role_form": refused or MembershipForm(actor=request.actor),
        "today": today,
    }
    return render(request, "people/account.html", context, status=400 if refused else 200)


@foundation.access("people.manage")
@require_POST
@never_cache
def make_slips(request: HttpRequest) -> HttpResponse:
    """Slips for the chosen accounts on one page to print; earlier slips of theirs stop working."""
    chosen = _kept(request).filter(pk__in=request.POST.getlist("user"), is_active=True).order_by("username")
    with transaction.atomic():
        slips = [accounts.issue_slip(user_id=user.pk, actor=request.actor) for user in chosen]
    return render(request, "people/slips.html", {"slips": slips})


def _change(
    change: Callable[[HttpRequest, User], str],
) -> Callable[[HttpRequest, int], HttpResponse]:
    """A view that changes one account by POST and comes back to it; `change` returns what to say."""

    @foundation.access("people.manage")
    @require_POST
    def view(request: HttpRequest, user_id: int) -> HttpResponse:
        person = get_object_or_404(_kept(request), pk=user_id)
        messages.success(request, change(request, person))
        return redirect("people:account", user_id=user_id)

    view.__doc__ = change.__doc__
    return view


@_change
def disable(request: HttpRequest, person: User) -> str:
    accounts.disable(user_id=person.pk, actor=request.actor)
    return _("The account is closed and all its sign-ins have ended.")


@_change
def enable(request: HttpRequest, person: User) -> str:
    accounts.enable(user_id=person.pk, actor=request.actor)
    return _("The account is open again.")


@_change
def end_sessions(request: HttpRequest, person: User) -> str:
    memberships.require_may_keep(request.actor, person)
    number = accounts.end_sessions(person)
    foundation.audit.record("account.end_sessions", actor=request.actor, obj=person)
    return ngettext("%(n)s sign-in has been ended.", "%(n)s sign-ins have been ended.", number) % {"n": number}


@_change
def empty(request: HttpRequest, person: User) -> str:
    accounts.empty_account(user_id=person.pk, actor=request.actor)
    return _("The personal data of the account have been deleted.")


@foundation.access("people.manage")
@require_POST
@never_cache
def reset_second_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """For a lost telephone; the answer is a new slip, shown once."""
    person = get_object_or_404(_kept(request), pk=user_id)
    slip = accounts.reset_second_factor(user_id=person.pk, actor=request.actor)
    return render(request, "people/slips.html", {"slips": [slip]})


@foundation.access("people.manage")
@require_POST
def add_role(request: HttpRequest, user_id: int) -> HttpResponse:
    person = get_object_or_404(_kept(request), pk=user_id)
    form = MembershipForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _page_of(request, person, form)
    given = form.cleaned_data
    memberships.join(
        user_id=person.pk, organisation_id=given["organisation"].pk, role=given["role"].key,
        valid_to=given["valid_to"], actor=request.actor,
    )  # fmt: skip
    messages.success(request, _("The role has been given."))
    return redirect("people:account", user_id=user_id)


@foundation.access("people.manage")
@require_POST
def end_role(request: HttpRequest, membership_id: int) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.visible_to(request.scope), pk=membership_id)
    memberships.leave(membership_id=membership.pk, on=foundation.clock.today(), actor=request.actor)
    messages.success(request, _("The role has ended today."))
    return redirect("people:account", user_id=membership.user_id)


@foundation.access("people.manage")
@never_cache
def hand_over(request: HttpRequest, user_id: int) -> HttpResponse:
    """Pass roles and everything open to a successor."""
    person = get_object_or_404(_kept(request), pk=user_id)
    form = HandOverForm(
        request.POST or None, scope=request.scope, without=person.pk, initial={"valid_from": foundation.clock.today()}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            passed = handover.hand_over(
                from_id=person.pk, to_id=given["person"].pk, membership_ids=[m.pk for m in given["memberships"]],
                on=given["valid_from"], actor=request.actor,
            )  # fmt: skip
        except foundation.Refusal as refused:
            form.add_error(None, str(refused))
        else:
            total = sum(passed.values())
            said = ngettext("%(n)s matter has been handed over.", "%(n)s matters have been handed over.", total)
            messages.success(request, said % {"n": total})
            return redirect("people:account", user_id=given["person"].pk)
    context = {"person": person, "form": form, "open_matters": handover.open_matters(person.pk)}
    return render(request, "people/hand_over.html", context, status=400 if form.errors else 200)


@foundation.access("people.manage")
@never_cache
def deputy(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Let somebody stand in for one role for a time."""
    membership = get_object_or_404(Membership.objects.visible_to(request.scope), pk=membership_id)
    form = DeputyForm(request.POST or None, scope=request.scope, without=membership.user_id)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            memberships.name_deputy(
                membership_id=membership.pk, deputy_id=given["person"].pk, valid_from=given["valid_from"],
                valid_to=given["valid_to"], actor=request.actor,
            )  # fmt: skip
        except foundation.Refusal as refused:
            form.add_error(refused.where if refused.where in form.fields else None, str(refused))
        else:
            messages.success(request, _("The deputy has been named."))
            return redirect("people:account", user_id=membership.user_id)
    context = {"membership": membership, "form": form}
    return render(request, "people/deputy.html", context, status=400 if form.errors else 200)
