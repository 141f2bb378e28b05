"""The arithmetic below the components."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from suar_nlu import paths
from suar_nlu.copies import make_copies
from suar_nlu.examples import Example
from suar_nlu.intent_model import fit_intents
from suar_nlu.keep_vectors import list_texts
from suar_nlu.letters import LetterSpace, fit_letters
from suar_nlu.network import Answers, Layer, Net, Network, one_hot, swish
from suar_nlu.risk_model import RiskOptions, answer_risks, fit_risk, name_risks, spread_over_levels
from suar_nlu.space import fit_space
from suar_nlu.taxonomy import get_taxonomy
from suar_nlu.vectors import STEP, Embedder, embed_for_training, embed_now, name_text, read_kept


def make_network(nets: int, inputs: int = 6, units: int = 4) -> Network:
    """Return a network of chance with 2 intents, the outputs about risk, and 2 languages."""
    chance = np.random.default_rng(4)
    risks = name_risks(get_taxonomy().kinds)
    outputs = 2 + len(risks) + 2

    def layer(rows: int, columns: int) -> Layer:
        return Layer(
            chance.normal(size=(rows, columns)).astype(np.float32),
            chance.normal(size=columns).astype(np.float32),
        )

    return Network(
        tuple(
            Net(layer(inputs, units), layer(units, units), layer(units, outputs))
            for _ in range(nets)
        ),
        ("greet", "menu"),
        risks,
        ("en", "id"),
    )


def make_answers(any_risk: float, *, views: int = 1) -> Answers:
    """Return answers whose logit of the first question about risk is given."""
    risk = np.full((views, len(name_risks(get_taxonomy().kinds))), -9.0, np.float32)
    risk[:, 0] = any_risk
    return Answers(np.zeros((views, 2), np.float32), risk, np.zeros((views, 2), np.float32))


def test_a_network_stored_is_the_network_read_back() -> None:
    """What is calibrated is what is served: the rounding of the archive is part of the network from the start."""
    network = make_network(2).rounded()
    rows = np.random.default_rng(5).normal(size=(3, 6)).astype(np.float32)
    again = Network.from_arrays(network.to_arrays())
    for mine, others in zip(
        vars(network.read(rows)).values(), vars(again.read(rows)).values(), strict=True
    ):
        assert np.array_equal(mine, others)
    assert again.languages == ("en", "id")


def test_several_networks_are_averaged() -> None:
    """Two say what each says, in the middle."""
    network = make_network(2)
    rows = np.ones((1, 6), np.float32)
    both = network.read(rows).intents
    each = [Network((net,), *_names(network)).read(rows).intents for net in network.nets]
    assert np.allclose(both, (each[0] + each[1]) / 2, atol=1e-5)


def _names(network: Network) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    return network.intents, network.risks, network.languages


def test_swish_is_what_keras_means_by_it() -> None:
    """The network is taught with Keras and served without it, so both have to bend alike."""
    import tensorflow as tf

    values = np.linspace(-8, 8, 33, dtype=np.float32)
    assert np.allclose(swish(values), tf.keras.activations.swish(values).numpy(), atol=1e-6)


def test_letters_weigh_a_message_as_scikit_learn_weighs_a_collection() -> None:
    """The quick way for one message gives what the slow way gives for many; unknown letters are all zeros."""
    texts = ["my passport is gone", "hello there", "they took my passport", "hello, good day"]
    space = fit_letters(texts, max_pieces=100, directions=2, scale=4.0)
    vectorizer = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, vocabulary=dict(space.places)
    )
    vectorizer.idf_ = space.idf
    asked = ["passport passport gone!", "  good\tday ", "ЖЖЖ", ""]
    expected = vectorizer.transform(asked) @ space.directions.astype(np.float32)
    assert np.allclose(space.project(asked), expected, atol=1e-4)
    assert np.allclose(space.project(asked * 30)[:4], expected, atol=1e-4)
    assert not space.project(["ЖЖЖ"]).any()
    again = LetterSpace.from_arrays(space.to_arrays())
    assert np.array_equal(again.project(asked), space.project(asked))


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


def test_a_language_in_which_the_network_is_shy_is_believed_sooner() -> None:
    """Held-out messages show in which language a risk is told with a low score; there the same score counts for more."""
    chance = np.random.default_rng(6)
    told = chance.random(800) < 0.5
    shy = np.arange(800) % 2 == 0
    logits = np.where(told, 2.0, -2.0) - 3.0 * shy + chance.normal(size=800)
    model = fit_risk(
        get_taxonomy().kinds,
        RiskOptions(),
        [make_answers(float(z)) for z in logits],
        np.stack([shy, ~shy], axis=1).astype(float),
        ["concern" if t else "none" for t in told],
    )
    there, here = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert model.judge(make_answers(-1.0), there).level == "concern"
    assert model.judge(make_answers(-1.0), here).level == "none"


def test_without_held_out_messages_nothing_is_moved() -> None:
    """A model of a few examples of one's own works too, uncalibrated."""
    options = RiskOptions()
    model = fit_risk(get_taxonomy().kinds, options, [], np.zeros((0, 2)), [])
    assert model.judge(make_answers(0.0), np.array([0.5, 0.5])).scores["none"] == 0.5
    assert fit_intents(("a", "b"), [], []).temperature == 1.0


