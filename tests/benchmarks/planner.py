"""What planning by a language model costs: requests, and tokens in and out, for the sample stories.

    python -m tests.benchmarks.planner
    python -m tests.benchmarks.planner http://127.0.0.1:11434 qwen3:8b

Without an address, a server of the tests' own answers in the form asked for, scenes of about ten seconds by the rules:
the questions are the real ones, the answers as long as a careful model's, and tokens are counted as 4 characters of a
question and 3.6 of an answer (see docs/benchmarks.md). With an address, a real model is measured by its server's own
count. Asked: under 120 tokens out a scene.
"""

from __future__ import annotations

import sys

from storyforge.planning.chat.planner import Chat
from storyforge.story import Story
from storyforge.story_file import load_story
from tests.chat_director import direct
from tests.conftest import ROOT
from tests.fakes import FakeChat

ANSWER = 3.6  # characters a token in an answer: see docs/benchmarks.md


def main(url: str = "", model: str = "") -> None:
    for path in sorted((ROOT / "stories").glob("*.yaml")):
        story = load_story(path).story
        if url:
            measured(path.stem, story, Chat(url=url, model=model), None)
        else:
            with FakeChat(direct) as chat:
                measured(path.stem, story, Chat(url=chat.url, model="toy:8b"), chat)


def measured(name: str, story: Story, planner: Chat, chat: FakeChat | None) -> None:
    board = planner.plan(story)
    costs = board.planning.costs
    out = round(4 * costs.tokens_out / ANSWER) if chat else costs.tokens_out
    print(
        f"plan of {name} ({len(story.text.split())} words): {costs.requests} requests, {costs.tokens_in} tokens in, "
        f"{out} out: {out / len(board.scenes):.0f} a scene (asked: 120); {len(board.scenes)} scenes, "
        f"{len(board.planning.notes)} faults mended" + ("" if chat else f", {costs.seconds:.1f} s"),
        flush=True,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
