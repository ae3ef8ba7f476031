from django.urls import path

from kepu.foundation import views
from kepu.foundation.files import pages as files
from kepu.foundation.spreadsheets import pages as sheets

app_name = "foundation"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("files/<str:public>/", files.download, name="file"),
    path("desk/sheets/runs/<int:run_id>/", sheets.run, name="sheet_run"),
    path("desk/sheets/runs/<int:run_id>/errors/", sheets.errors, name="sheet_errors"),
    path("desk/sheets/<str:kind>/", sheets.start, name="sheet_start"),
    path("desk/sheets/<str:kind>/template/", sheets.template, name="sheet_template"),
]
