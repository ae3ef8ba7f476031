"""The first minutes of an installation, and a new office below."""

from collections.abc import Callable
from functools import wraps

from allauth.account.internal import flows
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from kepu.foundation import door as foundation
from kepu.people.forms import FirstRunForm, OfficeForm
from kepu.people.models import User
from kepu.people.services import tenants
from kepu.regions import door as regions

View = Callable[..., HttpResponseBase]


def first_run_first(view: View) -> View:
    """Where nobody can sign in yet, the sign-in page leads to the first run."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method == "GET" and tenants.is_first_run():
            return redirect("people:first_run")
        return view(request, *args, **kwargs)

    return guarded


@foundation.access(foundation.PUBLIC)
@sensitive_post_parameters("password", "repeated")
@never_cache
def first_run(request: HttpRequest) -> HttpResponse:
    """Region, office and the first account, each with the person's own words; closed once an account exists."""
    if not tenants.is_first_run():
        raise tenants.AlreadySetUp
    form = FirstRunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            office = tenants.first_run(
                chain=form.chain(), association=values["association"], association_short=values["association_short"],
                name=values["name"], username=values["username"], password=values["password"],
            )  # fmt: skip
        except foundation.Refusal as refused:
            form.add_error(None, str(refused))
        else:
            user = User.objects.get(pk=office.head_id)
            flows.login.record_authentication(request, user, method="password")
            return flows.login.perform_login(request, Login(user=user, redirect_url="/desk/"))
    return render(request, "people/first_run.html", {"form": form}, status=400 if form.errors else 200)


@foundation.access("people.tenants")
@never_cache
def new_office(request: HttpRequest) -> HttpResponse:
    """An office of a region below, in one step; the answer is the slip for its head, shown once."""
    parents = [path for path in request.scope.regions if request.actor.may("people.tenants", path)]
    form = OfficeForm(request.POST or None, parents=list(regions.divisions(parents).values()))
    if request.method == "POST" and form.is_valid():
        try:
            office = tenants.create_office(**form.cleaned_data, actor=request.actor)
        except foundation.Refusal as refused:
            form.add_error(refused.where if refused.where in form.fields else None, str(refused))
        else:
            return render(request, "people/slips.html", {"slips": [office.slip]})
    return render(request, "people/new_office.html", {"form": form}, status=400 if form.errors else 200)
