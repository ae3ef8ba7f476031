"""Rows of the annex table find the task of the body that they break down, however many tasks there are."""

import time

from kepu.engines.plandoc import read_plan

GROUPS = ("青少年", "农民", "产业工人", "老年人", "领导干部")
WORKS = ("科普报告", "技能竞赛", "知识讲座", "流动展览", "志愿服务", "研学活动", "读书活动")


def plan_with_annex(tasks, *, shift=0):
    """A plan of numbered tasks and an annex with a row for each; row numbers are off by `shift`."""
    names = [f"实施{GROUPS[n % 5]}第{n}站{WORKS[n % 7]}计划" for n in range(tasks)]
    lines = ["云栖县全民科学素质行动实施方案（2021—2025年）", "一、重点任务"]
    lines += [f"{n + 1}.{name}。扎实推进，务求实效。" for n, name in enumerate(names)]
    lines += ["附件", "云栖县全民科学素质行动任务分解表", "序号\t工作任务\t牵头单位"]
    lines += [f"{n + 1 + shift}\t{name}\t县{GROUPS[n % 5]}工作站" for n, name in enumerate(names)]
    return "\n".join(lines) + "\n"


def test_every_row_adds_its_unit_to_the_task_of_its_name():
    for shift in (0, 3):
        reading = read_plan(plan_with_annex(60, shift=shift))
        assert [[u.name for u in t.units] for t in reading.tasks] == [[f"县{GROUPS[n % 5]}工作站"] for n in range(60)]


def test_a_row_without_counterpart_is_a_task_of_the_annex():
    text = plan_with_annex(5) + "6\t编印消防安全漫画手册\t县消防大队\n"
    assert [t.path for t in read_plan(text).tasks][-1] == "附件/6"


def test_cost_of_the_annex_does_not_grow_with_its_square():
    def cost(tasks):
        text = plan_with_annex(tasks)
        start = time.process_time()
        read_plan(text)
        return time.process_time() - start

    cost(20)
    # Three times the rows and the tasks: nine times the pairs.
    assert cost(900) < 6 * min(cost(300) for _ in range(2))


def test_an_aligned_table_is_read_to_its_end_and_the_next_one_apart():
    head = "序号    工作任务                牵头单位\n"
    table = head + "".join(f"{n:<8}{'举办农民科普讲座' + 'abcdefgh'[n % 8]:<16}县科协\n" for n in range(1, 300))
    text = "云栖县全民科学素质工作要点（2023年）\n一、重点任务\n" + table + "二、工作要求\n" + table
    reading = read_plan(text)
    assert [t.number for t in reading.tasks] == [str(n) for n in range(1, 300)] * 2


def test_the_imprint_under_an_aligned_annex_is_no_row():
    # Under these columns the line below could be cut after its colon and commas.
    table = "序号  工作任务                        年度目标                      牵头单位\n"
    table += "1     开展科普宣传                    举办活动40场                  县科协\n"
    table += "2     建设科普驿站                    新建驿站6个                   县科技局\n"
    text = "云栖县全民科学素质工作要点（2023年）\n一、重点任务\n1.开展科普宣传。面向公众。\n附件\n任务分解表\n" + table
    text += (
        "\n抄送：县委各部门，县人大办，县政协办，县人武部。\n云栖县科协办公室                     2023年3月18日印发\n"
    )
    tasks = read_plan(text).tasks
    assert [t.path for t in tasks] == ["一/1", "附件/2"]
    assert [u.name for u in tasks[1].units] == ["县科技局"]


def test_a_large_amount_that_a_row_repeats_in_other_words_counts_once():
    text = (
        "云栖县全民科学素质行动实施方案（2021—2025年）\n一、重点任务\n"
        "1.实施智慧助老服务。培训老年人，到2025年达到1.2万人次。\n2.开展科普宣传。做好宣传。\n"
        "附件\n任务分解表\n序号\t工作任务\t目标\t牵头单位\n"
        "1\t实施智慧助老服务\t到2025年累计达到1.2万人次\t县民政局\n2\t开展科普宣传\t到2025年累计达到1.2万人次\t县科协\n"
    )
    assert [(t.number, t.task) for t in read_plan(text).targets] == [("1.2万人次", "一/1"), ("1.2万人次", "一/2")]
