from django.urls import path

from kepu.plans.views import chain, ledger, public

app_name = "plans"
urlpatterns = [
    path("desk/ledger/", ledger.ledger_list, name="ledger_list"),
    path("desk/ledger/<int:task_id>/", ledger.ledger_task, name="ledger_task"),
    path("desk/ledger/<int:task_id>/state/", ledger.ledger_task_state, name="ledger_task_state"),
    path("desk/ledger/units/", ledger.unit_list, name="unit_list"),
    path("desk/plans/<int:plan_id>/chain/", chain.chain_page, name="chain"),
    path("desk/plans/<int:plan_id>/chain/link/", chain.chain_link, name="chain_link"),
    path("desk/plans/<int:plan_id>/chain/decide/", chain.chain_decide, name="chain_decide"),
    path("plans/", public.plan_list, name="public_list"),
    path("plans/<int:plan_id>/", public.plan_page, name="public_plan"),
    path("desk/ledger/units/<int:organisation_id>/", ledger.unit_page, name="unit_page"),
]
