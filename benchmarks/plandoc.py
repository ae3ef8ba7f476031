"""Reading plan documents: the text stages alone, their growth, and the whole command for each format."""

import io
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import Table, seconds
from kepu.engines.plandoc.readers.numerals import chinese

SCRIPT = "python -m benchmarks plandoc"
SIZES = (40, 160, 640, 2_560, 5_120)  # kB of UTF-8
KINDS = ("青少年", "农民", "产业工人", "老年人", "领导干部")
WORKS = (
    "开展科普报告进校园活动，每年不少于{a}场次，受众达到{b}.5万人次",
    "到2025年，建成乡镇科普活动站{a}个，配备科普信息员{b}名，覆盖率达到85%以上",
    "加强科学教师培训，每两年举办一次教学展评，累计培训{a}人，其中女性不少于{b}人",
    "由{a}家增加到{c}家，打造科普示范基地，力争年接待观众{b}万人次左右",
)
LIMITS = {"txt": 0.4, "docx": 0.8, "pdf": 0.8, "xlsx": 1.2}


def plan(kilobytes: int) -> str:
    """A plan of about that size in UTF-8: chapters, sections and numbered tasks with units and targets."""
    lines = ["云栖县全民科学素质行动实施方案（2021—2025年）", "为提高全县公民科学素质，结合实际，制定本方案。"]
    size, number = 0, 0
    for chapter in range(1, 10_000):
        lines.append(f"{chinese(chapter)}、重点任务第{chapter}部分")
        for section, kind in enumerate(KINDS, start=1):
            lines.append(f"（{chinese(section)}）{kind}科学素质提升行动")
            for task, work in enumerate(WORKS, start=1):
                number += 1
                text = work.format(a=number % 90 + 10, b=number % 7 + 2, c=number % 90 + 150)
                lines.append(
                    f"{task}.实施{kind}科普计划。{text}。（牵头单位：县科协；配合单位：县教育局、农业农村局等）"
                )
                size += len(lines[-1].encode())
                if size >= kilobytes * 1000:
                    return "\n".join(lines) + "\n"
    raise AssertionError("the largest size has fewer chapters")


def stages() -> Table:
    """Time of `read_plan` after import at growing sizes, with the slope in log-log scale."""
    rows, points = [], []
    for size in SIZES:
        text = plan(size)
        times, memory = alone(text, repeat=7 if size < 100 else 1)
        median = statistics.median(times)
        points.append((math.log(len(text)), math.log(median)))
        rows.append((f"{size} kB", f"{median * 1000:.0f} ms", f"{max(times) * 1000:.0f} ms", f"{memory:.0f} MB"))
    notes = (f"time grows with size to the power {slope(points):.2f}", "bar: 40 kB in 150 ms, 200 MB at 5 MB")
    return Table("Plan documents: text to ledger", ("text", "median", "slowest", "peak memory"), rows, SCRIPT, notes)


def alone(text: str, *, repeat: int) -> tuple[list[float], float]:
    """Seconds of each reading, after import and a short warm-up, and peak memory in MB, in a process of its own."""
    script = (
        "import resource, sys, time\n"
        "from kepu.engines.plandoc import read_plan\n"
        "text = sys.stdin.buffer.read().decode()\n"
        "read_plan(text[:2000])\n"
        f"for _ in range({repeat}):\n"
        "    start = time.perf_counter()\n"
        "    read_plan(text)\n"
        "    print(time.perf_counter() - start)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    env = {**os.environ, "PYTHONPATH": "src"}
    done = subprocess.run(
        [sys.executable, "-c", script], input=text.encode(), stdout=subprocess.PIPE, check=True, env=env
    )
    *times, memory = map(float, done.stdout.split())
    return times, memory


def slope(points: list[tuple[float, float]]) -> float:
    """Least squares through (log size, log time)."""
    xs, ys = zip(*points, strict=True)
    x0, y0 = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - x0) * (y - y0) for x, y in points) / sum((x - x0) ** 2 for x in xs)


