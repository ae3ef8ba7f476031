"""What a request may change: looking changes nothing (S23), and a form writes what it shows and nothing else (S4)."""

import hashlib
import json
import re
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, models
from tests import samples
from tests.world import CITY, COUNTY_A, COUNTY_B

from kepu.foundation import access
from kepu.people.models import Membership, Organisation, OrganisationAlias, Role, User
from kepu.regions.models import Division

pytestmark = pytest.mark.slow

ROUTES = samples.routes()
# What a look may write: who is signed in since when, what is on record, and counters of tries.
KEPT_BESIDE = {"django_session", "usersessions_usersession", "foundation_auditentry", "foundation_cache"}


WRITES = re.compile(r'^\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)"?', re.IGNORECASE)


@contextmanager
def written():
    """The tables that are written to meanwhile, beside those that a look may write: every statement is seen."""
    tables: set[str] = set()

    def watch(execute, sql, params, many, context):
        if (found := WRITES.match(sql)) and found[1] not in KEPT_BESIDE:
            tables.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables


def digest() -> str:
    """All rows of all tables beside those, as they stand."""
    models_ = [model for model in apps.get_models() if model._meta.managed and model._meta.db_table not in KEPT_BESIDE]
    content = [list(model._base_manager.order_by("pk").values_list()) for model in models_]
    return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()


@pytest.fixture
def made(world):
    cache.clear()
    return samples.make(world)


@pytest.mark.parametrize("role", [None, "office_head", "auditor", "system_admin"])
def test_looking_changes_nothing(made, role, client):
    if role:
        client = made.world.sign_in(role, COUNTY_A)
        client.get("/desk/")
    before, wrong = digest(), {}
    for route in ROUTES:
        address = samples.address(route, made)
        with written() as tables:
            for look in (client.get, client.head):
                answer = look(address)
                getattr(answer, "getvalue", bytes)()  # a download keeps its file open until it is read
        if tables:
            wrong[route.name] = tables
    assert wrong == {}
    assert digest() == before


def test_a_write_would_be_seen(made):
    before = digest()
    with written() as tables:
        User.objects.filter(pk=made["person"].pk).update(name="另一人")
        OrganisationAlias.objects.filter(pk=made["alias"].pk).delete()
        User.objects.create_user("another", "澄湖边上三棵老柳树")
    assert tables == {"people_user", "people_organisationalias"}
    assert digest() != before


# --- mass assignment -----------------------------------------------------------------------------------------------
# What the acts of an office may write, by route: model → fields. A route that is not here writes none of these models.
# Everything posted beside it (every field of every model, under its own name) is left alone.
NEW = "*"  # a row of its own
WATCHED = (User, Organisation, OrganisationAlias, Membership, Role, Division)
ALLOWED: dict[str, dict[type[models.Model], set[str]]] = {
    "people:edit_organisation": {
        Organisation: {"name", "short_name", "kind", "level", "sort_order", "is_member", "valid_from"}
    },
    "people:new_organisation": {Organisation: {NEW}},
    "people:add_alias": {OrganisationAlias: {NEW}},
    "people:end_alias": {OrganisationAlias: {"valid_to"}},
    "people:change_organisation": {Organisation: {"name", "short_name"}, OrganisationAlias: {NEW}},
    "people:new_account": {User: {NEW}, Membership: {NEW}},
    "people:disable": {User: {"is_active", "password", "session_version"}},
    "people:enable": {User: {"is_active"}},
    "people:empty": {User: {"name", "username", "password", "is_active", "last_login", "emptied_at"}},
    "people:reset_second_factor": {User: {"password"}},
    "people:make_slips": {User: {"password"}},
    "people:add_role": {Membership: {NEW}},
    "people:end_role": {Membership: {"valid_to"}},
    "people:hand_over": {Membership: {NEW, "valid_to"}},
    "people:deputy": {Membership: {NEW}},
    "regions:new": {Division: {NEW}},
    "regions:change": {Division: {"name", "short_name"}},
}
ROOMS = ("people:", "regions:", "foundation:")
POSTED = [
    route for route in ROUTES
    if route.name.startswith(ROOMS) and route.rule not in {access.PUBLIC, access.BEARER} and route.name != "people:end_session"
]  # fmt: skip
GOOD = {
    "name": "新名字", "short_name": "新简称", "kind": "government", "level": "county", "what": "rename", "on": "2026-10-01",
    "basis": "某发〔2026〕1号", "alias": "县科教局", "region_path": COUNTY_A, "username": "new-person", "code": "990121777",
    "valid_from": "2026-01-01", "year": "2025", "persons": "410000",
}  # fmt: skip


