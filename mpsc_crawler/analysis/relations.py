"""What goes together: topics in one article, publishers by their topics, who names whom. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist


def cooccurrence(coded: pd.DataFrame, articles: int) -> pd.DataFrame:
    """Pairs of topics by how often they stand in one article.

    :param coded: a row for each ``article`` and ``topic``.
    :param articles: how many articles there are, those without a topic included.
    :returns: ``a``, ``b``, ``both``, ``articles_a``, ``articles_b``, ``expected`` (were they independent), ``jaccard`` and ``pmi``
        (pointwise mutual information in bits; Church, K. W., Hanks, P. (1990): Word association norms. Computational
        Linguistics 16(1), 22-29), unknown where they never meet; the most frequent pair first.
    """
    names, of_topic = np.unique(coded["topic"].to_numpy(dtype=object).astype(str), return_inverse=True)
    numbers, of_article = np.unique(coded["article"].to_numpy(), return_inverse=True)
    there = np.zeros((len(numbers), len(names)), dtype=np.float32)  # whole numbers up to 16 million are exact
    there[of_article, of_topic] = 1
    together = (there.T @ there).astype(np.int64)
    rows = []
    for at, a in enumerate(names):
        for to in range(at + 1, len(names)):
            n, n_a, n_b = int(together[at, to]), int(together[at, at]), int(together[to, to])
            expected = n_a * n_b / articles
            pmi = log2(n / expected) if n else np.nan
            rows.append((str(a), str(names[to]), n, n_a, n_b, expected, n / (n_a + n_b - n), pmi))
    columns = ["a", "b", "both", "articles_a", "articles_b", "expected", "jaccard", "pmi"]
    told = pd.DataFrame.from_records(rows, columns=columns)
    return told.sort_values(["both", "a", "b"], ascending=[False, True, True], ignore_index=True)


def similarity(profiles: pd.DataFrame) -> pd.DataFrame:
    """How alike are the topic profiles (rows: who; columns: topics; values: shares)? The cosine, 1 is equal.

    A profile of nothing is like nothing: unknown.
    """
    values = profiles.to_numpy(dtype=float)
    length = np.sqrt((values**2).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine = values @ values.T / np.outer(length, length)
    cosine[~np.isfinite(cosine)] = np.nan
    return pd.DataFrame(np.clip(cosine, -1.0, 1.0), index=profiles.index, columns=profiles.index)


def clusters(profiles: pd.DataFrame, number: int) -> pd.Series:
    """Groups of alike profiles: average linkage over cosine distances (scipy), cut into at most so many; numbered by size.

    :raises ValueError: fewer than two profiles with any topic.
    """
    told = profiles[profiles.sum(axis=1) > 0]
    if len(told) < 2:
        raise ValueError("fewer than two have enough articles with a topic to be grouped")
    tree = linkage(pdist(told.to_numpy(dtype=float), "cosine"), "average")
    cut = pd.Series(fcluster(tree, number, "maxclust"), index=told.index)
    order = {
        old: new
        for new, old in enumerate(cut.value_counts().sort_index().sort_values(ascending=False, kind="stable").index, 1)
    }
    return cut.map(order).rename("cluster")


def neighbours(alike: pd.DataFrame, number: int) -> pd.DataFrame:
    """For each the ``number`` most alike others: ``a``, ``b``, ``similarity``."""
    rows = []
    for name in alike.index:
        others = alike.loc[name].drop(name).dropna()
        for other, value in sorted(others.items(), key=lambda entry: (-entry[1], str(entry[0])))[:number]:
            rows.append((name, other, value))
    return pd.DataFrame.from_records(rows, columns=["a", "b", "similarity"])


def profile(coded: pd.DataFrame, of: pd.Series, by: str, topics: Sequence[str]) -> pd.DataFrame:
    """The share of each one's articles (``of``, by name) that have each topic.

    :param coded: rows with ``by``, ``topic`` and ``articles``.
    """
    table = coded.pivot_table(index=by, columns="topic", values="articles", aggfunc="sum", fill_value=0)
    table = table.reindex(index=of.index, columns=list(topics), fill_value=0)
    return table.div(of, axis=0)
