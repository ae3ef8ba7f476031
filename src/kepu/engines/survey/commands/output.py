"""The rows of a result as a Markdown table or a spreadsheet."""

from pathlib import Path
from typing import Any

from ..errors import SurveyError

COLUMNS = ("estimate", "se", "cv", "low", "high", "df", "deff", "n", "weighted_n")


def grid(result: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """Head and rows: id, domain, category, probability, the numbers, warnings."""
    head = ["id", "domain", "category", "probability", *COLUMNS, "warnings"]
    lines = []
    for estimate in result["estimates"]:
        for row in estimate["rows"]:
            domain = ", ".join(f"{name} {value}" for name, value in row["by"].items())
            warnings = ", ".join(warning["code"] for warning in row["warnings"])
            numbers = [row[name] for name in COLUMNS]
            lines.append([estimate["id"], domain, row["category"], row["probability"], *numbers, warnings])
    return head, lines


def markdown(result: dict[str, Any]) -> str:
    """A table to read: six significant digits, design below."""
    head, lines = grid(result)
    out = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    out += ["| " + " | ".join(_cell(value) for value in line) + " |" for line in lines]
    out += ["", *(f"* {name}: {value}" for name, value in result["design"].items())]
    return "\n".join(out) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"
    return str(value).replace("|", "\\|").replace("\n", " ")


def workbook(result: dict[str, Any], path: Path) -> None:
    """A spreadsheet with the rows and a sheet that says how they were made; texts stay texts, never formulas."""
    import io

    import xlsxwriter

    head, lines = grid(result)
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("estimates")
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(head):
            sheet.write_string(0, column, name, bold)
        for number, line in enumerate(lines, start=1):
            for column, value in enumerate(line):
                if isinstance(value, int | float):
                    sheet.write_number(number, column, value)
                elif value is not None:
                    sheet.write_string(number, column, str(value))
        how = book.add_worksheet("design")
        for number, (name, value) in enumerate(result["design"].items()):
            how.write_string(number, 0, name, bold)
            how.write_string(number, 1, str(value))
    try:
        path.write_bytes(stream.getvalue())
    except OSError as problem:
        raise SurveyError("output.unwritable", str(path), "a writable file", problem.strerror or str(problem)) from None
