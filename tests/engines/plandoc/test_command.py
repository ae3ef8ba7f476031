"""`kepu plan parse` as a user calls it: a process of its own, standard output, standard error, exit status."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.engines.plandoc.files import docx_lines, pdf, saved, song

from kepu.engines.plandoc import read_plan
from kepu.engines.plandoc.command import main

ROOT = Path(__file__).parents[3]
START = "import sys; from kepu.project.command import main; sys.exit(main(sys.argv[1:]))"
PLAN = """松岭县全民科学素质行动实施方案（2021—2025年）
为提高全县公民科学素质，制定本方案。
一、总体目标
到2025年，公民具备科学素质的比例达到12%以上。
二、重点任务
（一）青少年科学素质提升行动。每年培训科学教师60名。（责任单位：县教育局、县科协）
（二）农民科学素质提升行动。建成科普示范村8个。（责任单位：县农业农村局）
"""
POEM = "山行\n远上寒山石径斜，\n白云生处有人家。\n停车坐爱枫林晚，\n霜叶红于二月花。\n"
BUDGET = (
    "松岭县科协2025年部门预算\n单位：万元\n项目\t金额\n一般公共预算拨款收入\t320.5\n基本支出\t210\n项目支出\t110.5\n"
)
EMPTY = json.loads(json.dumps(read_plan("").contract()))


def kepu(*arguments, stdin=b"", check=None, code=START):
    done = subprocess.run(
        [sys.executable, "-c", code, "plan", "parse", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "src", "PYTHONIOENCODING": "ascii:backslashreplace", "LC_ALL": "C.UTF-8"},
        timeout=60,
    )
    if check is not None:
        assert done.returncode == check, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode(), done.stderr.decode("unicode_escape").strip().split("\n") if done.stderr else []


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "方案.txt").write_text(PLAN, encoding="utf-8")
    (tmp_path / "网页.md").write_text("# " + PLAN, encoding="gbk")
    (tmp_path / "文件.docx").write_bytes(saved(docx_lines(*PLAN.split("\n"))))
    (tmp_path / "打印.pdf").write_bytes(pdf(song(*PLAN.split("\n"))))
    (tmp_path / "诗.txt").write_text(POEM, encoding="utf-8")
    (tmp_path / "预算.txt").write_text(BUDGET, encoding="utf-8")
    (tmp_path / "空.txt").write_bytes(b" \n")
    (tmp_path / "坏.docx").write_bytes(b"PK\x03\x04 broken")
    return tmp_path


def gist(ledger):
    return (
        ledger["document"]["title"],
        [section["path"] for section in ledger["sections"]],
        [(task["path"], [unit["name"] for unit in task["units"]]) for task in ledger["tasks"]],
        [(target["value"], target["unit"]) for target in ledger["targets"]],
    )


GIST = (
    "松岭县全民科学素质行动实施方案(2021—2025年)",
    ["一", "二"],
    [("二/(一)", ["县教育局", "县科协"]), ("二/(二)", ["县农业农村局"])],
    [(12, "%"), (60, "人"), (8, "个")],
)


@pytest.mark.parametrize("name", ["方案.txt", "网页.md", "文件.docx", "打印.pdf"])
def test_one_file_prints_one_object_that_is_the_contract_alone(folder, name):
    out, err = kepu(folder / name, check=0)
    assert err == []
    ledger = json.loads(out)
    assert ledger.keys() == EMPTY.keys()
    assert gist(ledger) == GIST


def test_several_files_print_json_lines_in_order(folder):
    out, err = kepu(folder / "文件.docx", folder / "诗.txt", folder / "方案.txt", check=0)
    lines = [json.loads(line) for line in out.splitlines()]
    assert [gist(lines[0]), lines[1], gist(lines[2])] == [GIST, EMPTY, GIST]
    assert len(err) == 1
    assert err[0].endswith("诗.txt：没有找到方案的条目结构，结果为空")


def test_unreadable_files_get_one_line_each_and_the_others_are_printed(folder):
    out, err = kepu(folder / "坏.docx", folder / "方案.txt", folder / "没有.docx", folder / "空.txt", folder, check=2)
    assert gist(json.loads(out)) == GIST
    assert [line.partition("：")[0].rpartition("/")[2] for line in err] == [
        "坏.docx",
        "没有.docx",
        "空.txt",
        folder.name,
    ]
    assert [line.partition("：")[2] for line in err] == [
        "文件已损坏或不是它的扩展名所说的格式，请另存为 .docx 后再上传",
        "没有这个文件",
        "文件是空的，没有可读的文字",
        "这是文件夹，请指明文件",
    ]


@pytest.mark.parametrize("name", ["诗.txt", "预算.txt"])
def test_a_text_that_is_no_plan_gives_the_empty_object(folder, name):
    out, err = kepu(folder / name, check=0)
    assert json.loads(out) == EMPTY
    assert [line.partition("：")[2] for line in err] == ["没有找到方案的条目结构，结果为空"]


def test_evidence_stands_beside_the_contract(folder):
    plain, _ = kepu(folder / "方案.txt", check=0)
    out, _ = kepu(folder / "方案.txt", "--evidence", check=0)
    ledger = json.loads(out)
    evidence = ledger.pop("evidence")
    assert ledger == json.loads(plain)
    assert {len(evidence[name]) - len(ledger[name]) for name in ("sections", "tasks", "targets")} == {0}
    start, end = evidence["targets"][0]["span"]
    assert evidence["cleaned"][start:end] == "12%"


def test_out_writes_one_file_a_stem_and_prints_nothing(folder, tmp_path):
    target = tmp_path / "new" / "ledgers"
    out, err = kepu(folder / "方案.txt", folder / "坏.docx", folder / "文件.docx", "--out", target, check=2)
    assert (out, len(err)) == ("", 1)
    assert sorted(path.name for path in target.iterdir()) == ["文件.json", "方案.json"]
    assert gist(json.loads((target / "文件.json").read_text(encoding="utf-8"))) == GIST


def test_equal_stems_are_refused_before_anything_is_read(folder, tmp_path):
    (folder / "方案.docx").write_bytes(b"")
    out, err = kepu(folder / "方案.txt", folder / "诗.txt", folder / "方案.docx", "--out", tmp_path / "x", check=2)
    assert out == ""
    assert len(err) == 1
    assert "相同" in err[0]
    assert "诗.txt" not in err[0]
    assert not (tmp_path / "x").exists()


def test_pasted_text_comes_on_standard_input():
    out, err = kepu("-", stdin=PLAN.encode("gbk"), check=0)
    assert (gist(json.loads(out)), err) == (GIST, [])


def test_a_guessed_encoding_is_said(folder):
    text = PLAN.replace("县", "縣").replace("为", "為").replace("总体", "總體").replace("标", "標").replace("务", "務")
    (folder / "繁.txt").write_bytes("".join(char for char in text * 3).encode("big5", "ignore"))
    _, err = kepu(folder / "繁.txt", check=0)
    assert len(err) == 1
    assert "已按自动识别的编码转换" in err[0]


def test_a_pipe_that_closes_early_is_no_error(folder):
    call = f"'{sys.executable}' -c '{START}' plan parse '{folder / '方案.txt'}' --evidence '{folder / '文件.docx'}' | head -c 1"
    done = subprocess.run(["sh", "-c", call], capture_output=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": "src"})
    assert (done.stdout, done.stderr) == (b"{", b"")


def test_a_wrong_call_exits_with_2_and_says_how(folder):
    for arguments in ([], ["--no-such", folder / "方案.txt"]):
        out, err = kepu(*arguments, check=2)
        assert out == ""
        assert any("FILE" in line for line in err)
    assert main([]) == main(["draw"]) == 2
    assert main(["--help"]) == 0


def test_django_is_never_loaded(folder):
    code = START.replace(
        "sys.exit(main(sys.argv[1:]))",
        "main(sys.argv[1:]); sys.stdout.write(' '.join(name for name in sys.modules if name.split('.')[0] == 'django'))",
    )
    out, _ = kepu(folder / "文件.docx", "--out", folder / "o", code=code, check=0)
    assert out == ""
    counted, _ = kepu(folder / "文件.docx", "--out", folder / "p", code=code.replace("'django'", "'json'"), check=0)
    assert "json" in counted


def test_the_command_answers_soon(folder):
    """Bounded waiting only; the figures are measured in `benchmarks/plandoc.py`."""
    started = time.monotonic()
    kepu(folder / "方案.txt", check=0)
    assert time.monotonic() - started < 10
