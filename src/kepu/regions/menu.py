from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation

foundation.navigation.register(
    _("Divisions"), "regions:divisions", group=_("Keeping in order"), order=790, action="regions.manage",
    hint=_("Codes, names, population and boundary changes"),
)  # fmt: skip
