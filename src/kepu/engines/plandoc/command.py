"""`kepu plan parse`: plan documents on the command line, without Django."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .decode import WARNINGS, Decoded, Unreadable, decode

PASTED = "-"
FAILED = 2
USAGE = "kepu plan parse FILE… [--out DIR] [--evidence] [--ocr]\n"


def main(argv: Sequence[str]) -> int:
    """Run `kepu plan …`; returns 0, or 2 if a file could not be read or the call was wrong."""
    verb, *rest = argv or [""]
    if verb != "parse":
        (sys.stdout if verb in ("-h", "--help") else sys.stderr).write(USAGE)
        return 0 if verb in ("-h", "--help") else FAILED
    arguments = _parser().parse_intermixed_args(rest)
    files: list[str] = arguments.files
    target: Path | None = arguments.out
    if target is not None:
        twice = _equal_stems(files)
        if twice:
            _say("、".join(twice), "文件名（不含扩展名）相同，输出会互相覆盖，请改名后再试")
            return FAILED
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            _say(str(target), f"不能建立输出文件夹（{error.strerror}）")
            return FAILED
    failed = False
    for file in files:
        found = _read(file, ocr=arguments.ocr)
        if found is None:
            failed = True
            continue
        answer = _answer(file, found, evidence=arguments.evidence)
        if target is None:
            _print(answer, lines=len(files) > 1)
        else:
            failed |= not _write(target / f"{_stem(file)}.json", answer)
    return FAILED if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kepu plan parse",
        description="Prints the ledger of each plan document: one JSON object for one file, JSON Lines for several. "
        "A file that cannot be read gets one line on standard error and exit status 2; the others are still printed.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help=f"a document, or {PASTED} for text on standard input")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write DIR/<stem of FILE>.json instead of printing")
    parser.add_argument("--evidence", action="store_true", help="add where each finding stands and how sure it is")
    parser.add_argument("--ocr", action="store_true", help="recognise scanned pages (needs the extra kepu[ocr])")
    return parser


def _stem(file: str) -> str:
    return "stdin" if file == PASTED else Path(file).stem


def _equal_stems(files: Sequence[str]) -> list[str]:
    """Files whose output would have the same name, also on disks that do not tell capitals apart."""
    stems = [_stem(file).casefold() for file in files]
    return [file for file, stem in zip(files, stems, strict=True) if stems.count(stem) > 1]


def _say(file: str, sentence: str) -> None:
    line = " ".join(f"{file}：{sentence}".split())
    sys.stderr.write(line + "\n")


def _read(file: str, *, ocr: bool) -> Decoded | None:
    """The file's text, or None after one line on standard error."""
    try:
        data = sys.stdin.buffer.read() if file == PASTED else Path(file).read_bytes()
    except IsADirectoryError:
        _say(file, "这是文件夹，请指明文件")
    except FileNotFoundError:
        _say(file, "没有这个文件")
    except (OSError, ValueError) as error:
        _say(file, f"不能打开文件（{getattr(error, 'strerror', None) or error}）")
    else:
        try:
            decoded = decode(data, name="" if file == PASTED else Path(file).name, ocr=ocr)
        except Unreadable as refusal:
            _say(file, refusal.sentence)
        else:
            for warning in decoded.warnings:
                _say(file, WARNINGS[warning])
            return decoded
    return None


def _answer(file: str, decoded: Decoded, *, evidence: bool) -> dict[str, Any]:
    from . import read_plan  # the text stages and their word lists, loaded once a file could be read

    reading = read_plan(decoded.text)
    contract = reading.contract()
    if not reading.is_plan:
        _say(file, "没有找到方案的条目结构，结果为空")
    return {**contract, "evidence": reading.evidence()} if evidence else contract


def _print(answer: dict[str, Any], *, lines: bool) -> None:
    text = json.dumps(answer, ensure_ascii=False, indent=None if lines else 1)
    try:
        sys.stdout.buffer.write(text.encode("utf-8") + b"\n")  # whatever the terminal's encoding, JSON is UTF-8
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever reads the pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(path: Path, answer: dict[str, Any]) -> bool:
    try:
        path.write_text(json.dumps(answer, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        _say(str(path), f"不能写入（{error.strerror}）")
        return False
    return True
