from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation

GROUP = _("Keeping in order")
foundation.navigation.register(
    _("Organisations"), "people:organisations", group=GROUP, order=800, action="people.manage",
    hint=_("Units with their names, their order and what became of them"),
)  # fmt: skip
foundation.navigation.register(
    _("Accounts"), "people:accounts", group=GROUP, order=810, action="people.manage",
    hint=_("Accounts, roles, slips and handovers"),
)  # fmt: skip
