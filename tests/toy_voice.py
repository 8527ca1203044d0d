"""A Piper voice of 4 KB for tests: real to Piper, repeatable, and with nothing learned in it.

Every phoneme is a tone of its own, a whole number of frames long. The graph has the inputs, the output and the one
Ceil node of a real voice, so that its phoneme lengths can be read as a real one's are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

RATE, FRAME = 22050, 256
VOWELS = frozenset("aeiouyæøœɐɑɒɔɘəɚɛɜɝɞɤɨɪɯɵɶʉʊʌʏᵻ")
MARKS = frozenset("ˈˌ'\"̧̪̯̩̺̻̝̃̊")
FRAMES = {",": 14, ";": 16, ":": 14, ".": 22, "!": 22, "?": 22, " ": 3, "_": 1, "^": 2, "$": 4, "ː": 3}


def make_voice(folder: Path, name: str = "en_US-toy-low", speakers: int = 1, ceilings: int = 1, **config: Any) -> Path:
    """Writes NAME.onnx and NAME.onnx.json; `ceilings` other than 1 makes a voice that tells no phoneme lengths."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    path.write_bytes(_model(speakers, ceilings).SerializeToString())
    path.with_name(f"{path.name}.json").write_text(json.dumps({**config_of(name, speakers), **config}), "utf-8")
    return path


def config_of(name: str, speakers: int) -> dict[str, Any]:
    return {
        "audio": {"sample_rate": RATE, "quality": "low"},
        "espeak": {"voice": {"en": "en-us"}.get(name[:2], name[:2])},
        "language": {"code": name.partition("-")[0]},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": 256,
        "num_speakers": speakers,
        "speaker_id_map": {f"speaker{number}": number for number in range(speakers)} if speakers > 1 else {},
        "hop_length": FRAME,
    }


def tables() -> dict[str, NDArray[np.float32]]:
    """Per phoneme id: length in frames, pitch in whole waves a frame (86 Hz), loudness."""
    size = max(ids[0] for ids in DEFAULT_PHONEME_ID_MAP.values()) + 1
    length, pitch, gain = (np.zeros(size, np.float32) for _ in range(3))
    for phoneme, (number, *_) in DEFAULT_PHONEME_ID_MAP.items():
        if phoneme in FRAMES or phoneme in MARKS:
            length[number] = FRAMES.get(phoneme, 1)
        elif phoneme[0] in VOWELS:
            length[number], pitch[number], gain[number] = 6, 2 + number % 4, 0.8
        else:
            length[number], pitch[number], gain[number] = 4, 6 + number % 9, 0.35
    # Half a frame less, and rounded up the same: so another pace is as often rounded too far as not far enough.
    return {"lengths": np.maximum(length - np.float32(0.5), 0), "pitches": pitch, "gains": gain}


def _model(speakers: int, ceilings: int) -> onnx.ModelProto:
    ramp = (np.arange(FRAME, dtype=np.float32) * np.float32(2 * np.pi / FRAME))[None]
    constants: dict[str, Any] = {
        **tables(), "ramp": ramp, "zero": np.float32(0), "one": np.float32(1), "half": np.float32(0.5),
        "first": np.int64(0), "second": np.int64(1), "axis1": np.array([1], np.int64),
        "axes01": np.array([0, 1], np.int64), "flat": np.array([-1], np.int64),
        "sound": np.array([1, 1, 1, -1], np.int64),
    }  # fmt: skip
    if speakers > 1:
        constants["speakers"] = np.arange(speakers, dtype=np.float32)
    nodes = [helper.make_node(kind, inputs.split(), [output]) for kind, inputs, output in _steps(speakers, ceilings)]
    nodes += [
        helper.make_node("Cast", ["later"], ["later_count"], to=TensorProto.INT64),
        helper.make_node("ReduceSum", ["later_count", "axis1"], ["index"], keepdims=0),
        helper.make_node("ReduceSum", ["frames"], ["total"], keepdims=0),
        helper.make_node("Cast", ["input_lengths"], ["heeded"], to=TensorProto.FLOAT),
    ]
    value = helper.make_tensor_value_info
    inputs = [
        value("input", TensorProto.INT64, ["batch", "phonemes"]),
        value("input_lengths", TensorProto.INT64, ["batch"]),
        value("scales", TensorProto.FLOAT, [3]),
    ]
    if speakers > 1:
        inputs.append(value("sid", TensorProto.INT64, ["batch"]))
    graph = helper.make_graph(
        in_order(nodes, {*constants, *(given.name for given in inputs)}),
        "toy",
        inputs,
        [value("output", TensorProto.FLOAT, ["batch", 1, 1, "time"])],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def _steps(speakers: int, ceilings: int) -> list[tuple[str, str, str]]:
    """Operator, inputs, output. Lengths are [1, 1, phonemes] where they are rounded up, as in a real voice."""
    return [
        ("Gather", "lengths input", "length"),
        ("Gather", "scales second", "length_scale"),
        ("Mul", "length length_scale", "scaled"),
        ("Unsqueeze", "scaled axis1", "scaled3"),
        ("Ceil", "scaled3", "rounded"),
        *[("Ceil", "rounded", f"rounded_again{number}") for number in range(ceilings - 1)],
        ("Squeeze", "rounded axes01", "frames"),
        ("CumSum", "frames first", "ends"),
        ("Range", "zero total one", "times"),
        ("Unsqueeze", "times axis1", "times2"),
        ("GreaterOrEqual", "times2 ends", "later"),
        ("Reshape", "input flat", "ids"),
        ("Gather", "ids index", "id"),
        ("Gather", "pitches id", "pitch"),
        ("Gather", "gains id", "gain"),
        # Each further speaker is one wave a frame higher; a number too high raises, as in a real voice.
        *([("Gather", "speakers sid", "higher")] if speakers > 1 else [("Identity", "zero", "higher")]),
        ("Add", "pitch higher", "raised"),
        ("Unsqueeze", "raised axis1", "raised2"),
        ("Unsqueeze", "gain axis1", "gain2"),
        ("Mul", "raised2 ramp", "phase"),
        ("Sin", "phase", "tone"),
        ("Mul", "tone gain2", "loud"),
        ("Mul", "loud half", "quieter"),
        ("Mul", "heeded zero", "nothing"),  # keeps the input in the graph
        ("Add", "quieter nothing", "samples"),
        ("Reshape", "samples sound", "output"),
    ]


def in_order(nodes: list[onnx.NodeProto], known: set[str]) -> list[onnx.NodeProto]:
    """The nodes sorted so that each follows those it needs: ONNX asks for that."""
    ordered: list[onnx.NodeProto] = []
    while nodes:
        ready = next(node for node in nodes if set(node.input) <= known)
        nodes.remove(ready)
        ordered.append(ready)
        known |= set(ready.output)
    return ordered
