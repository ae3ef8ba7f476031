"""A small invented world for tests of every room: a province, a city, two counties, their bodies and people.

Codes come from a range that no division uses; `people_of(role, place)` gives an account, `sign_in` a client.
"""

from dataclasses import dataclass, field
from datetime import date

from django.test import Client

from kepu.foundation.scope import SYSTEM
from kepu.people.models import Organisation, User
from kepu.people.services import memberships, organisations
from kepu.regions import services as regions

PROVINCE, CITY = "0/99/", "0/99/9901/"
COUNTY_A, COUNTY_B = "0/99/9901/990121/", "0/99/9901/990122/"
BEGIN = date(2020, 1, 1)
PASSWORD = "澄湖边上三棵老柳树"

CITY_BODIES = (
    ("party", "中共云川市委宣传部", "市委宣传部"), ("government", "云川市教育局", "市教育局"),
    ("government", "云川市科学技术局", "市科技局"), ("government", "云川市农业农村局", "市农业农村局"),
    ("association", "云川市科学技术协会", "市科协"), ("mass", "共青团云川市委员会", "团市委"),
)  # fmt: skip
COUNTY_BODIES = (
    ("party", "中共{place}委员会宣传部", "县委宣传部"), ("government", "{place}教育体育局", "县教体局"),
    ("government", "{place}市场监督管理局", "县市场监管局"), ("government", "{place}农业农村局", "县农业农村局"),
    ("association", "{place}科学技术协会", "县科协"), ("mass", "共青团{place}委员会", "团县委"),
    ("vertical", "云川市{short}生态环境局", "{short}生态环境局"),
)  # fmt: skip


@dataclass
class World:
    bodies: dict[str, dict[str, Organisation]] = field(default_factory=dict)  # path -> short name -> organisation
    accounts: int = 0

    def body(self, path: str, short_name: str) -> Organisation:
        return self.bodies[path][short_name]

    def office(self, path: str) -> Organisation:
        return self.body(path, "市科协" if path == CITY else "县科协")

    def person(self, role: str, path: str, organisation: Organisation | None = None, name: str = "") -> User:
        """A new account with one membership: of the region's association unless told."""
        self.accounts += 1
        user = User.objects.create_user(f"u{self.accounts}", PASSWORD, name=name or f"测试员{self.accounts}")
        home = organisation or self.office(path)
        memberships.join(user_id=user.pk, organisation_id=home.pk, role=role, region_path=path, actor=SYSTEM)
        return user

    def sign_in(self, role: str, path: str, organisation: Organisation | None = None) -> Client:
        client = Client()
        client.force_login(self.person(role, path, organisation))
        return client


def build() -> World:
    """The world as it stands in the database of the test; call it inside a test that may use the database."""
    world = World()
    province = regions.create_division(name="澄海省", kind="province", parent=None, code="99", actor=SYSTEM)
    city = regions.create_division(name="云川市", kind="prefecture", parent=province, code="9901", actor=SYSTEM)
    world.bodies[CITY] = {}
    for kind, name, short in CITY_BODIES:
        _register(world, CITY, kind, "prefecture", name, short)
    for code, place in (("990121", "青禾县"), ("990122", "白榆县")):
        county = regions.create_division(name=place, kind="county", parent=city, code=code, actor=SYSTEM)
        world.bodies[county.path] = {}
        for kind, name, short in COUNTY_BODIES:
            names = {"place": place, "short": county.short_name}
            _register(world, county.path, kind, "county", name.format(**names), short.format(**names))
        _register(world, county.path, "council", "county", f"{place}人民政府", f"{place}政府")
        for number, town in ((101, "云台镇" if place == "青禾县" else "石桥镇"), (1, "城关街道")):
            below = regions.create_division(
                name=town, kind="township", parent=county, code=f"{code}{number:03d}", actor=SYSTEM
            )
            world.bodies[below.path] = {}
            office = "办事处" if town.endswith("街道") else "人民政府"
            _register(world, below.path, "territory", "township", f"{town}{office}", town)
    return world


def _register(world: World, path: str, kind: str, level: str, name: str, short: str) -> None:
    member = kind not in {"council", "territory"}
    world.bodies[path][short] = organisations.create_organisation(
        name=name, short_name=short, kind=kind, level=level, region_path=path, is_member=member, actor=SYSTEM
    )
