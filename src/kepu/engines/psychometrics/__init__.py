"""Tests and their items: analysis, calibration, scoring, linking, score rules, assembly of forms.

Arrays in, frozen columns out; numpy and scipy only, `mirt` behind `peer.py`. Choices and formulas: docs/psychometrics.md.
"""
