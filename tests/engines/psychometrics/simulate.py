"""Answers drawn from a model with a seed."""

import numpy as np


def answers(items, people, seed, mean=0.0, sd=1.0):
    """Category numbers (N, J) of `people` whose ability is normal."""
    rng = np.random.default_rng(seed)
    theta = mean + sd * rng.normal(size=people)
    at_least = items.probabilities(theta)[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    return (rng.random((len(items), 1, people)) < at_least).sum(axis=1).T
