from django.urls import path

from kepu.portal import styleguide, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("site-map/", views.site_map, name="site_map"),
    path("contact/", views.contact, name="contact"),
    path("search/", views.site_search, name="search"),
    path("look/<str:theme>/", views.theme, name="theme"),
    path("desk/", views.desk, name="desk"),
    path("desk/search/", views.desk_search, name="desk_search"),
    path("desk/keys/", views.keys, name="keys"),
    path("styleguide/", styleguide.page, name="styleguide"),
]
