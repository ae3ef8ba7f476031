"""The roll of a full-coverage promise: seen by whoever sees the target, ticked by the office."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kepu.foundation import door as foundation
from kepu.plans import actions
from kepu.plans.enums import FULL_COVERAGE
from kepu.plans.models import LedgerTarget, RollItem
from kepu.plans.services import roll as services

PAGE = 100


@foundation.access(actions.READ)
def roll(request: HttpRequest, target_id: int) -> HttpResponse:
    visible = LedgerTarget.objects.visible_to(request.scope).filter(Q(unit=FULL_COVERAGE) | Q(roll__isnull=False))
    target = get_object_or_404(visible.select_related("task", "plan").distinct(), pk=target_id)
    if request.method == "POST":
        foundation.actions.require(request.actor, actions.REVIEW, target.region_path)
        if "names" in request.POST:
            added = services.extend(target=target, names=request.POST["names"].splitlines(), actor=request.actor)
            messages.success(request, _("%(count)s names added to the roll.") % {"count": added})
        else:
            ids = {name: [int(i) for i in request.POST.getlist(name) if i.isdecimal()] for name in ("shown", "tick")}
            services.tick(target=target, shown=ids["shown"], ticked=ids["tick"], actor=request.actor)
        return redirect(request.get_full_path())
    items = RollItem.objects.filter(target=target)
    context = {
        "target": target,
        "page": Paginator(items, PAGE).get_page(request.GET.get("page")),
        "covered": items.exclude(covered_on=None).count(),
        "total": items.count(),
        "may_tick": request.actor.may(actions.REVIEW, target.region_path),
    }
    return render(request, "plans/roll.html", context)
