from datetime import date

import pytest

from kepu.foundation.scope import SYSTEM
from kepu.people import door as people
from kepu.people.services import organisations
from tests.world import CITY, COUNTY_A, COUNTY_B

DAY = date(2026, 6, 1)

# printed in a paper of 青禾县 -> (region, registered short name)
COUNTY_NAMES = {
    "县科协": (COUNTY_A, "县科协"),
    "科协": (COUNTY_A, "县科协"),
    "青禾县科学技术协会": (COUNTY_A, "县科协"),
    "县教体局": (COUNTY_A, "县教体局"),
    "县教育和体育局": (COUNTY_A, "县教体局"),
    "县委宣传部": (COUNTY_A, "县委宣传部"),
    "县委宣传部(县文明办)": (COUNTY_A, "县委宣传部"),
    "青禾县委宣传部": (COUNTY_A, "县委宣传部"),
    "团县委": (COUNTY_A, "团县委"),
    "共青团青禾县委": (COUNTY_A, "团县委"),
    "县市场监管局": (COUNTY_A, "县市场监管局"),
    "市场监督管理局": (COUNTY_A, "县市场监管局"),
    "青禾生态环境局": (COUNTY_A, "青禾生态环境局"),
    "县政府": (COUNTY_A, "青禾县政府"),
    "云台镇": (f"{COUNTY_A}990121101/", "云台镇"),
    "云台镇人民政府": (f"{COUNTY_A}990121101/", "云台镇"),
    "城关街道": (f"{COUNTY_A}990121001/", "城关街道"),
    "市科协": (CITY, "市科协"),
    "市教育局": (CITY, "市教育局"),
    "团市委": (CITY, "团市委"),
}


@pytest.mark.parametrize("printed", COUNTY_NAMES)
def test_a_county_paper_names_its_own_bodies(world, printed):
    path, short_name = COUNTY_NAMES[printed]
    found = people.resolve_units([printed], region_path=COUNTY_A, on=DAY)[printed]
    assert found.organisation_id == world.body(path, short_name).pk
    assert found.organisation_ids == (found.organisation_id,)


@pytest.mark.parametrize(
    ("printed", "path", "short_name"),
    [
        ("市科技局", CITY, "市科技局"),
        ("青禾县科协", COUNTY_A, "县科协"),
        ("白榆县科协", COUNTY_B, "县科协"),
        ("白榆县人民政府", COUNTY_B, "白榆县政府"),
        ("白榆县", COUNTY_B, "白榆县政府"),
    ],
)
def test_a_city_paper_names_bodies_of_its_counties_by_their_place(world, printed, path, short_name):
    found = people.resolve_units([printed], region_path=CITY, on=DAY)[printed]
    assert found.organisation_id == world.body(path, short_name).pk


@pytest.mark.parametrize("printed", ["县科协", "区教体局", "市水利局", "省科协", "县水文站", "某某局"])
def test_a_name_without_one_clear_meaning_stays_unresolved(world, printed):
    found = people.resolve_units([printed], region_path=CITY, on=DAY)[printed]
    assert (found.organisation_id, found.organisation_ids, found.is_resolved) == (None, (), False)


def test_candidates_are_ranked_and_never_taken(world):
    found = people.resolve_units(["县教育局"], region_path=COUNTY_A, on=DAY)["县教育局"]
    assert not found.is_resolved
    assert found.candidates[0].organisation_id == world.body(COUNTY_A, "县教体局").pk
    assert [c.score for c in found.candidates] == sorted((c.score for c in found.candidates), reverse=True)


def test_two_bodies_of_one_name_are_a_question(world):
    for name in ("青禾县老科技工作者联谊会", "青禾县老科技工作者之家"):
        organisations.create_organisation(
            name=name, short_name="老科联", kind="society", level="county", region_path=COUNTY_A, actor=SYSTEM
        )
    found = people.resolve_units(["县老科联"], region_path=COUNTY_A, on=DAY)["县老科联"]
    assert [c.reason for c in found.candidates] == ["ambiguous", "ambiguous"]
    assert not found.is_resolved


