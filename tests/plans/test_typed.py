"""What people type for a target, and that the line which the product writes comes back as the target it was."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from kepu.plans import typed, wording
from kepu.plans.enums import FULL_COVERAGE, Comparator, Modality, Period
from kepu.plans.models import Target

CHINESE = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
SUBJECTS = st.text(st.one_of(CHINESE, st.sampled_from("ABz0259、·《》“”（）- ")), min_size=1, max_size=40).map(
    lambda text: " ".join(text.split())
)
UNITS = st.one_of(
    st.sampled_from(["场", "人次", "个", "%", "百分点", "㎡", "元/人", "所（次）", "万元"]),
    st.text(CHINESE, min_size=1, max_size=6),
)
VALUES = st.decimals(min_value=0, max_value=10**15, places=4)
YEARS = st.integers(min_value=1990, max_value=2100)
COUNTS = st.integers(min_value=1, max_value=20)


@st.composite
def targets(draw):
    """Any target that the desk can hold, but for units that read as something else."""
    comparator, period = draw(st.sampled_from(Comparator)), draw(st.sampled_from(Period))
    low, start = draw(VALUES), draw(YEARS)
    return Target(
        subject=draw(SUBJECTS.filter(bool)),
        value=low,
        value_max=low + draw(VALUES) if comparator == Comparator.RANGE else None,
        unit=draw(UNITS.filter(lambda unit: not unit.endswith("左右") and unit != FULL_COVERAGE)),
        comparator=comparator,
        modality=draw(st.sampled_from(Modality)),
        period=period,
        year=start if period in {Period.DEADLINE, Period.YEAR} else None,
        years=draw(COUNTS) if period in {Period.WITHIN_YEARS, Period.EVERY_N_YEARS} else None,
        start_year=start if period == Period.SPAN else None,
        end_year=start + draw(COUNTS) if period == Period.SPAN else None,
    )


def full_coverage(target):
    return Target(
        subject=target.subject, unit=FULL_COVERAGE, modality=target.modality, period=target.period, year=target.year,
        years=target.years, start_year=target.start_year, end_year=target.end_year,
    )  # fmt: skip


def terms(target):
    return {name: getattr(target, name) for name in typed.Typed("", None, "").terms}


@given(targets())
@example(Target(subject="甲 3个，力争", value=Decimal(5), unit="场", modality=Modality.ASPIRATIONAL))
@example(Target(subject="第2批 5所", value=Decimal("12000"), unit="人次", comparator=Comparator.AT_LEAST))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("make", [lambda target: target, full_coverage], ids=["figure", "coverage"])
def test_the_line_of_a_target_reads_back_as_that_target(language, make, target):
    target = make(target)
    with translation.override(language):
        found = typed.read(wording.phrase(target), topic="")
    assert found.certain
    assert found.terms == terms(target)


@given(st.text(max_size=60))
def test_any_text_is_a_target_or_a_sentence_why_not(text):
    line = " ".join(text.split())
    try:
        found = typed.read(line, topic="办好科普大讲堂")
    except typed.NoTarget as refused:
        assert str(refused)
    else:
        Target(counting="cumulative", **found.terms).clean_fields(exclude=["plan", "task", "section", "parent"])
        # what is written out of it comes again as the same line, so a table that goes round does not move
        line = wording.phrase(Target(**found.terms))
        assert wording.phrase(Target(**typed.read(line, topic="").terms)) == line


ZH = [
    ("举办科普讲座20场以上", "举办科普讲座 不少于20场"),
    ("≥20场", "办好科普大讲堂 不少于20场"),
    ("20 场", "办好科普大讲堂 20场"),
    ("讲座 １２场(每年)", "讲座 12场（每年）"),
    ("每年培训农民1200人次", "培训农民 1,200人次（每年）"),
    ("培训1.2万人次", "培训 12,000人次"),
    ("讲座 6-8个", "讲座 6—8个"),
    ("到2030年公民具备科学素质的比例达到18%以上", "公民具备科学素质的比例 不少于18%（到2030年）"),
    ("力争举办讲座20场", "举办讲座，力争20场"),
    ("科技馆进校园全覆盖", "科技馆进校园 全覆盖"),
    ("讲座 20场左右", "讲座 20场左右"),
]


@pytest.mark.parametrize(("line", "meant"), ZH)
def test_what_clerks_write_is_understood(line, meant):
    with translation.override("zh-hans"):
        assert wording.phrase(Target(**typed.read(line, topic="办好科普大讲堂").terms)) == meant


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("加强组织领导", "没有看出目标数值"),
        ("建成示范社区10个、基地3个", "每行只写一个"),
        ("讲座 8—6个", "上限低于下限"),
        ("讲座 5场（2030—2026年）", "结束年份早于起始年份"),
        ("讲座 5场（0年内）", "年数至少为1"),
        (f"讲座 {10**16}场", "数值过大"),
        ("讲座 0.00001%", "数值过大"),
        (f"{'长' * 201} 5场", "过长"),
    ],
)
def test_what_is_no_target_is_said_in_words(line, said):
    with translation.override("zh-hans"), pytest.raises(typed.NoTarget, match=said):
        typed.read(line, topic="")
