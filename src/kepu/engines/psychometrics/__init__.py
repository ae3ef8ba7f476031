"""Tests and their items: analysis, calibration, scoring, linking, score rules, assembly of forms.

Arrays in, frozen columns out; numpy and scipy only, the `mirt` package behind `mirt_adapter.py`. Choices and formulas: docs/psychometrics.md.
"""
