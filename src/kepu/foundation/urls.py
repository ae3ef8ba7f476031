from django.urls import path

from kepu.foundation import views

app_name = "foundation"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
]
