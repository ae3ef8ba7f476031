"""Design-based survey estimation: every estimate is a score per respondent, summed by domain and cluster.

Arrays in, tables out; numpy and scipy only. Choices and formulas: docs/survey.md.
"""
