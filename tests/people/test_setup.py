"""The first minutes of an installation, and a county office in one step."""

import pytest
from django.core.cache import cache
from django.test import Client

from kepu.people.models import Membership, Organisation, User
from kepu.regions import door as regions
from tests.world import CITY, COUNTY_A

FIRST = {
    "province_name": "澄海省", "province_code": "990000", "city_name": "云川市", "city_code": "990100",
    "association": "云川市科学技术协会", "association_short": "市科协", "name": "沈知", "username": "shen-zhi",
    "password": "三月的河边有人放风筝", "repeated": "三月的河边有人放风筝",
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_tries(db):
    cache.clear()


def test_an_empty_installation_leads_from_sign_in_to_setup(client):
    assert client.get("/account/login/")["Location"] == "/setup/"
    assert client.get("/setup/").status_code == 200


def test_setting_up_makes_region_office_and_head_and_closes(client):
    assert client.post("/setup/", FIRST).status_code == 302
    assert regions.division(CITY).name == "云川市"
    head = User.objects.get()
    roles = set(Membership.objects.filter(user=head).values_list("role__key", flat=True))
    assert roles == {"office_head", "system_admin"}
    assert client.get("/desk/").status_code == 200
    for answer in (Client().get("/setup/"), Client().post("/setup/", FIRST | {"username": "other"})):
        assert answer.status_code == 409
    assert User.objects.count() == 1


def test_the_first_account_too_needs_its_second_factor(client, settings):
    settings.KEPU_SECOND_FACTOR = "offices"
    client.post("/setup/", FIRST)
    assert client.get("/desk/")["Location"] == "/account/factor/set-up/"
    assert client.get("/account/factor/set-up/").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"city_code": "8801"},
        {"password": "12345678"},
        {"repeated": "other"},
        {"province_name": ""},
        {"county_name": "青禾县"},
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_made(client, change):
    assert client.post("/setup/", FIRST | change).status_code == 400
    assert not User.objects.exists()
    assert regions.division("0/99/") is None


def test_a_county_office_in_one_step(world):
    head = world.sign_in("office_head", CITY)
    form = {
        "parent_path": CITY, "kind": "county", "name": "望岚区", "code": "990103", "association": "望岚区科学技术协会",
        "association_short": "区科协", "head_name": "郑新", "head_username": "zheng-xin",
    }  # fmt: skip
    slip = head.post("/desk/offices/new/", form).context["slips"][0]
    own = "望岚区外有一片芦苇荡"
    client = Client()
    client.post("/account/slip/", {"username": "zheng-xin", "code": slip.code, "password": own, "repeated": own})
    assert client.get("/desk/accounts/").status_code == 200
    body = Organisation.objects.get(name="望岚区科学技术协会")
    assert body.region_path == f"{CITY}990103/"
    names = {row.name for row in client.get("/desk/organisations/").context["page"]}
    assert names == {"望岚区科学技术协会"}


def test_an_office_of_another_region_cannot_be_made(world):
    head = world.sign_in("office_head", COUNTY_A)
    form = {
        "parent_path": CITY, "kind": "county", "name": "望岚区", "code": "990103", "association": "某科协",
        "association_short": "区科协", "head_name": "郑新", "head_username": "zheng-xin",
    }  # fmt: skip
    assert head.post("/desk/offices/new/", form).status_code == 400
    assert not User.objects.filter(username="zheng-xin").exists()
