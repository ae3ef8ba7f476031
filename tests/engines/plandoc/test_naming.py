"""What an amount counts, where its own clause does not say it in plain order."""

import pytest

from kepu.engines.plandoc import read_plan

PLAN = "云溪市全民科学素质行动实施方案（2021—2025年）\n一、科普任务\n1.{}。{}\n"


@pytest.mark.parametrize(
    ("title", "sentence", "want"),
    [
        ("做好工作", "围绕六大产业举办成果推介活动，三年累计举办九十场。", ["成果推介活动"]),
        ("做好工作", "在茶叶、蔬菜产业带建设科普示范基地，合计6个。", ["科普示范基地"]),
        ("做好工作", "公民具备科学素质的比例达到14%，较2020年净增3个百分点。", ["公民具备科学素质的比例"] * 2),
        ("做好工作", "实现公民具备科学素质的比例超过20%的远景目标。", ["公民具备科学素质的比例"]),
        ("做好工作", "注册用户达到8万人，年均推送300篇。", ["注册用户", "推送"]),
        ("举办职工技能竞赛", "参赛500人以上。", ["职工技能竞赛参赛"]),
        ("做好工作", "培训骨干200名，其中女性占40%。", ["骨干", "女性"]),
        ("做好工作", "展厅面积由800平方米扩建至1200平方米。", ["展厅面积"] * 2),
        ("做好工作", "组建由10名专家组成的讲师团。", ["专家"]),
        ("做好工作", "设立科普专项资金，首期规模300万元。", ["科普专项资金首期规模"]),
    ],
)
def test_subjects(title, sentence, want):
    assert [t.subject for t in read_plan(PLAN.format(title, sentence)).targets] == want
