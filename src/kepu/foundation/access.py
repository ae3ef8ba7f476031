"""Every view says who may come in. A route without such a rule fails the test suite."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]

PUBLIC = "public"  # anybody, nothing personal
SIGNED_IN = "signed_in"  # anybody with an account
BEARER = "bearer"  # whoever holds the token in the address


def access(rule: str) -> Callable[[View], View]:
    """Declare and enforce the rule of a view: PUBLIC, SIGNED_IN, BEARER or the key of an action.

    For an action the person must hold it somewhere; the view narrows it to the object's region with `actions.require`
    after fetching the object through `visible_to(request.scope)`, so that out of scope is 404 and lacking the right 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if rule not in {PUBLIC, BEARER}:
                if not request.user.is_authenticated:
                    # Imported late: it needs the user model, whose room imports this module.
                    from django.contrib.auth.views import redirect_to_login

                    return redirect_to_login(request.get_full_path())
                if rule != SIGNED_IN and not request.actor.may(rule):
                    raise PermissionDenied(rule)
            return view(request, *args, **kwargs)

        guarded.access_rule = rule  # type: ignore[attr-defined]
        return guarded

    return decorate
