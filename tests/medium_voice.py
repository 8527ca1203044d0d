"""A Piper voice as large as a medium one (63 MB), which takes as long to speak and says noise: for benchmarks.

The layers are those of VITS as Piper trains it for its medium quality (Kim and others, arXiv 2106.06103): a text
encoder and a flow of 192 channels, and a HiFi-GAN that makes 256 samples of a frame. The weights are random, attention
is left out (it is little work), and phonemes are as long as the toy voice's, so as long as in speech.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from tests.toy_voice import config_of, in_order, tables

HIDDEN, FILTER = 192, 768
ENCODER_LAYERS, FLOWS, FLOW_LAYERS = 6, 4, 4
DECODER = 256  # channels at the rate of frames; half as many after each stage
STAGES = ((8, 16), (8, 16), (4, 8))  # times as many samples, kernel
RESIDUALS = ((3, (1, 2)), (5, (2, 6)), (7, (3, 12)))  # kernel, dilations


def make_medium_voice(folder: Path, name: str = "en_US-noise-medium") -> Path:
    """Writes NAME.onnx and NAME.onnx.json, the same each time."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    path.write_bytes(_Network().model().SerializeToString())
    path.with_name(f"{path.name}.json").write_text(json.dumps(config_of(name, 1)), "utf-8")
    return path


class _Network:
    def __init__(self) -> None:
        self.random = np.random.default_rng(1)
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, NDArray[np.generic]] = {
            "lengths": tables()["lengths"],
            "letters": self.weights(256, HIDDEN, scale=1.0),
            "first": np.array(0, np.int64),
            "second": np.array(1, np.int64),
            "zero": np.array(0, np.float32),
            "one": np.array(1, np.float32),
            "louder": np.array(1000, np.float32),
            "axis1": np.array([1], np.int64),
            "axes01": np.array([0, 1], np.int64),
            "sound": np.array([1, 1, 1, -1], np.int64),
        }

    def model(self) -> onnx.ModelProto:
        frames = self.stretched(self.encoded())
        for _ in range(FLOWS):
            frames = self.flow(frames)
        samples = self.op("Tanh", self.op("Mul", self.decoded(frames), "louder"))
        heeded = self.op("Cast", "input_lengths", to=TensorProto.FLOAT)
        samples = self.op("Add", samples, self.op("Mul", heeded, "zero"))  # keeps the input in the graph
        self.nodes.append(helper.make_node("Reshape", [samples, "sound"], ["output"]))
        value = helper.make_tensor_value_info
        inputs = [
            value("input", TensorProto.INT64, ["batch", "phonemes"]),
            value("input_lengths", TensorProto.INT64, ["batch"]),
            value("scales", TensorProto.FLOAT, [3]),
        ]
        graph = helper.make_graph(
            in_order(self.nodes, {*self.constants, *(given.name for given in inputs)}),
            "medium",
            inputs,
            [value("output", TensorProto.FLOAT, ["batch", 1, 1, "time"])],
            [numpy_helper.from_array(array, name) for name, array in self.constants.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)])
        model.ir_version = 8
        return model

    def encoded(self) -> str:
        """[1, HIDDEN, phonemes]"""
        hidden = self.op("Transpose", self.op("Gather", "letters", "input"), perm=[0, 2, 1])
        for _ in range(ENCODER_LAYERS):
            for _ in range(4):  # queries, keys, values, and what is made of them
                hidden = self.op("Tanh", self.convolved(hidden, HIDDEN, HIDDEN, 1))
            inner = self.op("Relu", self.convolved(hidden, HIDDEN, FILTER, 3))
            hidden = self.op("Tanh", self.op("Add", hidden, self.convolved(inner, FILTER, HIDDEN, 3)))
        return hidden

    def stretched(self, hidden: str) -> str:
        """Each phoneme for as many frames as it lasts: [1, HIDDEN, frames]. Its Ceil is the only one of the graph."""
        scale = self.op("Gather", "scales", "second")
        lengths = self.op("Unsqueeze", self.op("Mul", self.op("Gather", "lengths", "input"), scale), "axis1")
        frames = self.op("Squeeze", self.op("Ceil", lengths), "axes01")
        total = self.op("ReduceSum", frames, keepdims=0)
        times = self.op("Unsqueeze", self.op("Range", "zero", total, "one"), "axis1")
        later = self.op("GreaterOrEqual", times, self.op("CumSum", frames, "first"))
        index = self.op("ReduceSum", self.op("Cast", later, to=TensorProto.INT64), "axis1", keepdims=0)
        return self.op("Gather", hidden, index, axis=2)

    def flow(self, frames: str) -> str:
        """A coupling layer: half of the channels, through gated convolutions, move the other half."""
        hidden = self.convolved(frames, HIDDEN, HIDDEN, 1)
        for _ in range(FLOW_LAYERS):
            moved = self.op("Tanh", self.convolved(hidden, HIDDEN, HIDDEN, 5))
            gate = self.op("Sigmoid", self.convolved(hidden, HIDDEN, HIDDEN, 5))
            rest = self.convolved(self.op("Mul", moved, gate), HIDDEN, 2 * HIDDEN, 1)
            hidden = self.op("Add", hidden, self.convolved(rest, 2 * HIDDEN, HIDDEN, 1))
        return self.op("Tanh", self.op("Add", frames, hidden))

    def decoded(self, frames: str) -> str:
        """[1, 1, samples]"""
        sound, channels = self.convolved(frames, HIDDEN, DECODER, 7), DECODER
        for times, kernel in STAGES:
            weights = self.constant(self.weights(channels, channels // 2, kernel))
            pads = [(kernel - times) // 2] * 2
            sound = self.op("LeakyRelu", sound, alpha=0.1)
            sound = self.op("ConvTranspose", sound, weights, strides=[times], pads=pads, kernel_shape=[kernel])
            channels //= 2
            sound = self.op("Sum", *(self.residual(sound, channels, *each) for each in RESIDUALS))
        return self.convolved(self.op("LeakyRelu", sound, alpha=0.1), channels, 1, 7)

    def residual(self, sound: str, channels: int, kernel: int, dilations: tuple[int, ...]) -> str:
        for dilation in dilations:
            inner = self.op("LeakyRelu", sound, alpha=0.1)
            sound = self.op("Add", sound, self.convolved(inner, channels, channels, kernel, dilation))
        return sound

    def convolved(self, given: str, channels: int, made: int, kernel: int, dilation: int = 1) -> str:
        pads = [dilation * (kernel - 1) // 2] * 2
        weights = self.constant(self.weights(made, channels, kernel))
        return self.op("Conv", given, weights, dilations=[dilation], pads=pads, kernel_shape=[kernel])

    def weights(self, *shape: int, scale: float = 0.0) -> NDArray[np.float32]:
        spread = scale or 0.7 / np.sqrt(np.prod(shape[1:]))
        return (self.random.standard_normal(shape) * spread).astype(np.float32)

    def constant(self, array: NDArray[np.float32]) -> str:
        name = f"weights{len(self.constants)}"
        self.constants[name] = array
        return name

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name
