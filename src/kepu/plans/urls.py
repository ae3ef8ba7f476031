from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from kepu.plans.views import acts, chain, desk, imports, issuing, ledger, plans, proposals, public, rolls

app_name = "plans"


class RowKind(StringConverter):
    """A row of the draft with a form of its own."""

    regex = "section|task|assignment|target"


register_converter(RowKind, "row_kind")

review_urls = [
    path("", desk.review, name="review"),
    path("card/<slug:key>/", desk.card, name="card"),
    path("card/<slug:key>/confirm/", acts.confirm, name="confirm"),
    path("card/<slug:key>/reopen/", acts.reopen, name="reopen"),
    path("<row_kind:kind>/<int:row_id>/save/", acts.save, name="save"),
    path("<row_kind:kind>/<int:row_id>/leave-out/", acts.leave_out, name="leave_out"),
    path("<row_kind:kind>/<int:row_id>/put-back/", acts.put_back, name="put_back"),
    path("number/<int:row_id>/classify/", acts.classify, name="classify"),
    path("task/<int:row_id>/units/", acts.add_unit, name="add_unit"),
    path("task/<int:row_id>/roles/", acts.split_roles, name="split_roles"),
    path("task/<int:row_id>/targets/", acts.add_target, name="add_target"),
    path("task/<int:row_id>/split/", acts.split, name="split"),
    path("task/<int:row_id>/merge/", acts.merge, name="merge"),
    path("task/<int:row_id>/move/", acts.move, name="move"),
    path("section/<int:row_id>/tasks/", acts.add_task, name="add_task"),
    path("undo/", acts.undo, name="undo"),
    path("units/", acts.open_units, name="open_units"),
    path("proposals/", proposals.page, name="proposals"),
    path("proposals/make/", proposals.make, name="make_proposals"),
    path("opinions/", proposals.opinions, name="opinions"),
    path("opinions/<int:opinion_id>/", proposals.settle, name="settle_opinion"),
]

urlpatterns = [
    path("desk/plans/", plans.index, name="index"),
    path("desk/plans/import/", imports.start, name="import"),
    path("desk/plans/new/", imports.new, name="new"),
    path("desk/plans/duties/", proposals.duties, name="duties"),
    path("desk/plans/<int:plan_id>/", plans.plan, name="plan"),
    path("desk/plans/<int:plan_id>/particulars/", issuing.describe, name="describe"),
    path("desk/plans/<int:plan_id>/issue/", issuing.issue, name="issue"),
    path("desk/plans/<int:plan_id>/archive/", issuing.archive, name="archive"),
    path("desk/plans/<int:plan_id>/publish/", issuing.publish, name="publish"),
    path("desk/plans/<int:plan_id>/versions/<int:number>/", issuing.version, name="version"),
    path("desk/plans/<int:plan_id>/read-again/", imports.again, name="read_again"),
    path("desk/plans/<int:plan_id>/discard/", imports.discard, name="discard"),
    path("desk/plans/<int:plan_id>/review/", include(review_urls)),
    path("desk/ledger/", ledger.ledger_list, name="ledger_list"),
    path("desk/ledger/<int:task_id>/", ledger.ledger_task, name="ledger_task"),
    path("desk/ledger/<int:task_id>/state/", ledger.ledger_task_state, name="ledger_task_state"),
    path("desk/ledger/targets/<int:target_id>/roll/", rolls.roll, name="roll"),
    path("desk/ledger/targets/<int:target_id>/roll/mark/", rolls.mark, name="roll_mark"),
    path("desk/ledger/targets/<int:target_id>/roll/fill/", rolls.fill, name="roll_fill"),
    path("desk/ledger/targets/<int:target_id>/roll/undo/<int:change_id>/", rolls.undo, name="roll_undo"),
    path("desk/ledger/units/", ledger.unit_list, name="unit_list"),
    path("desk/plans/<int:plan_id>/chain/", chain.chain_page, name="chain"),
    path("desk/plans/<int:plan_id>/chain/link/", chain.chain_link, name="chain_link"),
    path("desk/plans/<int:plan_id>/chain/decide/", chain.chain_decide, name="chain_decide"),
    path("plans/", public.plan_list, name="public_list"),
    path("plans/<int:plan_id>/", public.plan_page, name="public_plan"),
    path("desk/ledger/units/<int:organisation_id>/", ledger.unit_page, name="unit_page"),
]
