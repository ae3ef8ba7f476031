from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation

READ = foundation.actions.register("plan.read", _("Read plans and ledgers"))
IMPORT = foundation.actions.register("plan.import", _("Import plan documents"))
REVIEW = foundation.actions.register("plan.review", _("Correct drafts at the review desk"))
ISSUE = foundation.actions.register("plan.issue", _("Issue plans"))
PUBLISH = foundation.actions.register("plan.publish", _("Show plans to the public"))