def everything(made) -> dict[str, object]:
    """Every field of every watched model under its own name, with a value that would do harm, and what the forms ask."""
    posted: dict[str, object] = {}
    for model in WATCHED:
        for one in model._meta.fields:
            posted.setdefault(one.name, harmful(one))
            posted.setdefault(one.attname, harmful(one))
    person, body = made["person"], made["organisation"]
    parent = Division.objects.get(path=COUNTY_A)
    asked = {
        "organisation": body.pk, "role": Role.objects.get(key="liaison").pk, "user": person.pk, "parent": parent.pk,
        "person": made.world.person("liaison", COUNTY_A).pk, "memberships": made["membership"].pk,
    }  # fmt: skip
    return posted | GOOD | asked


def harmful(one):
    match one:
        case models.BooleanField():
            return "on"
        case models.DateTimeField() | models.DateField():
            return "2026-01-01"
        case models.IntegerField() | models.ForeignKey():
            return "1"
        case models.JSONField():
            return '["system.manage"]'
        case _:
            return CITY if "path" in one.name else "1"


def rows() -> dict[type[models.Model], dict[int, dict[str, object]]]:
    return {
        model: {row["pk" if "pk" in row else "id"]: row for row in model._base_manager.values()} for model in WATCHED
    }


def differences(before, after):
    """model → names of changed fields, or NEW for rows that came; a row that went is a fault of its own."""
    found: dict[type[models.Model], set[str]] = {}
    for model in WATCHED:
        names = set()
        for key, row in after[model].items():
            was = before[model].get(key)
            names |= {NEW} if was is None else {name for name in row if row[name] != was[name]}
        assert set(before[model]) <= set(after[model]), model
        if names:
            found[model] = names
    return found


@pytest.mark.parametrize("route", POSTED, ids=lambda route: route.name)
def test_a_form_writes_what_it_shows_and_nothing_else(made, route):
    head = made.world.sign_in("office_head", COUNTY_A)
    posted, before = everything(made), rows()
    stranger = {row["id"] for row in Organisation.objects.filter(region_path__startswith=COUNTY_B).values("id")}
    head.post(samples.address(route, made), posted)
    after = rows()
    found = differences(before, after)
    assert {
        model: names for model, names in found.items() if names - ALLOWED.get(route.name, {}).get(model, set())
    } == {}
    # a new row lies where the person keeps the lists, whatever path was posted
    for model, path in ((Organisation, "region_path"), (Membership, "region_path"), (Division, "path")):
        came = [row for key, row in after[model].items() if key not in before[model]]
        assert all(row[path].startswith(COUNTY_A) for row in came)
    assert {key for key in stranger if after[Organisation][key] != before[Organisation][key]} == set()
    came = [row for key, row in after[User].items() if key not in before[User]]
    assert not any(row.get("is_superuser") or row.get("is_staff") for row in came)


def test_the_acts_are_really_done(made):
    """Most of the routes above change something with what was posted; else the test would prove nothing."""
    done = set()
    for name in ("edit_organisation", "new_organisation", "add_alias", "end_alias", "change_organisation", "new_account",
                 "disable", "empty", "end_role", "add_role"):  # fmt: skip
        head = made.world.sign_in("office_head", COUNTY_A)
        route = next(one for one in POSTED if one.name == f"people:{name}")
        posted, before = everything(made), rows()
        head.post(samples.address(route, made), posted)
        if differences(before, rows()):
            done.add(name)
    assert len(done) >= 7, done