def test_the_loudest_view_decides() -> None:
    """One stretch of a long message that tells of danger is enough."""
    model = fit_risk(get_taxonomy().kinds, RiskOptions(), [], np.zeros((0, 2)), [])
    answers = make_answers(-6.0, views=3)
    answers.risk[1, 0] = 6.0
    found = model.judge(answers, np.array([0.5, 0.5]))
    assert (found.level, found.doubt) == ("concern", True)


def test_the_right_answers_follow_the_labels() -> None:
    """High is any and serious but not immediate; without risk nothing is answered with yes."""
    kinds = ("confinement", "debt_bondage")
    rows = answer_risks(
        [
            Example("x", "disclose", "en", "high", ("confinement",), "self"),
            Example("y", "greet", "en"),
        ],
        kinds,
    )
    assert rows.tolist() == [[1, 1, 0, 1, 0, 0, 1, 0], [0] * 8]
    assert one_hot(["b", "a"], ("a", "b")).tolist() == [[0, 1], [1, 0]]


def test_copies_repeat() -> None:
    """The same text always makes the same copies."""
    assert make_copies("sy gk bs klr") == ["saya tidak bisa keluar"]
    assert make_copies("saya") == []


def test_embedder_gives_the_same_vector_however_asked() -> None:
    """Alone, in a batch, or from the cache: a text has one vector."""
    embedder = Embedder(cache_size=2)
    alone = embedder.embed(["tolong saya"])[0]
    assert np.array_equal(embedder.embed(["halo", "tolong saya", "apa kabar"])[1], alone)
    assert np.array_equal(embedder.embed(["tolong saya"])[0], alone)
    assert embedder.embed([]).shape == (0, 384)


def test_the_vectors_that_come_with_the_project_are_those_of_its_messages() -> None:
    """Hardly any is missing, and a sample computed anew is the same but for the rounding."""
    kept = read_kept(paths.VECTORS)
    texts = sorted({text for _, text in list_texts()})
    known = [text for text in texts if name_text(text) in kept]
    assert len(known) > 0.97 * len(texts), "run `python -m suar_nlu.keep_vectors`"
    sample = known[:: len(known) // 40]
    shipped = np.stack([kept[name_text(text)] for text in sample]).astype(np.float32) * STEP
    assert np.abs(shipped - np.stack(embed_now(sample))).max() <= STEP / 2 + 1e-4


def test_a_vector_is_the_same_from_wherever_it_comes(tmp_path: Path) -> None:
    """Computed now, or read from the cache of an earlier training: not a bit differs."""
    texts = ["a sentence nobody has written before, 4711", "saya mau tanya"]
    fresh = embed_for_training(texts, tmp_path)
    assert np.array_equal(embed_for_training(texts, tmp_path), fresh)
