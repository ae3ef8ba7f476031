from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation

MANAGE = foundation.actions.register("people.manage", _("Keep organisations, accounts and memberships"))
TENANTS = foundation.actions.register("people.tenants", _("Set up the offices of the regions below"))
