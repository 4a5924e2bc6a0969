"""A converted TensorFlow Lite network computes what its operators say, in either order of channels."""

import sys

import numpy as np
import onnxruntime as ort
import pytest
from tools.weights.tflite_reader import Network, Operator, Tensor, read
from tools.weights.tflite_to_onnx import convert

from mien.errors import ModelError

RNG = np.random.default_rng(7)
PLAIN_CONV = {
    "StrideH": 1,
    "StrideW": 1,
    "DilationHFactor": 1,
    "DilationWFactor": 1,
    "FusedActivationFunction": 0,
}
SAME, VALID = {"Padding": 0}, {"Padding": 1}


def values(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def network(shape, constants, operators, shapes):
    """Tensor 0 is the input, then the constants, then one result per operator; the last is the output."""
    tensors = [
        Tensor("x", shape),
        *(Tensor(f"c{i}", np.shape(c), np.asarray(c)) for i, c in enumerate(constants)),
    ]
    first = len(tensors)
    tensors += [Tensor(f"t{i}", s) for i, s in enumerate(shapes)]
    made = [
        Operator(kind, inputs, (first + i,), options) for i, (kind, inputs, options) in enumerate(operators)
    ]
    return Network(tuple(tensors), tuple(made), (0,), (len(tensors) - 1,))


def run(net, x, batch=1):
    return ort.InferenceSession(convert(net, batch=batch), providers=["CPUExecutionProvider"]).run(
        None, {"x": x}
    )[0]


def windows(x, size, stride, *, fill=0.0, same):
    """(N, out, out, size, size, C) windows; with `same` padding the odd row and column come at the end."""
    if same:
        total = [max((-(-n // stride) - 1) * stride + size - n, 0) for n in x.shape[1:3]]
        x = np.pad(x, [(0, 0), *((t // 2, t - t // 2) for t in total), (0, 0)], constant_values=fill)
    view = np.lib.stride_tricks.sliding_window_view(x, (size, size), (1, 2))[:, ::stride, ::stride]
    return view.transpose(0, 1, 2, 4, 5, 3)


@pytest.mark.parametrize(
    ("padding", "stride", "out"), [(SAME, 2, 4), (SAME, 1, 8), (VALID, 2, 3), (VALID, 1, 6)]
)
def test_convolution_pads_as_tensorflow_does(padding, stride, out):
    x, weight, bias = values(1, 8, 8, 3), values(5, 3, 3, 3), values(5)
    options = PLAIN_CONV | padding | {"StrideH": stride, "StrideW": stride}
    net = network((1, 8, 8, 3), [weight, bias], [("CONV_2D", (0, 1, 2), options)], [(1, out, out, 5)])
    expected = np.einsum("nyxhwc,ohwc->nyxo", windows(x, 3, stride, same=padding is SAME), weight) + bias
    np.testing.assert_allclose(run(net, x), expected, atol=1e-5)


def test_depthwise_convolution_with_half_precision_weights_and_relu():
    x, weight, bias = values(2, 6, 6, 4), values(1, 3, 3, 4).astype(np.float16), values(4)
    net = network(
        (1, 6, 6, 4),
        [weight, bias],
        [
            ("DEQUANTIZE", (1,), {}),
            ("DEPTHWISE_CONV_2D", (0, 3, 2), PLAIN_CONV | SAME | {"FusedActivationFunction": 1}),
        ],
        [(1, 3, 3, 4), (1, 6, 6, 4)],
    )
    expected = np.einsum("nyxhwc,hwc->nyxc", windows(x, 3, 1, same=True), weight[0].astype(np.float32)) + bias
    np.testing.assert_allclose(run(net, x, batch="N"), np.maximum(expected, 0), atol=1e-5)


def test_a_block_of_pooling_padding_sum_and_prelu_between_convolutions():
    x, weight, bias, slope = values(1, 8, 8, 3), values(3, 1, 1, 3), values(3), values(1, 1, 5)
    pool = VALID | {
        "StrideH": 2,
        "StrideW": 2,
        "FilterHeight": 2,
        "FilterWidth": 2,
        "FusedActivationFunction": 0,
    }
    widths = np.array([[0, 0], [0, 0], [1, 0], [0, 2]], np.int32)
    net = network(
        (1, 8, 8, 3),
        [weight, bias, widths, values(5), slope],
        [
            ("CONV_2D", (0, 1, 2), PLAIN_CONV | VALID),
            ("MAX_POOL_2D", (6,), pool),
            ("PAD", (7, 3), {}),
            ("ADD", (8, 4), {"FusedActivationFunction": 0}),
            ("PRELU", (9, 5), {}),
        ],
        [(1, 8, 8, 3), (1, 4, 4, 3), (1, 4, 5, 5), (1, 4, 5, 5), (1, 4, 5, 5)],
    )
    y = windows(np.einsum("nyxc,ohwc->nyxo", x, weight) + bias, 2, 2, same=False).max(axis=(3, 4))
    y = np.pad(y, widths) + net.tensors[4].values
    np.testing.assert_allclose(run(net, x), np.where(y > 0, y, slope * y), atol=1e-5)


def test_layer_normalisation_channels_last():
    x, axis, scale = values(1, 4, 9, 6), np.array([3], np.int32), values(6)
    kept = {"KeepDims": 1}
    net = network(
        (1, 4, 9, 6),
        [axis, np.float32(1e-3), scale],
        [
            ("MEAN", (0, 1), kept),
            ("SQUARED_DIFFERENCE", (0, 4), {}),
            ("SUM", (5, 1), kept),
            ("ADD", (6, 2), {"FusedActivationFunction": 0}),
            ("RSQRT", (7,), {}),
            ("NEG", (4,), {}),
            ("ADD", (0, 9), {"FusedActivationFunction": 0}),
            ("MUL", (10, 8), {"FusedActivationFunction": 0}),
            ("MUL", (11, 3), {"FusedActivationFunction": 0}),
        ],
        [
            (1, 4, 9, 1),
            (1, 4, 9, 6),
            (1, 4, 9, 1),
            (1, 4, 9, 1),
            (1, 4, 9, 1),
            (1, 4, 9, 1),
            *[(1, 4, 9, 6)] * 3,
        ],
    )
    centred = x - x.mean(-1, keepdims=True)
    expected = centred / np.sqrt((centred**2).sum(-1, keepdims=True) + 1e-3) * scale
    np.testing.assert_allclose(run(net, x), expected, atol=1e-5)


def test_slices_with_masks_transposition_concatenation_and_reshape():
    x, extra = values(1, 5, 4), values(1, 2, 4)
    begin, end, step = (np.array(v, np.int32) for v in ([0, 1, 3], [1, 9, 0], [1, 2, 1]))
    net = network(
        (1, 5, 4),
        [extra, np.array([0, 2, 1], np.int32), np.array([4, 7], np.int32), begin, end, step],
        [
            ("CONCATENATION", (1, 0), {"Axis": -2, "FusedActivationFunction": 0}),
            (
                "STRIDED_SLICE",
                (7, 4, 5, 6),
                {"BeginMask": 1, "EndMask": 2, "ShrinkAxisMask": 4} | NO_NEW_AXIS,
            ),
            ("RESHAPE", (8, 3), {}),
        ],
        [(1, 7, 4), (1, 3), (1, 3)],
    )
    np.testing.assert_array_equal(run(net, x), np.concatenate([extra, x], 1)[:1, 1::2, 3])
    turned = network((1, 5, 4), [np.array([0, 2, 1], np.int32)], [("TRANSPOSE", (0, 1), {})], [(1, 4, 5)])
    np.testing.assert_array_equal(run(turned, x), x.transpose(0, 2, 1))


NO_NEW_AXIS = {"EllipsisMask": 0, "NewAxisMask": 0}


@pytest.mark.parametrize(
    ("kind", "inputs", "options", "said"),
    [
        ("LSTM", (0,), {}, "LSTM"),
        ("ADD", (0, 0), {"FusedActivationFunction": 3}, "activation 3"),
        ("TRANSPOSE", (0, 0), {}, "must be a constant"),
        ("CONV_2D", (0, 1, 2), PLAIN_CONV | VALID | {"DilationHFactor": 2}, "dilated"),
    ],
)
def test_what_is_not_known_is_refused_and_not_guessed(kind, inputs, options, said):
    with pytest.raises(ModelError, match=said):
        convert(
            network((1, 4, 4, 1), [values(1, 1, 1, 1), values(1)], [(kind, inputs, options)], [(1, 4, 4, 1)]),
            batch=1,
        )


def test_without_the_schema_the_way_out_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tflite", None)
    with pytest.raises(ModelError, match="uv run --with tflite=="):
        read(b"TFL3")
