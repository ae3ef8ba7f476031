"""Accounts that the office opens, and how people get in, hand over, stand in and leave."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from kepu.foundation.scope import SYSTEM
from kepu.people import actors
from kepu.people.models import Membership, Slip, User
from kepu.people.services import accounts, handover, memberships
from tests.world import CITY, COUNTY_A, COUNTY_B

OWN = "云台山下十里桃花"


@pytest.fixture(autouse=True)
def no_tries(db):
    cache.clear()


def redeem(code, username, password=OWN, client=None):
    values = {"username": username, "code": code, "password": password, "repeated": password}
    return (client or Client()).post("/account/slip/", values)


@pytest.fixture
def slip(world):
    user = world.person("liaison", COUNTY_A)
    return accounts.issue_slip(user_id=user.pk, actor=SYSTEM)


def test_a_slip_opens_the_account_once(slip):
    client = Client()
    assert redeem(slip.code.lower(), slip.username, client=client).status_code == 302
    assert client.get("/account/").status_code == 200
    again = redeem(slip.code, slip.username)
    assert again.status_code == 400
    assert "code" in again.context["form"].errors


def test_a_slip_is_stored_as_a_digest_only(slip):
    stored = Slip.objects.get(user_id=slip.user_id)
    assert slip.code.replace("-", "") not in f"{stored.__dict__}"


def test_a_slip_expires(slip, at_time):
    at_time(timezone.now() + timedelta(days=accounts.SLIP_DAYS, seconds=1))
    assert redeem(slip.code, slip.username).status_code == 400


def test_a_new_slip_ends_the_old_one(slip):
    newer = accounts.issue_slip(user_id=slip.user_id, actor=SYSTEM)
    assert redeem(slip.code, slip.username).status_code == 400
    assert redeem(newer.code, slip.username).status_code == 302


def test_a_slip_fits_one_account_only(slip, world):
    other = world.person("liaison", COUNTY_B)
    assert redeem(slip.code, other.username).status_code == 400
    assert redeem(slip.code, slip.username).status_code == 302


def test_guessing_slips_ends_in_429(slip):
    answers = [redeem(f"AAAA-BBBB-CC{n}{n}", slip.username).status_code for n in range(6)]
    assert answers == [400] * 5 + [429]


PASSWORDS_REFUSED = [
    "short",
    "1234567",
    "password",
    "qwerty123",
    "kepu2026",
    "科普2026",
    "青禾县2026",
    "20261122",
    "zhang-wu1",
]


@pytest.mark.parametrize("password", PASSWORDS_REFUSED)
def test_weak_passwords_are_refused(world, password):
    user = User(username="zhang-wu", name="章五")
    with pytest.raises(ValidationError):
        accounts.validate_password(password, user)


@pytest.mark.parametrize("password", ["correct horse battery", OWN, "x7!kd92l", "a" * 60 + "bcd1", "长" * 500])
def test_long_or_odd_passwords_are_taken_whole(world, password):
    user = world.person("liaison", CITY)
    accounts.validate_password(password, user)
    accounts.set_password(user=user, password=password)
    assert user.check_password(password)
    assert not user.check_password(password[:-1])


def test_the_dengbao_profile_asks_for_kinds_and_for_a_new_password_every_quarter(world, settings, at_time, client):
    user = world.person("liaison", CITY)
    settings.KEPU_PASSWORD_PROFILE = "dengbao"
    with pytest.raises(ValidationError):
        accounts.validate_password("all small letters here", user)
    accounts.validate_password("Three Kinds 3", user)
    accounts.set_password(user=user, password="Three Kinds 3")
    client.force_login(user)
    assert client.get("/desk/").status_code == 200
    at_time(timezone.now() + timedelta(days=91))
    client = Client()
    client.force_login(user)
    assert client.get("/desk/")["Location"] == "/account/password/"


def page(client, address, **values):
    return client.post(f"/desk/accounts/{address}", values)


def test_an_account_role_and_slip_in_one_step(world):
    head = world.sign_in("office_head", COUNTY_A)
    body = world.body(COUNTY_A, "县教体局")
    role = memberships.Role.objects.get(key="liaison")
    answer = page(head, "new/", name="石新", username="shi-xin", organisation=body.pk, role=role.pk)
    slip = answer.context["slips"][0]
    assert redeem(slip.code, "shi-xin").status_code == 302
    assert Membership.objects.get(user__username="shi-xin").organisation == body


def test_nobody_gives_what_is_not_held(world):
    clerk, body = world.sign_in("clerk", COUNTY_A), world.body(COUNTY_A, "县教体局")
    roles = {role.key: role.pk for role in memberships.Role.objects.all()}
    offered = clerk.get("/desk/accounts/new/").context["role_form"].fields["role"].queryset
    assert {role.key for role in offered} == {"clerk", "leader", "statistician", "inspector", "liaison"}
    page(clerk, "new/", name="甲", username="jia", organisation=body.pk, role=roles["office_head"])
    page(
        clerk, "new/", name="乙", username="yi", organisation=world.body(COUNTY_B, "县教体局").pk, role=roles["liaison"]
    )
    assert not User.objects.filter(username__in=["jia", "yi"]).exists()


@pytest.mark.parametrize("role", ["system_admin", "auditor"])
def test_an_office_head_cannot_give_the_roles_of_the_machine(world, role):
    head = world.person("office_head", CITY)
    actor = actors.standing(head, timezone.localdate()).actor
    with pytest.raises(memberships.NotYours):
        memberships.join(
            user_id=head.pk, organisation_id=world.office(CITY).pk, role=role, actor=actor, region_path=CITY
        )


def test_a_clerk_cannot_take_over_the_heads_account(world):
    head, clerk = world.person("office_head", COUNTY_A), world.sign_in("clerk", COUNTY_A)
    for address in ("second-factor/", "disable/"):
        assert clerk.post(f"/desk/accounts/{head.pk}/{address}").status_code == 403, address
    assert clerk.post("/desk/accounts/slips/", {"user": head.pk}).status_code == 403
    head.refresh_from_db()
    assert head.is_active
    assert head.has_usable_password()


def test_accounts_of_another_county_are_not_there(world):
    stranger, head = world.person("liaison", COUNTY_B), world.sign_in("office_head", COUNTY_A)
    assert head.get(f"/desk/accounts/{stranger.pk}/").status_code == 404
    assert page(head, f"{stranger.pk}/disable/").status_code == 404
    assert page(head, "slips/", user=stranger.pk).context["slips"] == []
    assert stranger.name not in head.get("/desk/accounts/").content.decode()


def standing(user, day=None):
    return actors.standing(user, day or timezone.localdate()).actor


def test_a_deputy_holds_the_role_for_the_time_and_not_longer(world):
    head, clerk = world.person("office_head", COUNTY_A), world.person("clerk", COUNTY_A)
    own = Membership.objects.get(user=head)
    memberships.name_deputy(
        membership_id=own.pk, deputy_id=clerk.pk, valid_from=date(2026, 7, 1), valid_to=date(2026, 7, 15),
        actor=standing(head),
    )  # fmt: skip
    days = {day: standing(clerk, date(2026, 7, day)).may("plan.issue", COUNTY_A) for day in (1, 14, 15)}
    assert days == {1: True, 14: True, 15: False}
    assert not standing(clerk, date(2026, 6, 30)).may("plan.issue")
    memberships.leave(membership_id=own.pk, on=date(2026, 7, 5), actor=SYSTEM)
    assert not standing(clerk, date(2026, 7, 6)).may("plan.issue")


def test_handing_over_passes_roles_and_open_matters(world, monkeypatch):
    held = {"papers": {"old": 3}}
    monkeypatch.setattr(handover, "_kinds", {})
    old, new = world.person("liaison", COUNTY_A), world.person("liaison", COUNTY_A)

    def pass_on(from_id, to_id, actor):
        held["papers"]["new"] = held["papers"].pop("old")
        return held["papers"]["new"]

    handover.register_open_matters("papers", "待办", count=lambda who: held["papers"].get("old", 0) if who == old.pk else 0,
                                   hand_over=pass_on)  # fmt: skip
    head = world.sign_in("office_head", COUNTY_A)
    own = Membership.objects.get(user=old)
    assert "3" in head.get(f"/desk/accounts/{old.pk}/hand-over/").content.decode()
    answer = page(
        head, f"{old.pk}/hand-over/", person=new.pk, valid_from=str(timezone.localdate()), memberships=[own.pk]
    )
    assert answer.status_code == 302
    assert held == {"papers": {"new": 3}}
    assert standing(old).scope.organisations == frozenset()
    assert Membership.objects.on(timezone.localdate()).filter(user=new).count() == 2


def test_an_account_is_emptied_and_its_row_kept(world):
    user = world.person("liaison", COUNTY_A, name="钱守一")
    accounts.issue_slip(user_id=user.pk, actor=SYSTEM)
    with pytest.raises(accounts.StillActive):
        accounts.empty_account(user_id=user.pk, actor=SYSTEM)
    memberships.leave(membership_id=Membership.objects.get(user=user).pk, on=timezone.localdate(), actor=SYSTEM)
    accounts.empty_account(user_id=user.pk, actor=SYSTEM)
    user.refresh_from_db()
    assert (user.name, user.email, user.is_active, user.username) == ("", "", False, f"emptied-{user.pk}")
    assert Slip.objects.filter(user=user).count() == 0


def test_taking_data_along_gives_all_of_the_register_and_no_secret(world, client):
    user = world.person("liaison", COUNTY_A, name="孙远")
    client.force_login(user)
    data = client.get("/account/data/").json()
    assert data["account"]["name"] == "孙远"
    assert [role["organisation"] for role in data["roles"]] == ["青禾县科学技术协会"]
    assert user.password not in str(data)


def test_exports_of_accounts_hold_the_own_county_only(world):
    world.person("liaison", COUNTY_A, name="赵在册")
    world.person("liaison", COUNTY_B, name="周外县")
    head = world.sign_in("office_head", COUNTY_A)
    import io

    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(head.get("/desk/accounts/?export=xlsx").getvalue())).active
    text = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    assert "赵在册" in text
    assert "周外县" not in text