def annexes() -> Table:
    """Time of `read_plan` for a plan whose annex table names every task once, at growing numbers of rows."""
    rows, points = [], []
    for count in (100, 400, 1_600):
        text = with_annex(count)
        median = statistics.median(alone(text, repeat=3)[0])
        points.append((math.log(len(text)), math.log(median)))
        rows.append((str(count), f"{len(text)}", f"{median * 1000:.0f} ms"))
    notes = (f"time grows with size to the power {slope(points):.2f}",)
    return Table("Plan documents: annex tables", ("rows and tasks", "characters", "median"), rows, SCRIPT, notes)


def with_annex(count: int) -> str:
    """A plan of that many tasks and an annex table that gives each of them its units."""
    names = [f"实施{KINDS[n % 5]}第{n}站科普计划" for n in range(count)]
    lines = ["云栖县全民科学素质行动实施方案（2021—2025年）", "一、重点任务"]
    lines += [f"{n + 1}.{name}。{WORKS[n % 4].format(a=n % 90 + 10, b=3, c=200)}。" for n, name in enumerate(names)]
    lines += ["附件", "云栖县全民科学素质行动任务分解表", "序号\t工作任务\t牵头单位\t配合单位"]
    lines += [f"{n + 1}\t{name}\t县科协\t县教育局、农业农村局" for n, name in enumerate(names)]
    return "\n".join(lines) + "\n"


def command() -> Table:
    """Wall time of `kepu plan parse FILE` as a process, for a small file of each format."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for path in small_files(Path(folder)):
            call = [sys.executable, "-c", "import sys; from kepu.project.command import main; sys.exit(main())"]
            run([*call, "plan", "parse", str(path)])
            median, worst = seconds(lambda call=call, path=path: run([*call, "plan", "parse", str(path)]), repeat=5)
            kind = path.suffix[1:]
            rows.append((kind, f"{path.stat().st_size} B", f"{median:.2f} s", f"{worst:.2f} s", f"{LIMITS[kind]} s"))
    head = ("format", "size", "median", "slowest", "bar")
    return Table(
        "Plan documents: the whole command", head, rows, SCRIPT, ("start of Python, checks and child process included",)
    )


def run(call: list[str]) -> None:
    subprocess.run(call, stdout=subprocess.DEVNULL, check=True, env={**os.environ, "PYTHONPATH": "src"})


def small_files(folder: Path) -> list[Path]:
    """The same plan of one kilobyte as text, Word and PDF, and a task table as a spreadsheet."""
    text = plan(1)
    paths = [folder / f"plan.{kind}" for kind in LIMITS]
    contents = (text.encode(), _docx(text), _pdf(text), _xlsx())
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def _docx(text: str) -> bytes:
    from docx import Document

    document = Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _pdf(text: str) -> bytes:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    stream = io.BytesIO()
    page = canvas.Canvas(stream)
    page.setFont("STSong-Light", 12)
    printed = [line[at : at + 38] for line in text.splitlines() for at in range(0, len(line), 38)]
    for number, line in enumerate(printed):
        page.drawString(60, 780 - 20 * number, line)
    page.showPage()
    page.save()
    return stream.getvalue()


def _xlsx() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "云栖县2025年全民科学素质工作要点"
    sheet.append(["序号", "工作任务", "年度目标", "牵头单位", "配合单位", "完成时限"])
    for number in range(1, 13):
        sheet.append(
            [number, f"开展第{number}项科普活动", f"培训{number * 10}人次", "县科协", "县教育局、县妇联", "11月底前"]
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def measure() -> list[Table]:
    """All tables; about a minute."""
    started = time.monotonic()
    tables = [stages(), annexes(), command()]
    print(f"plandoc bench took {time.monotonic() - started:.0f} s", file=sys.stderr)
    return tables


if __name__ == "__main__":
    print("\n".join(table.markdown() for table in measure()))
