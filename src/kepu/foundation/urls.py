from django.urls import path

from kepu.foundation import audit_views, health, job_views
from kepu.foundation.exports import pages as exports
from kepu.foundation.files import pages as files
from kepu.foundation.spreadsheets import pages as sheets

app_name = "foundation"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("files/<str:public>/", files.download, name="file"),
    path("desk/sheets/runs/<int:run_id>/", sheets.run, name="sheet_run"),
    path("desk/sheets/runs/<int:run_id>/errors/", sheets.errors, name="sheet_errors"),
    path("desk/sheets/<str:kind>/", sheets.start, name="sheet_start"),
    path("desk/sheets/<str:kind>/template/", sheets.template, name="sheet_template"),
    path("desk/exports/<str:listing>/", exports.order, name="export_order"),
    path("desk/jobs/", job_views.job_list, name="job_list"),
    path("desk/jobs/<int:pk>/", job_views.job_page, name="job"),
    path("desk/jobs/<int:pk>/state/", job_views.job_state, name="job_state"),
    path("desk/jobs/<int:pk>/cancel/", job_views.job_cancel, name="job_cancel"),
    path("desk/jobs/<int:pk>/retry/", job_views.job_retry, name="job_retry"),
    path("desk/audit/", audit_views.audit_list, name="audit_list"),
    path("desk/audit/<int:pk>/", audit_views.audit_entry, name="audit_entry"),
]