def test_an_alias_is_learnt_for_one_region_only(world):
    body = world.body(COUNTY_A, "县教体局")
    people.learn_alias(organisation_id=body.pk, alias="县 教委", region_path=COUNTY_A, actor=SYSTEM)
    assert people.resolve_units(["县教委"], region_path=COUNTY_A, on=DAY)["县教委"].organisation_id == body.pk
    assert not people.resolve_units(["县教委"], region_path=COUNTY_B, on=DAY)["县教委"].is_resolved


def test_an_alias_keeps_its_meaning(world):
    one, other = world.body(COUNTY_A, "县教体局"), world.body(COUNTY_A, "县科协")
    people.learn_alias(organisation_id=one.pk, alias="县教委", region_path=COUNTY_A, actor=SYSTEM)
    people.learn_alias(organisation_id=one.pk, alias="县教委", region_path=COUNTY_A, actor=SYSTEM)
    with pytest.raises(organisations.AliasTaken):
        people.learn_alias(organisation_id=other.pk, alias="县教委", region_path=COUNTY_A, actor=SYSTEM)


def test_wildcards_are_expanded_in_the_offices_order(world):
    found = people.resolve_units(["各成员单位", "各乡镇(街道)", "各有关单位", "各区镇"], region_path=COUNTY_A, on=DAY)
    members = [world.body(COUNTY_A, name).pk for name in world.bodies[COUNTY_A] if name != "青禾县政府"]
    towns = {world.body(f"{COUNTY_A}990121101/", "云台镇").pk, world.body(f"{COUNTY_A}990121001/", "城关街道").pk}
    assert list(found["各成员单位"].organisation_ids) == members
    assert set(found["各乡镇(街道)"].organisation_ids) == towns
    assert set(found["各区镇"].organisation_ids) == towns
    assert found["各有关单位"].wildcard == "relevant"
    counties = people.resolve_units(["各县(市、区)"], region_path=CITY, on=DAY)["各县(市、区)"]
    assert set(counties.organisation_ids) == {
        world.body(COUNTY_A, "青禾县政府").pk,
        world.body(COUNTY_B, "白榆县政府").pk,
    }


def test_a_renamed_body_answers_to_both_names(world):
    body = world.body(COUNTY_A, "县教体局")
    organisations.rename(
        organisation_id=body.pk, name="青禾县教育局", short_name="县教育局", on=date(2025, 1, 1), basis="", actor=SYSTEM
    )
    found = people.resolve_units(["县教育局", "县教体局"], region_path=COUNTY_A, on=DAY)
    assert {r.organisation_id for r in found.values()} == {body.pk}


def test_a_merged_body_resolves_before_its_end_and_points_to_its_heir_after(world):
    source, target = world.body(COUNTY_A, "县市场监管局"), world.body(COUNTY_A, "县农业农村局")
    organisations.merge(source_ids=[source.pk], target_id=target.pk, on=date(2025, 7, 1), basis="", actor=SYSTEM)
    before = people.resolve_units(["县市场监管局"], region_path=COUNTY_A, on=date(2025, 6, 30))["县市场监管局"]
    after = people.resolve_units(["县市场监管局"], region_path=COUNTY_A, on=date(2025, 7, 1))["县市场监管局"]
    assert before.organisation_id == source.pk
    assert after.organisation_id is None
    assert (after.candidates[0].organisation_id, after.candidates[0].reason) == (target.pk, "successor")
    assert people.successors(source.pk, date(2025, 6, 30)) == []
    assert [(s.organisation_id, s.share) for s in people.successors(source.pk, DAY)] == [(target.pk, 1.0)]


def test_the_number_of_queries_does_not_grow_with_the_names(world, django_assert_num_queries):
    names = [*COUNTY_NAMES, "各成员单位", "没有这个单位"]
    with django_assert_num_queries(7):
        people.resolve_units([*names[:3], "各成员单位", "没有这个单位"], region_path=COUNTY_A, on=DAY)
    with django_assert_num_queries(7):
        people.resolve_units(names, region_path=COUNTY_A, on=DAY)
