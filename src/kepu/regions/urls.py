from django.urls import path

from kepu.regions import views

app_name = "regions"
urlpatterns = [
    path("desk/regions/", views.division_list, name="divisions"),
    path("desk/regions/new/", views.new_division, name="new"),
    path("desk/regions/<int:division_id>/", views.division, name="division"),
    path("desk/regions/<int:division_id>/population/", views.add_population, name="population"),
    path("desk/regions/<int:division_id>/change/", views.change_division, name="change"),
]
