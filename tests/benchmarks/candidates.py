"""The settings that `encoders.py` compares."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Candidate:
    """Options as ffmpeg takes them, without the quality, for which each of `crfs` is tried."""

    name: str
    encoder: str
    crfs: tuple[int, ...]
    options: dict[str, str] = field(default_factory=dict)
    pixels: str = "yuv420p"

    def arguments(self, crf: int) -> list[str]:
        options = [part for name, value in self.options.items() for part in (f"-{name}", value)]
        return ["-c:v", self.encoder, "-crf", str(crf), "-g", "120", "-pix_fmt", self.pixels, *options]


LEAN = "rc-lookahead=3:sync-lookahead=0:bframes=3:b-adapt=0:b-pyramid=none:weightp=0"


def x264(
    name: str, preset: str, params: str = "", threads: int = 1, crfs: tuple[int, ...] = (18, 21), **more: str
) -> Candidate:
    options = {"preset": preset, "threads": str(threads), **more}
    return Candidate(f"x264 {name}", "libx264", crfs, options | ({"x264-params": params} if params else {}))


def x265(name: str, preset: str, params: str = "", crfs: tuple[int, ...] = (18, 21)) -> Candidate:
    options = {"preset": preset, "x265-params": f"log-level=error:pools=none:frame-threads=1{params}", "threads": "1"}
    return Candidate(f"x265 {name}", "libx265", crfs, options, "yuv420p10le")


def svt(name: str, preset: int, params: str = "") -> Candidate:
    options = {"preset": str(preset), "svtav1-params": f"lp=1{params}"}
    return Candidate(f"svt-av1 {name}", "libsvtav1", (22, 28), options, "yuv420p10le")


PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow")

VARIED = {
    "one B-frame": "bframes=1",
    "no B-frames": "bframes=0",
    "two B-frames": "bframes=2",
    "no mbtree": "mbtree=0",
    "lookahead 1": "rc-lookahead=1",
    "lookahead 10": "rc-lookahead=10",
    "me dia": "me=dia",
    "subme 1": "subme=1",
    "subme 3": "subme=3",
    "subme 4": "subme=4",
    "ref 2": "ref=2",
    "no trellis": "trellis=0",
    "aq-mode 0": "aq-mode=0",
    "aq-mode 2": "aq-mode=2",
    "aq-mode 3": "aq-mode=3",
    "aq 0.6": "aq-strength=0.6",
    "qcomp 0.7": "qcomp=0.7",
    "deblock -1": "deblock=-1,-1",
    "no psy": "psy=0",
}

SIMPLE = "sync-lookahead=0:b-adapt=0:b-pyramid=none:weightp=0:me=dia:subme=1:bframes=2"

SHARE = f"{SIMPLE}:aq-strength=0.7:rc-lookahead=3:partitions=none"

COMBINED = {
    "lookahead 3": "rc-lookahead=3",
    "lookahead 10": "rc-lookahead=10",
    "aq 0.7, lookahead 3": "aq-strength=0.7:rc-lookahead=3",
    "aq 0.7, lookahead 6": "aq-strength=0.7:rc-lookahead=6",
    "aq 0.7, lookahead 10": "aq-strength=0.7:rc-lookahead=10",
    "aq 0.7, lookahead 20": "aq-strength=0.7:rc-lookahead=20",
    "aq 0.7, lookahead 10, one B": "aq-strength=0.7:rc-lookahead=10:bframes=1",
    "aq 0.7, lookahead 10, three B": "aq-strength=0.7:rc-lookahead=10:bframes=3",
    "aq 0.7, lookahead 10, no partitions": "aq-strength=0.7:rc-lookahead=10:partitions=none",
    "aq 0.7, lookahead 10, i partitions": "aq-strength=0.7:rc-lookahead=10:partitions=i4x4,i8x8",
    "aq 0.7, lookahead 10, subme 0": "aq-strength=0.7:rc-lookahead=10:subme=0",
    "aq 0.7, lookahead 10, subme 2": "aq-strength=0.7:rc-lookahead=10:subme=2",
}

BY_HAND = {
    "1.4": "ipratio=1.4:pbratio=1.3",
    "2": "ipratio=2:pbratio=1.3",
    "2.8": "ipratio=2.8:pbratio=1.3",
    "2, B 1.6": "ipratio=2:pbratio=1.6",
}
"""Without mbtree, by how much finer key frames are than the others; no frame is looked at ahead."""

HEVC = "open-gop=0:b-pyramid=0:b-adapt=0:bframes=2:rc-lookahead=3"

CANDIDATES = (
    *(x264(f"simple, {name}", "veryfast", f"{SIMPLE}:{change}", crfs=(18, 17)) for name, change in COMBINED.items()),
    *(
        x264(
            f"simple, aq 0.7, no mbtree, I {name}",
            "veryfast",
            f"{SIMPLE}:aq-strength=0.7:mbtree=0:rc-lookahead=0:{change}",
            crfs=(21,),
        )
        for name, change in BY_HAND.items()
    ),
    x264("share", "veryfast", SHARE, crfs=(17, 18, 24)),
    x264("share with lookahead 6", "veryfast", f"{SIMPLE}:aq-strength=0.7:rc-lookahead=6:partitions=none", crfs=(18,)),
    x264(
        "share with subme 0",
        "veryfast",
        f"{SHARE}:subme=0",
        crfs=(17, 24),
    ),
    x264(
        "share with three B",
        "veryfast",
        f"{SHARE}:bframes=3",
        crfs=(17,),
    ),
    x264("ultrafast", "ultrafast", crfs=(28,)),
    x264("simple, aq 0.5, lookahead 3", "veryfast", f"{SIMPLE}:aq-strength=0.5:rc-lookahead=3"),
    x264("simple, aq 0.7, lookahead 3, ref 2", "veryfast", f"{SIMPLE}:aq-strength=0.7:rc-lookahead=3:ref=2"),
    x264("simple, aq 0.7, lookahead 3, superfast", "superfast", f"{SIMPLE}:aq-strength=0.7:rc-lookahead=3"),
    x264("veryfast lean", "veryfast", LEAN, crfs=(18, 20, 16, 14)),
    *(x264(f"veryfast lean, {name}", "veryfast", f"{LEAN}:{change}", crfs=(18,)) for name, change in VARIED.items()),
    *(
        x264(f"veryfast lean, tune {tune}", "veryfast", LEAN, crfs=(18,), tune=tune)
        for tune in ("animation", "grain", "film")
    ),
    *(x264(preset, preset, crfs=(18,)) for preset in PRESETS),
    *(x264(f"{preset} lean", preset, LEAN) for preset in ("superfast", "faster", "fast")),
    x264("veryfast lean, 2 threads", "veryfast", LEAN, threads=2, crfs=(18,)),
    x264("veryfast, 2 threads", "veryfast", threads=2, crfs=(18,)),
    x265("archive", "superfast", f":{HEVC}", crfs=(14, 16, 18)),
    x265("archive with veryfast", "veryfast", f":{HEVC}", crfs=(18,)),
    *(x265(preset, preset) for preset in ("ultrafast", "superfast", "veryfast", "faster")),
    *(svt(str(preset), preset) for preset in (12, 10, 8, 6, 5)),
)
