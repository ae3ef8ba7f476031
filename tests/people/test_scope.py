"""What people see: from memberships, on a day, in a constant number of queries."""

from datetime import date, datetime

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from kepu.foundation.scope import PUBLIC, SYSTEM
from kepu.people import actors, register
from kepu.people.models import Membership, User
from kepu.people.services import memberships, organisations
from kepu.plans.models import LedgerTask
from tests.plans import factories as plans
from tests.world import BEGIN, CITY, COUNTY_A, COUNTY_B

DAY = date(2026, 6, 1)


def seen_by(user, day=DAY):
    return actors.standing(user, day).actor.scope


def test_an_office_reaches_its_region(world):
    scope = seen_by(world.person("clerk", COUNTY_A))
    own = frozenset({world.office(COUNTY_A).pk})
    assert (scope.regions, scope.organisations, scope.public) == ((COUNTY_A,), own, True)


def test_a_liaison_reaches_the_own_organisation_only(world):
    body = world.body(COUNTY_A, "县教体局")
    scope = seen_by(world.person("liaison", COUNTY_A, body))
    assert (scope.regions, scope.organisations) == ((), frozenset({body.pk}))


def test_a_county_office_sees_exactly_the_city_tasks_that_name_its_units(world):
    city = plans.plan(CITY, state="issued")
    wanted = {
        "names the association of A": (world.body(COUNTY_A, "县科协"),),
        "names the government of A": (world.body(COUNTY_A, "青禾县政府"),),
        "names a town of A": (world.body(f"{COUNTY_A}990121101/", "云台镇"), world.body(CITY, "市科协")),
        "names all counties": (world.body(COUNTY_A, "青禾县政府"), world.body(COUNTY_B, "白榆县政府")),
    }
    others = {
        "names B": (world.body(COUNTY_B, "县科协"),),
        "names the city": (world.body(CITY, "市科协"),),
        "names nobody": (),
    }
    for title, bodies in (wanted | others).items():
        row = plans.ledger_task(city, bodies)
        LedgerTask.objects.filter(pk=row.pk).update(title=title)
    office, resident = seen_by(world.person("clerk", COUNTY_A)), PUBLIC
    assert set(LedgerTask.objects.visible_to(office).values_list("title", flat=True)) == set(wanted)
    assert set(LedgerTask.objects.visible_to(resident)) == set()
    city_office = seen_by(world.person("clerk", CITY))
    assert LedgerTask.objects.visible_to(city_office).distinct().count() == len(wanted | others)


def test_an_heir_sees_what_was_assigned_to_its_predecessors(world):
    first, second, heir = (world.body(COUNTY_A, name) for name in ("县市场监管局", "县教体局", "县农业农村局"))
    user = world.person("liaison", COUNTY_A, heir)
    organisations.merge(source_ids=[first.pk], target_id=second.pk, on=date(2025, 1, 1), basis="", actor=SYSTEM)
    organisations.merge(source_ids=[second.pk], target_id=heir.pk, on=date(2026, 1, 1), basis="", actor=SYSTEM)
    assert seen_by(user).organisations == frozenset({first.pk, second.pk, heir.pk})


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "counts"),
    [
        (None, None, True),
        (DAY, None, True),
        (None, DAY, False),
        (date(2026, 6, 2), None, False),
        (BEGIN, date(2026, 6, 2), True),
    ],
)
def test_memberships_count_on_their_days_only(world, valid_from, valid_to, counts):
    user = world.person("clerk", COUNTY_A)
    Membership.objects.filter(user=user).update(valid_from=valid_from, valid_to=valid_to)
    actor = actors.standing(user, DAY).actor
    assert actor.may("plan.review", COUNTY_A) is counts
    assert bool(actor.scope.regions) is counts


