"""A Piper voice ready to speak: loaded once a process, and made to tell how long each phoneme lasts."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from storyforge.errors import BackendFailed
from storyforge.narration.piper_files import VoiceFile
from storyforge.narration.protobuf import field, fields

INSTALL_AGAIN = "pip install --force-reinstall piper-tts, in a folder with a short path"
_SURE_PATH = 140  # bytes; espeak has kept paths in buffers of 160
_LOADING = threading.Lock()
_INPUTS, _SPEAKER = {"input", "input_lengths", "scales"}, "sid"
_SILENT = 4  # of onnxruntime's levels: what goes wrong is told by the error, and the terminal is the display's

# Piper tells of each phoneme that a voice lacks; without a handler Python would write that to the terminal.
logging.getLogger("piper").addHandler(logging.NullHandler())


def loaded(voice: VoiceFile, digest: str) -> Any:
    """The PiperVoice of a file with this digest. BackendFailed if it has changed since, or is damaged."""
    if problem := unusable():
        raise BackendFailed(problem, INSTALL_AGAIN)
    now = voice.digest
    if digest and now != digest:
        raise BackendFailed(f"The voice {voice.name} was changed while the film was made", "render again")
    with _LOADING:
        return _load(voice, now)


_TRY = "from piper.phonemize_espeak import EspeakPhonemizer; EspeakPhonemizer().phonemize('en-us', 'a')"


@cache
def unusable() -> str:
    """Why Piper cannot work here; '' if it can. Where it does not find its data, it ends the whole process."""
    try:
        from piper.phonemize_espeak import ESPEAK_DATA_DIR
    except ImportError as error:
        return f"Piper does not load: {error}"
    if not (ESPEAK_DATA_DIR / "phontab").is_file():
        return f"Piper's data is missing: {ESPEAK_DATA_DIR}"
    if len(str(ESPEAK_DATA_DIR).encode()) <= _SURE_PATH:
        return ""
    tried = subprocess.run([sys.executable, "-c", _TRY], capture_output=True, check=False)
    return "Piper's data lies at too long a path" if tried.returncode else ""


@lru_cache(maxsize=4)
def _load(voice: VoiceFile, digest: str) -> Any:
    import onnxruntime  # type: ignore[import-untyped]
    from piper import PiperVoice
    from piper.config import PiperConfig

    try:
        config = PiperConfig.from_dict(voice.config)
        model = with_durations(voice.path.read_bytes())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # lines are spoken side by side: no core waits for another within one
        options.log_severity_level = _SILENT
        options.enable_mem_pattern = False  # made for inputs of one size: here a fifth more memory, and no quicker
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no base of their own
        raise BackendFailed(f"The voice {voice.name} is damaged: {error}", voice.again) from error
    inputs = _INPUTS | ({_SPEAKER} if config.num_speakers > 1 else set())
    if {each.name for each in session.get_inputs()} != inputs:
        told = f"{voice.path.name} and {voice.config_path.name} do not belong together"
        raise BackendFailed(told, voice.again)
    return PiperVoice(session=session, config=config)


# Numbers of fields in onnx.proto.
_MODEL_GRAPH, _GRAPH_NODE, _GRAPH_OUTPUT, _NODE_OUTPUT, _NODE_OP_TYPE, _VALUE_NAME = 7, 1, 12, 2, 4, 1


def with_durations(model: bytes) -> bytes:
    """The ONNX model with its frames per phoneme as a second output: what its only `Ceil` node gives out.

    Protocol buffers merge: a second graph message, appended, adds its outputs to the first. It needs no onnx package.
    A model that tells its durations already, or has none or several such nodes, is returned as it is.
    """
    graphs = [bytes(graph) for number, graph in fields(memoryview(model)) if number == _MODEL_GRAPH]
    outputs = sum(number == _GRAPH_OUTPUT for graph in graphs for number, _ in fields(memoryview(graph)))
    ceilings = [name for graph in graphs for name in _ceilings(memoryview(graph))]
    if outputs != 1 or len(ceilings) != 1:
        return model
    value = field(_VALUE_NAME, ceilings[0])
    return model + field(_MODEL_GRAPH, field(_GRAPH_OUTPUT, value))


def _ceilings(graph: memoryview) -> Iterator[bytes]:
    for number, node in fields(graph):
        if number == _GRAPH_NODE:
            about = [(number, bytes(value)) for number, value in fields(node)]
            if (_NODE_OP_TYPE, b"Ceil") in about:
                yield from (value for number, value in about if number == _NODE_OUTPUT)
