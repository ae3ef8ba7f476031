"""The entries and search results that the portal itself brings."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation

foundation.navigation.register(_("Home page"), "portal:home", surface="portal", order=0)
foundation.navigation.register(_("Site map"), "portal:site_map", surface="portal", order=900)
foundation.navigation.register(
    _("Contact and help"), "portal:contact", surface="portal", order=910, hint=_("Who answers, and where")
)
foundation.navigation.register(_("Work overview"), "portal:desk", order=0)
foundation.navigation.register(
    _("Shortcut keys"), "portal:keys", group=_("Help"), order=990, hint=_("Keys that work on every page of the desk")
)

# Pages of the site itself, found under their names and under the words that people use for them.
PAGES = (
    (
        _("Elder mode"),
        "长辈版 适老版 老年版 大字版 大字 关怀版 无障碍",
        ("portal:theme", "elder"),
        _("Large type, plain layout"),
    ),
    (_("Site map"), "网站地图 站点地图 栏目", ("portal:site_map",), _("Every page of this site")),
    (_("Contact and help"), "联系我们 联系人 电话 帮助 地址", ("portal:contact",), _("Who answers, and where")),
)


def site_pages(query: foundation.search.Query, scope: foundation.Scope, limit: int) -> Iterable[foundation.search.Hit]:
    for title, words, (route, *args), sentence in PAGES:
        if all(word in words or word in str(title) for word in query.words):
            yield foundation.search.Hit(str(title), reverse(route, args=args), _("Page"), str(sentence))


foundation.search.register(site_pages, surface="portal")
foundation.search.register(site_pages, surface="desk")
