"""The whole reading: shape of the contract, evidence, and any text at all."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kepu.engines.plandoc import read_plan

PLAN = """云溪市全民科学素质行动实施方案（2021—2025年）
为落实上级要求，力争2025年公民具备科学素质的比例达到15%。
一、科普任务
（一）青少年行动
1.办好科技节。每年举办科技节1届，覆盖学校80所以上。（责任单位：市教育局、科协等）
2.其他事项。由200人增加到300人。
"""
EMPTY = {
    "schema_version": 1,
    "document": {
        "title": None,
        "notice_title": None,
        "doc_number": None,
        "issuer": None,
        "issued_on": None,
        "published_on": None,
        "period": {"start_year": None, "end_year": None},
        "region": None,
        "kind": None,
    },
    "sections": [],
    "tasks": [],
    "targets": [],
}


def test_contract_has_exactly_the_keys_of_the_schema():
    contract = read_plan(PLAN).contract()
    assert set(contract) == set(EMPTY)
    assert set(contract["document"]) == set(EMPTY["document"])
    assert [set(s) for s in contract["sections"]] == [{"path", "level", "number", "title", "category", "parent"}] * 2
    task = {"path", "section", "number", "title", "head", "tail", "category", "units", "units_open", "due"}
    assert [set(t) for t in contract["tasks"]] == [task] * 2
    assert contract["tasks"][0]["units"] == [
        {"printed": "市教育局", "name": "市教育局", "role": "responsible", "inherited": False},
        {"printed": "科协", "name": "市科协", "role": "responsible", "inherited": False},
    ]
    assert contract["tasks"][0]["units_open"] is True
    target = {
        "subject", "value", "value_max", "unit", "comparator", "period", "number", "sentence_head", "task", "section",
        "is_baseline", "modality", "subset",
    }  # fmt: skip
    assert {frozenset(t) for t in contract["targets"]} == {frozenset(target)}
    assert [(t["number"], t["task"], t["section"]) for t in contract["targets"]] == [
        ("15%", None, None),
        ("1届", "一/(一)/1", "一/(一)"),
        ("80所", "一/(一)/1", "一/(一)"),
        ("200人", "一/(一)/2", "一/(一)"),
        ("300人", "一/(一)/2", "一/(一)"),
    ]


def test_evidence_places_every_finding_in_the_cleaned_text():
    reading = read_plan(PLAN)
    evidence = reading.evidence()
    text = evidence["cleaned"]
    for key in ("sections", "tasks", "targets"):
        assert len(evidence[key]) == len(reading.contract()[key])
    assert [text[slice(*t["span"])] for t in evidence["targets"]] == [t.number for t in reading.targets]
    assert [text[slice(*u["span"])] for u in evidence["tasks"][0]["units"]] == ["市教育局", "科协"]
    assert text[slice(*evidence["tasks"][0]["clauses"][0])] == "(责任单位:市教育局、科协等)"
    assert all(
        0 <= item["confidence"] <= 1 and item["reason"]
        for key in ("sections", "tasks", "targets", "numbers")
        for item in evidence[key]
    )


def test_every_number_is_accounted_for_once():
    reading = read_plan(PLAN)
    assert [(n.text, n.kind) for n in reading.numbers] == [
        ("2021", "year"), ("2025", "year"), ("2025", "year"), ("15", "target"), ("一", "label"), ("一", "label"), ("1", "label"),
        ("1", "target"), ("80", "target"), ("2", "label"), ("200", "baseline"), ("300", "target"),
    ]  # fmt: skip
    assert [n.target for n in reading.numbers if n.kind in ("target", "baseline")] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "床前明月光，疑是地上霜。",
        "一、收入预算\n1.财政拨款100万元。\n",
        "\x00\x01\f\f",
        "1" * 5000,
        "（" * 3000,
    ],
)
def test_text_without_plan_structure_gives_the_empty_contract(text):
    reading = read_plan(text)
    assert reading.contract() == EMPTY
    assert not reading.is_plan


def test_doubts_come_lowest_confidence_first():
    confidences = [
        d.confidence
        for d in read_plan(
            PLAN + "3.办好宣讲。组织两支队伍，实现行政村科普宣讲全覆盖。（市科协、教育局、红帆船）\n"
        ).doubts
    ]
    assert confidences
    assert confidences == sorted(confidences)


PIECES = st.sampled_from(
    ["一、", "（一）", "1.", "①", "（责任单位：", "）", "。", "，", "；", "\n", "\t", "　　", "  ", "序号\t任务\t责任单位\n", "序号  工作任务  牵头单位  时限\n",
     "附件\n", "科普", "科学素质", "每年", "到2025年", "20", "万", "人次", "以上", "分别", "“", "”", "《", "》", "全覆盖", "市教育局", "等", "其中", "由", "增加到", "%", "百分之",
     "十五", "2022年5月6日", "关于印发", "的通知", "实施方案", "\f", "- 3 -", "截至", "以下均含，不再列出", "牵头单位：", "—"]
)  # fmt: skip


def check_spans(text: str) -> None:
    reading = read_plan(text)
    size = len(reading.cleaned)
    for item in (*reading.sections, *reading.tasks, *reading.targets, *reading.numbers):
        assert 0 <= item.start <= item.end <= size
        assert 0 <= item.confidence <= 1
    for task in reading.tasks:
        assert all(0 <= u.start < u.end <= size for u in task.units)
        assert all(0 <= a <= b <= size for a, b in task.spans + task.clauses)
    starts = [n.start for n in reading.numbers]
    assert starts == sorted(set(starts))
    pointed = [n.target for n in reading.numbers if n.target is not None]
    assert all(0 <= t < len(reading.targets) for t in pointed)
    reading.contract()
    reading.evidence()
    assert sorted(reading.doubts, key=lambda d: d.confidence) == list(reading.doubts)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_arrangement_of_plan_pieces_is_read_with_valid_spans(text):
    check_spans(text)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_with_valid_spans(text):
    check_spans("科普\n一、" + text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["培训5人，", "（责任单位：", "一二三", "12", "《", "“", "1个、", "每年", "(", "百分之", "2025年"]
)
def test_cost_grows_in_step_with_length(piece):
    def cost(size: int) -> float:
        text = "科普\n一、" + piece * (size // len(piece))
        best = float("inf")
        for _ in range(2):
            begin = time.process_time()
            read_plan(text)
            best = min(best, time.process_time() - begin)
        return best

    small, large = cost(8_000), cost(64_000)
    assert large < 0.3 or large < 24 * small, (small, large)


def test_reading_loads_neither_django_nor_numpy():
    import subprocess
    import sys

    code = "import sys, kepu.engines.plandoc as p; p.read_plan('科普\\n一、任务'); print([m for m in ('django', 'numpy', 'jieba', 'opencc') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": "src"}
    )
    assert done.stdout.strip() == "[]"
