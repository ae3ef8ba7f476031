"""Hadamard matrices of the least order that doubling and Paley's constructions give."""

import numpy as np

from .arrays import Floats


def hadamard(least: int) -> Floats:
    """A matrix of ±1 with orthogonal rows, first row all 1, of order ≥ `least`.

    Sylvester's doubling of orders 1, 2 and Paley's q+1 (prime q ≡ 3 mod 4) and 2(q+1) (prime q ≡ 1 mod 4); Paley 1933.
    """
    order = 1 if least <= 1 else 2 if least == 2 else -(-least // 4) * 4
    while True:
        found = _of_order(order)
        if found is not None:
            return np.asarray(found * found[0])
        order += 4


def _of_order(order: int) -> Floats | None:
    if order == 1:
        return np.ones((1, 1))
    if order == 2:
        return np.array([[1.0, 1.0], [1.0, -1.0]])
    if _prime(order - 1) and (order - 1) % 4 == 3:
        return _paley(order - 1)
    if order % 4 == 0 and _prime(order // 2 - 1) and (order // 2 - 1) % 4 == 1:
        return _paley_symmetric(order // 2 - 1)
    half = _of_order(order // 2) if order % 2 == 0 and (order // 2 in {1, 2} or order // 2 % 4 == 0) else None
    return None if half is None else np.block([[half, half], [half, -half]])


def _prime(q: int) -> bool:
    return q > 1 and all(q % d for d in range(2, int(q**0.5) + 1))


def _characters(q: int) -> Floats:
    """χ(i - j) for all i, j modulo a prime: 0, 1 for squares, -1 for others."""
    character = np.full(q, -1.0)
    character[[(i * i) % q for i in range(1, q)]] = 1
    character[0] = 0
    return np.asarray(character[(np.arange(q)[:, None] - np.arange(q)) % q])


def _paley(q: int) -> Floats:
    skew = np.block([[np.zeros((1, 1)), np.ones((1, q))], [-np.ones((q, 1)), _characters(q)]])
    return skew + np.eye(q + 1)


def _paley_symmetric(q: int) -> Floats:
    conference = np.block([[np.zeros((1, 1)), np.ones((1, q))], [np.ones((q, 1)), _characters(q)]])
    plus, minus = np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([[1.0, -1.0], [-1.0, -1.0]])
    return np.kron(conference, plus) + np.kron(np.eye(q + 1), minus)
