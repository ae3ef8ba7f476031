"""Which texts say nearly the same: cosine of TF-IDF over characters and their pairs.

Chinese plans promise the same thing in other words and another order; single characters and pairs of them carry that
without a word list. The score ranks, it does not decide: a person confirms. Cost: one sparse product, rows × terms.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Match:
    """`index` of a text in the corpus and its similarity, 0 to 1."""

    index: int
    score: float


def nearest(texts: Sequence[str], corpus: Sequence[str], *, top: int = 3, least: float = 0.15) -> list[list[Match]]:
    """For each text the `top` most similar of the corpus with a score of at least `least`, best first."""
    if not corpus or not texts:
        return [[] for _ in texts]
    # 0.9 s to import, so only where somebody compares
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    known = vectorizer.fit_transform(corpus)
    scores = vectorizer.transform(texts) @ known.T
    found = []
    for row in range(len(texts)):
        line = scores[[row]].tocoo()
        best = sorted(zip(line.col.tolist(), line.data.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
        found.append([Match(index, round(score, 4)) for index, score in best[:top] if score >= least])
    return found


def dice(one: str, other: str) -> float:
    """Share of character pairs that two short texts have in common, 0 to 1: for subjects of targets."""
    pairs = [{text[i : i + 2] for i in range(len(text) - 1)} or {text} for text in (one, other)]
    return 2 * len(pairs[0] & pairs[1]) / (len(pairs[0]) + len(pairs[1]))
