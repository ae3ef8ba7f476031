"""Which texts say nearly the same: cosine of TF-IDF over characters and their pairs.

Chinese plans promise the same thing in other words and another order; single characters and pairs of them carry that
without a word list. The score ranks, it does not decide: a person confirms. Cost: one sparse product, rows × terms.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array


@dataclass(frozen=True)
class Match:
    """`index` of a text in the corpus and its similarity, 0 to 1."""

    index: int
    score: float


def nearest(texts: Sequence[str], corpus: Sequence[str], *, top: int = 3, least: float = 0.15) -> list[list[Match]]:
    """For each text the `top` most similar of the corpus with a score of at least `least`, best first."""
    if not corpus or not texts:
        return [[] for _ in texts]
    terms = {term: place for place, term in enumerate(sorted({t for text in corpus for t in _grams(text)}))}
    known = _counts(corpus, terms)
    weights = (
        np.log((1 + len(corpus)) / (1 + known.count_nonzero(axis=0))) + 1
    )  # rare terms tell more; none is worth nothing
    scores = (_weighted(_counts(texts, terms), weights) @ _weighted(known, weights).T).tocsr()
    found = []
    for row in range(len(texts)):
        line = scores[[row]].tocoo()
        best = sorted(zip(line.col.tolist(), line.data.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
        found.append([Match(index, round(score, 4)) for index, score in best[:top] if score >= least])
    return found


def _grams(text: str) -> list[str]:
    """The characters of a text and the pairs that stand side by side; white space counts for nothing."""
    text = "".join(text.split())
    return [*text, *(text[i : i + 2] for i in range(len(text) - 1))]


def _counts(texts: Sequence[str], terms: dict[str, int]) -> csr_array:
    """Sparse matrix texts × terms with 1 + log(count); terms that the corpus does not know are left out."""
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        for term, count in Counter(_grams(text)).items():
            if term in terms:
                rows.append(row)
                columns.append(terms[term])
                values.append(1 + math.log(count))
    return csr_array((values, (rows, columns)), shape=(len(texts), len(terms)))


def _weighted(counts: csr_array, weights: np.ndarray) -> csr_array:
    """Each row times the weights of its terms, scaled to length 1; an empty row stays empty."""
    rows = counts.multiply(weights[None, :]).tocsr()
    length = np.sqrt(rows.multiply(rows).sum(axis=1))
    return rows.multiply((1 / np.where(length == 0, 1, length))[:, None]).tocsr()


def dice(one: str, other: str) -> float:
    """Share of character pairs that two short texts have in common, 0 to 1: for subjects of targets."""
    pairs = [{text[i : i + 2] for i in range(len(text) - 1)} or {text} for text in (one, other)]
    return 2 * len(pairs[0] & pairs[1]) / (len(pairs[0]) + len(pairs[1]))
