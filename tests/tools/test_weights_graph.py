"""Graphs are reproducible, and PRelu rewritten is still PRelu."""

import numpy as np
import onnxruntime as ort
import pytest
from tools.weights.graph import Graph


def run(graph, **inputs):
    session = ort.InferenceSession(graph.to_bytes(), providers=["CPUExecutionProvider"])
    return session.run(None, inputs)[0]


def activation(slope, *, rewritten):
    graph = Graph(opset=17)
    x = graph.input("x", ["N", slope.size, "H", "W"])
    graph.output(
        graph.prelu(x, slope) if rewritten else graph.op("PRelu", [x, graph.constant(slope)]),
        "y",
        ["N", slope.size, "H", "W"],
    )
    return graph


def test_prelu_rewritten_equals_the_operator():
    slope = np.array([0.25, 0, 1, -0.5, 3], np.float32).reshape(-1, 1, 1)
    x = np.random.default_rng(1).normal(0, 100, (2, 5, 7, 6)).astype(np.float32)
    x[0, :, 0, 0] = 0
    expected = run(activation(slope, rewritten=False), x=x)
    np.testing.assert_allclose(run(activation(slope, rewritten=True), x=x), expected, rtol=1e-5, atol=1e-5)


def test_the_same_calls_write_the_same_bytes():
    slope = np.full((3, 1, 1), 0.1, np.float32)
    assert activation(slope, rewritten=True).to_bytes() == activation(slope, rewritten=True).to_bytes()


def test_a_graph_that_breaks_a_rule_is_not_written():
    graph = Graph(opset=17)
    graph.output(graph.op("Relu", ["nowhere"]), "y", [1])
    with pytest.raises(Exception, match="nowhere"):
        graph.to_bytes()
