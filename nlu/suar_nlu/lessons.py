"""Teaches the network with Keras, which Rasa brings along; what comes out is plain arrays again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from suar_nlu.network import Layer, Lessons, Net, NetworkOptions

_WEIGHT_DECAY = 1e-4
_SMOOTHING = 0.05
_RISK_SHARE, _LANGUAGE_SHARE = 0.67, 0.2
"""The say of risk and of language in what is learned, beside 1 for the intent."""


def teach(
    lessons: Lessons, options: NetworkOptions, say: Callable[[str], None]
) -> tuple[Net, ...]:
    """Return the taught networks; the same lessons make the same networks on the same machine."""
    import tensorflow as tf  # noqa: PLC0415 (slow, and never needed for serving)

    # Rasa has done so at import time where it runs; here it makes the order of sums fixed too.
    tf.config.experimental.enable_op_determinism()
    nets = []
    for number in range(int(options.nets)):
        say(f"teaching network {number + 1} of {int(options.nets)}")
        tf.keras.utils.set_random_seed(number + 1)
        nets.append(_teach_one(tf, lessons, options))
        tf.keras.backend.clear_session()
    return tuple(nets)


def _teach_one(tf: Any, lessons: Lessons, options: NetworkOptions) -> Net:
    model = _build(tf, lessons, options)
    size = min(int(options.batch), len(lessons.rows))
    steps = -(-len(lessons.rows) // size) * int(options.epochs)
    optimizer = tf.keras.optimizers.experimental.AdamW(
        tf.keras.optimizers.schedules.CosineDecay(options.rate, steps), weight_decay=_WEIGHT_DECAY
    )
    answers = np.hstack([lessons.intents, lessons.risk, lessons.languages])
    model.compile(optimizer, loss=_make_loss(tf, lessons), jit_compile=False)
    model.fit(lessons.rows, answers, batch_size=size, epochs=int(options.epochs), verbose=0)
    layers = [model.get_layer(name).get_weights() for name in ("first", "second", "outputs")]
    return Net(*(Layer(weights, bias) for weights, bias in layers))


def _build(tf: Any, lessons: Lessons, options: NetworkOptions) -> Any:
    layers = tf.keras.layers
    units = int(options.units)
    count = lessons.intents.shape[1] + lessons.risk.shape[1] + lessons.languages.shape[1]
    rows = tf.keras.Input((lessons.rows.shape[1],))
    hidden = layers.Dropout(options.input_dropout)(layers.GaussianNoise(options.noise)(rows))
    hidden = layers.Dense(units, activation="swish", name="first")(hidden)
    hidden = layers.Dropout(options.dropout)(hidden)
    beside = layers.Dense(units, activation="swish", name="second")(hidden)
    hidden = layers.Add()([hidden, layers.Dropout(options.dropout)(beside)])
    return tf.keras.Model(rows, layers.Dense(count, name="outputs")(hidden))


def _make_loss(tf: Any, lessons: Lessons) -> Callable[[Any, Any], Any]:
    first = lessons.intents.shape[1]
    second = first + lessons.risk.shape[1]
    weights = tf.constant(lessons.risk_weights)

    def loss(right: Any, said: Any) -> Any:
        intent = tf.keras.losses.categorical_crossentropy(
            right[:, :first], said[:, :first], from_logits=True, label_smoothing=_SMOOTHING
        )
        risk = tf.nn.sigmoid_cross_entropy_with_logits(
            labels=right[:, first:second], logits=said[:, first:second]
        )
        language = tf.keras.losses.categorical_crossentropy(
            right[:, second:], said[:, second:], from_logits=True
        )
        return (
            intent
            + _RISK_SHARE * tf.reduce_sum(risk * weights, axis=-1)
            + _LANGUAGE_SHARE * language
        )

    return loss