def test_rights_are_the_union_and_each_holds_over_its_own_region(world):
    user = world.person("clerk", COUNTY_A)
    memberships.join(
        user_id=user.pk, organisation_id=world.office(COUNTY_B).pk, role="leader", region_path=COUNTY_B, actor=SYSTEM
    )
    actor = actors.standing(user, DAY).actor
    assert actor.scope.regions == (COUNTY_A, COUNTY_B)
    assert actor.may("plan.review", COUNTY_A)
    assert not actor.may("plan.review", COUNTY_B)
    assert actor.may("plan.read", COUNTY_B)


def test_a_person_without_a_role_or_with_a_closed_account_sees_what_residents_see(world):
    user = User.objects.create_user("nobody", name="无")
    assert seen_by(user).regions == ()
    clerk = world.person("clerk", COUNTY_A)
    clerk.is_active = False
    assert actors.standing(clerk, DAY).actor.grants == frozenset()


def test_nested_regions_are_one(world):
    user = world.person("clerk", CITY)
    memberships.join(
        user_id=user.pk, organisation_id=world.office(COUNTY_A).pk, role="clerk", region_path=COUNTY_A, actor=SYSTEM
    )
    assert seen_by(user).regions == (CITY,)


def test_two_queries_however_many_memberships(world, django_assert_num_queries):
    user = world.person("clerk", COUNTY_A)
    with django_assert_num_queries(2):
        actors.standing(user, DAY)
    for role in ("leader", "statistician", "liaison"):
        memberships.join(
            user_id=user.pk, organisation_id=world.office(COUNTY_B).pk, role=role, region_path=COUNTY_B, actor=SYSTEM
        )
    with django_assert_num_queries(2):
        actors.standing(user, DAY)


# Names of fields that tell something about a person, and models that are not about persons or are no tables of ours.
PERSONAL = {
    "username",
    "name",
    "email",
    "phone",
    "mobile",
    "password",
    "last_login",
    "ip",
    "user_agent",
    "lookup",
    "address",
}
ROOMS_OF_ACCOUNTS = {"people", "account", "mfa", "usersessions"}
NOT_PERSONS = {"people.organisation", "people.role", "people.organisationchange", "people.organisationalias"}


def test_every_field_about_a_person_is_in_the_register():
    found = set()
    for model in apps.get_models():
        label = model._meta.label_lower
        if model._meta.app_label not in ROOMS_OF_ACCOUNTS or label in NOT_PERSONS:
            continue
        for field in model._meta.concrete_fields:
            about = isinstance(field, models.ForeignKey) and field.remote_field.model is User
            if field.name in PERSONAL or about:
                found.add((label, field.name))
    assert found == {(entry.model, entry.field) for entry in register.FIELDS}


@pytest.mark.parametrize("entry", register.FIELDS, ids=lambda entry: f"{entry.model}.{entry.field}")
def test_each_entry_says_what_for_on_which_basis_and_how_long(entry):
    assert all(str(text).strip() for text in (entry.label, entry.purpose, entry.basis, entry.retention))


def test_roles_of_machine_log_and_office_never_meet_in_one_bundle():
    from kepu.people.default_roles import DEFAULT_ROLES

    office = {"plan.import", "plan.review", "plan.issue", "plan.publish", "people.manage"}
    kinds = ({"system.manage"}, {"audit.read"}, office)
    for role in DEFAULT_ROLES:
        assert sum(bool(set(role.actions) & kind) for kind in kinds) <= 1, role.key


def test_today_is_the_day_of_the_office(world, at_time, client):
    user = world.person("clerk", COUNTY_A)
    Membership.objects.filter(user=user).update(valid_to=date(2030, 1, 2))
    client.force_login(user)
    shanghai = timezone.get_default_timezone()
    for moment, status in (
        (datetime(2030, 1, 1, 23, 59, tzinfo=shanghai), 200),
        (datetime(2030, 1, 2, 0, 1, tzinfo=shanghai), 403),
    ):
        at_time(moment)
        assert client.get("/desk/accounts/").status_code == status
