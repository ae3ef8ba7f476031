from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation

MANAGE = foundation.actions.register("regions.manage", _("Keep divisions, population and boundary changes"))
