from django.urls import path

from kepu.plans.views import ledger

app_name = "plans"
urlpatterns = [
    path("desk/ledger/", ledger.ledger_list, name="ledger_list"),
    path("desk/ledger/<int:task_id>/", ledger.ledger_task, name="ledger_task"),
    path("desk/ledger/<int:task_id>/state/", ledger.ledger_task_state, name="ledger_task_state"),
    path("desk/ledger/units/", ledger.unit_list, name="unit_list"),
    path("desk/ledger/units/<int:organisation_id>/", ledger.unit_page, name="unit_page"),
]
