"""Organisations and accounts by spreadsheet: read, check against the database, write, and again without doubles."""

from datetime import date

from kepu.foundation import spreadsheets
from kepu.people import actors, columns
from kepu.people.models import Membership, Organisation, User
from kepu.people.resolution import resolve_units
from kepu.people.sheets import AccountSheet, OrganisationSheet
from tests.world import CITY, COUNTY_A, COUNTY_B

DAY = date(2026, 6, 1)


def target(world, role="office_head", path=COUNTY_A):
    actor = actors.standing(world.person(role, path), DAY).actor
    return spreadsheets.Target(region_path=path, subject_id=None, actor=actor)


def rows_of(sheet, rows):
    reading = spreadsheets.read(spreadsheets.export_xlsx("表", sheet, rows), sheet, "a.xlsx")
    assert reading.problems == []
    return reading.rows


BODIES = [
    {
        "name": "青禾县水利局",
        "short_name": "县水利局",
        "kind": "government",
        "is_member": "yes",
        "aliases": ["县水务局"],
    },
    {"region": "990121101", "name": "云台镇科学技术协会", "short_name": "镇科协", "kind": "association"},
    {"name": "青禾县科学技术协会", "short_name": "县科协", "kind": "association", "sort_order": 5},
]


def test_organisations_come_with_their_aliases_and_twice_changes_nothing(world):
    where, sheet = target(world), OrganisationSheet()
    rows = rows_of(columns.ORGANISATIONS, BODIES)
    before = Organisation.objects.count()
    assert [sheet.check(rows, where).states[row.number] for row in rows] == ["new", "new", "changed"]
    sheet.apply(rows, where)
    sheet.apply(rows, where)
    assert Organisation.objects.count() == before + 2
    assert world.office(COUNTY_A).pk == Organisation.objects.get(name="青禾县科学技术协会", sort_order=5).pk
    found = resolve_units(["县水务局"], region_path=COUNTY_A, on=DAY)["县水务局"]
    assert Organisation.objects.get(pk=found.organisation_id).name == "青禾县水利局"
    assert list(sheet.check(rows, where).problems) == []


def test_a_region_outside_is_a_problem_of_its_cell(world):
    rows = rows_of(columns.ORGANISATIONS, [{"region": "990122", "name": "某局", "kind": "government"}])
    problems = OrganisationSheet().check(rows, target(world)).problems
    assert [(problem.row, problem.value) for problem in problems] == [(rows[0].number, "990122")]


PEOPLE = [
    {"name": "石新", "username": "shi-xin", "organisation": "县教体局", "role": "联络员"},
    {"name": "云水", "username": "yun-shui", "organisation": "云台镇", "role": "联络员"},
]


def test_accounts_get_their_role_and_wait_for_their_slips(world):
    where, sheet = target(world), AccountSheet()
    rows = rows_of(columns.ACCOUNTS, PEOPLE)
    assert list(sheet.check(rows, where).problems) == []
    sheet.apply(rows, where)
    sheet.apply(rows, where)
    made = User.objects.filter(username__in=["shi-xin", "yun-shui"])
    assert [user.has_usable_password() for user in made] == [False, False]
    held = Membership.objects.filter(user__in=made).values_list(
        "user__username", "organisation__short_name", "role__key"
    )
    assert set(held) == {("shi-xin", "县教体局", "liaison"), ("yun-shui", "云台镇", "liaison")}


def test_what_cannot_be_given_is_a_problem_of_its_cell(world):
    stranger = world.person("liaison", COUNTY_B)
    rows = rows_of(
        columns.ACCOUNTS,
        [
            {"name": "甲", "username": "jia", "organisation": "市科协", "role": "联络员"},
            {"name": "乙", "username": "yi", "organisation": "县科协", "role": "系统管理员"},
            {"name": "丙", "username": "bing", "organisation": "县科协", "role": "县长"},
            {"name": "丁", "username": stranger.username, "organisation": "县科协", "role": "联络员"},
            {"name": "戊", "username": "wu wu", "organisation": "县科协", "role": "联络员"},
        ],
    )
    problems = AccountSheet().check(rows, target(world)).problems
    assert [problem.value for problem in problems] == ["市科协", "系统管理员", "县长", stranger.username, "wu wu"]


def test_the_import_pages_are_there_for_those_who_keep_the_lists(world):
    head, liaison = world.sign_in("office_head", COUNTY_A), world.sign_in("liaison", CITY)
    for kind in ("people.organisations", "people.accounts", "regions.divisions"):
        assert head.get(f"/desk/sheets/{kind}/").status_code == 200, kind
        assert liaison.get(f"/desk/sheets/{kind}/").status_code == 403, kind
