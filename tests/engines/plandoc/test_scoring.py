"""The corpus itself: gold files keep their own rules, and our scorer agrees with the contract's."""

import copy
import hashlib
import importlib.util
import json
import random
from pathlib import Path

import pytest
from tests.engines.plandoc import scoring

HERE = Path(__file__).parent
GOLD = sorted((HERE / "gold").glob("*.json"))
REFERENCE = Path(__file__).parents[3].parent / "shared" / "plans" / "score.py"


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def document(gold):
    return HERE / "documents" / gold["source"]["file"]


def damaged(gold, seed):
    """A ledger with every kind of fault in it, the same one for the same seed."""
    chance = random.Random(seed)
    pred = copy.deepcopy(gold)
    for kind in ("sections", "tasks", "targets"):
        pred[kind] = [item for item in pred[kind] if chance.random() > 0.1]
    for task in pred["tasks"]:
        if chance.random() < 0.2:
            task["title"] = task["title"][: max(3, len(task["title"]) // 2)]
        if chance.random() < 0.2:
            task["tail"] = task["tail"][::-1]
        if chance.random() < 0.2:
            task["category"] = "other"
        task["units"] = [unit for unit in task["units"] if chance.random() > 0.2]
    for target in pred["targets"]:
        if chance.random() < 0.2:
            target["comparator"] = ">="
        if chance.random() < 0.2:
            target["period"] = {"type": "none"}
        if chance.random() < 0.2:
            target["subject"] = target["subject"][:2] + "工作情况"
        if chance.random() < 0.1 and target["value"] is not None:
            target["value"] += 1
        if chance.random() < 0.1:
            target["is_baseline"] = not target["is_baseline"]
    for section in pred["sections"]:
        if chance.random() < 0.2:
            section["number"], section["parent"] = "九、", None
    pred["document"]["region"] = None
    pred["document"]["title"] = "澤" + (pred["document"]["title"] or "")
    pred["targets"] += copy.deepcopy(pred["targets"][:2])
    return pred


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_gold_is_perfect_against_itself(path):
    gold = load(path)
    result = scoring.score(gold, gold)
    assert result.notes == []
    assert result.parts == dict.fromkeys(scoring.WEIGHTS, pytest.approx(1))


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_gold_belongs_to_its_document(path):
    gold = load(path)
    assert hashlib.sha256(document(gold).read_bytes()).hexdigest() == gold["source"]["sha256"]


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_gold_tree_is_whole(path):
    gold = load(path)
    sections = [section["path"] for section in gold["sections"]]
    tasks = [task["path"] for task in gold["tasks"]]
    assert len(set(sections + tasks)) == len(sections + tasks)
    parents = {s["parent"] for s in gold["sections"]} | {t["section"] for t in gold["tasks"]}
    parents |= {t["section"] for t in gold["targets"]}
    assert parents <= {None, *sections}
    assert {target["task"] for target in gold["targets"]} <= {None, *tasks}


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_every_number_is_accounted_for_in_its_place(path):
    gold = load(path)
    entries = gold.get("numbers_accounted", [])
    # Offsets count characters of a text file; only such a document has them.
    text = document(gold).read_bytes().decode("utf-8") if entries else ""
    for entry in entries:
        assert text[entry["offset"] :].startswith(entry["token"]), entry
        assert (entry["class"] in {"target", "baseline"}) == ("target" in entry), entry


def test_a_fault_costs_its_own_part_only():
    gold = load(GOLD[0])
    pred = copy.deepcopy(gold)
    pred["targets"][0]["comparator"] = "about"
    parts = scoring.score(pred, gold).parts
    assert parts["targets"] < 1
    assert {part for part, value in parts.items() if value < 0.999} == {"targets"}


def test_an_empty_ledger_scores_nothing_but_its_nulls():
    gold = load(GOLD[0])
    assert scoring.score({}, gold).overall == 0


@pytest.mark.shared
@pytest.mark.skipif(not REFERENCE.exists(), reason="the contract's scorer lies outside the repository")
@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_scorer_agrees_with_the_contract(path):
    spec = importlib.util.spec_from_file_location("contract_scorer", REFERENCE)
    contract = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(contract)
    gold = load(path)
    for seed in range(3):
        pred = damaged(gold, seed)
        ours, theirs = scoring.score(pred, gold), contract.score(pred, gold)
        assert ours.overall < 0.97
        assert ours.overall == pytest.approx(theirs["overall"], abs=0.01)
        for part, value in ours.parts.items():
            assert value == pytest.approx(theirs[part]["score"], abs=0.02), part
