"""The arithmetic below the components."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from suar_nlu.copies import make_copies, misspell
from suar_nlu.evaluate import bounds
from suar_nlu.folds import assign_folds
from suar_nlu.letters import fit_letters
from suar_nlu.ridge import fit_ridge, recall_examples
from suar_nlu.risk_model import spread_over_levels
from suar_nlu.space import fit_space
from suar_nlu.vectors import Embedder


def test_held_out_scores_are_those_of_a_model_without_the_fold() -> None:
    """The short cut to cross-validation gives what fitting again would give."""
    chance = np.random.default_rng(0)
    rows = chance.normal(size=(60, 8)).astype(np.float16).astype(np.float32)
    targets = np.stack([rows[:, 0] > 0, rows[:, 1] > 0], axis=1)
    folds = np.arange(60) % 3
    _, held_out = fit_ridge(rows, targets, folds, gamma=0.1, penalty=0.5)
    again, _ = fit_ridge(
        rows[folds != 1], targets[folds != 1], folds[folds != 1] % 2, gamma=0.1, penalty=0.5
    )
    # Only the mean of the targets, which is taken over all rows, tells the two apart.
    assert np.abs(held_out[folds == 1] - again.scores(rows[folds == 1])).max() < 0.08


def test_fewer_examples_to_compare_with_judge_nearly_alike() -> None:
    """All rows teach, also those that are not kept: with half of them kept, the scores hardly change."""
    chance = np.random.default_rng(3)
    rows = chance.normal(size=(200, 8)).astype(np.float32)
    targets = (rows[:, :1] + rows[:, 1:2]) > 0
    folds = np.arange(200) % 4
    whole, _ = fit_ridge(rows, targets, folds, gamma=0.05, penalty=0.5)
    half, _ = fit_ridge(rows, targets, folds, gamma=0.05, penalty=0.5, kept=np.arange(0, 200, 2))
    assert len(half.examples.rows) == 100
    agree = (whole.scores(rows) > 0.5) == (half.scores(rows) > 0.5)
    assert agree.mean() > 0.95


def test_letters_weigh_a_message_as_scikit_learn_weighs_a_collection() -> None:
    """The quick way for one message gives what the vectorizer and the regression give; unknown letters have no say."""
    texts = ["my passport is gone", "hello there", "they took my passport", "hello, good day"]
    answers = np.array([[True], [False], [True], [False]])
    letters = fit_letters(texts, answers, strength=5.0)
    vectorizer = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, vocabulary=dict(letters.places)
    )
    vectorizer.idf_ = letters.idf
    asked = ["passport passport gone!", "  good\tday ", "ЖЖЖ", ""]
    expected = vectorizer.transform(asked) @ letters.weights + letters.bias
    assert np.allclose(letters.log_odds(asked), expected, atol=1e-5)
    assert letters.trust(asked)[:, 0].tolist() == pytest.approx([1.0, 1.0, 0.0, 0.0], abs=0.5)


def test_one_comparison_serves_both_who_ask() -> None:
    """Stored twice, the same examples are kept once, and the distances follow the rows that are asked about."""
    stored = np.random.default_rng(2).normal(size=(30, 8)).astype(np.float16)
    examples = recall_examples(stored)
    assert recall_examples(stored.copy()) is examples
    first, second = stored[:2].astype(np.float32), stored[2:4].astype(np.float32)
    for rows in (first, second, first):
        direct = ((rows[:, None] - examples.rows[None]) ** 2).sum(axis=2)
        assert np.allclose(examples.distances(rows), direct, atol=1e-3)


def test_copies_stay_in_the_fold_of_their_origin() -> None:
    """No example is judged by a model that has learned from its copy, and the order of the files is irrelevant."""
    origins, labels = ["a", "b", "c", "a", "b"], ["x", "x", "x", "x", "x"]
    folds = assign_folds(origins, labels, 3)
    assert folds[0] == folds[3]
    assert folds[1] == folds[4]
    assert sorted(folds[:3]) == [0, 1, 2]
    assert list(assign_folds(origins[::-1], labels, 3)) == list(folds[::-1])


def test_space_removes_what_only_tells_languages_apart() -> None:
    """Two languages that differ by one direction come to lie on top of each other."""
    chance = np.random.default_rng(1)
    meaning = chance.normal(size=(40, 384)).astype(np.float32)
    shift = np.zeros(384, np.float32)
    shift[0] = 5
    vectors = np.concatenate([meaning, meaning + shift])
    space = fit_space(vectors, ["id"] * 40 + ["en"] * 40, ["greet"] * 80, scale=4, min_languages=2)
    projected = space.project(vectors)
    assert np.allclose(projected[:40], projected[40:], atol=1e-4)
    assert np.allclose(np.linalg.norm(projected, axis=1), 4, atol=1e-4)


def test_one_language_is_only_centred() -> None:
    """Without a second language there is no direction to remove."""
    space = fit_space(
        np.eye(4, 384, dtype=np.float32), ["id"] * 4, ["greet"] * 4, scale=4, min_languages=2
    )
    assert space.directions.shape == (0, 384)


def test_scores_of_the_levels_sum_to_one() -> None:
    """The three answers become four probabilities."""
    scores = spread_over_levels(np.array([0.4, 0.6, 0.7]))
    assert scores == {"none": 0.4, "concern": 0.0, "high": 0.0, "immediate": 0.6}
    assert sum(scores.values()) == pytest.approx(1)


def test_bounds_are_exact() -> None:
    """The bounds of 0 and of all of ten are those of the textbooks, and those of nothing are unknown."""
    assert bounds(0, 10) == pytest.approx((0.0, 0.3085), abs=1e-4)
    assert bounds(10, 10) == pytest.approx((0.6915, 1.0), abs=1e-4)
    assert bounds(5, 10) == pytest.approx((0.1871, 0.8129), abs=1e-4)
    assert all(np.isnan(value) for value in bounds(0, 0))


def test_copies_repeat() -> None:
    """The same text always makes the same copies."""
    assert misspell("paspor saya ditahan majikan", 0) == misspell("paspor saya ditahan majikan", 0)
    assert make_copies("sy gk bs klr") == ["saya tidak bisa keluar"]
    assert make_copies("saya") == []


def test_embedder_gives_the_same_vector_however_asked() -> None:
    """Alone, in a batch, or from the cache: a text has one vector."""
    embedder = Embedder(cache_size=2)
    alone = embedder.embed(["tolong saya"])[0]
    assert np.array_equal(embedder.embed(["halo", "tolong saya", "apa kabar"])[1], alone)
    assert np.array_equal(embedder.embed(["tolong saya"])[0], alone)
    assert embedder.embed([]).shape == (0, 384)
