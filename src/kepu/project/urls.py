from django.urls import include, path

urlpatterns = [
    path("", include("kepu.foundation.urls")),
    path("", include("kepu.portal.urls")),
    path("", include("kepu.people.urls")),
    path("", include("kepu.regions.urls")),
    path("", include("kepu.plans.urls")),
]

handler400 = "kepu.foundation.views.bad_request"
handler403 = "kepu.foundation.views.forbidden"
handler404 = "kepu.foundation.views.not_found"
handler429 = "kepu.people.views.too_many_tries"
handler500 = "kepu.foundation.views.server_error"
