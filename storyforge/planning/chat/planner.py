"""The planner that asks a language model: Ollama on this machine, or any server that speaks OpenAI's protocol."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import Field

from storyforge.backend import (
    UNPLANNED,
    Address,
    PartPlanner,
    Private,
    Progress,
    Proposal,
    Reworded,
    Rewording,
    Section,
    Unkeyed,
    unseen,
)
from storyforge.errors import BadSettings, StoryforgeError
from storyforge.story import Story
from storyforge.storyboard import Part, Planning, Storyboard
from storyforge.value import digest

if TYPE_CHECKING:
    from storyforge.planning.chat.question import Hear, Message, Reply
    from storyforge.planning.chat.server import ChatServer
    from storyforge.planning.chat.talk import Talk

_HERE = re.compile(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?", re.IGNORECASE)

ABOUT_THE_CAST = 2500  # tokens of a proposal
THOUGHTS = 4096  # tokens for a model that thinks first

CONTEXT = 8192
"""Tokens: what a model of 8 billion parameters reads at once on a card of 8 GB, beside its weights."""


class Chat(PartPlanner):
    """Needs a running server and a model in it. The model decides; the story's own words stay untouched."""

    name: ClassVar[str] = "chat"
    version: ClassVar[int] = 1

    url: Annotated[
        str, Unkeyed, Address, Field(description="Address of the server (…/v1); else Ollama on this machine")
    ] = ""
    model: Annotated[str, Field(description="Name of the model; else the one that was pulled last")] = ""
    key_from: Annotated[
        str, Unkeyed, Private, Field(description="Environment variable that holds the server's key")
    ] = ""
    context: Annotated[int, Field(description="Tokens that the model may look at at once", ge=4096, le=262144)] = (
        CONTEXT
    )
    temperature: Annotated[float, Field(description="0 is the surest, 1 the freest", ge=0, le=2)] = 0.3
    seed: Annotated[int, Field(description="Another number, another storyboard", ge=0, lt=2**31)] = 1
    think: Annotated[bool, Field(description="Whether it may think first: slower, perhaps better")] = False
    patience: Annotated[
        float, Unkeyed, Field(description="Seconds without a sign of life before it is given up", gt=0, le=86400)
    ] = 300.0

    # ---- what is planned

    def window(self, story: Story, start: int) -> int:
        from storyforge.planning.chat.sizing import window

        return window(story, start, self.context)

    def plan(self, story: Story, progress: Progress = unseen) -> Storyboard:
        return PartPlanner.plan(self._ready(progress), story, progress)

    def part(self, section: Section, before: Part | None, progress: Progress = unseen) -> Part:
        from storyforge.planning.chat.parts import planned

        planner = self._ready(progress)
        part = planned(section, before, planner._ask, progress, planner.model)
        for note in shortened(part.notes):
            progress(note=note)
        return part

    # ---- what else a language model can do for a story

    @property
    def rewords(self) -> bool:
        return True

    def reword(self, text: str, wanted: Rewording, language: str, progress: Progress = unseen) -> Reworded:
        from storyforge.planning.chat.rewording import reworded

        talk = self._talk(progress, len(text) + 400)
        told, notes = reworded(text, wanted, language, talk.ask, wanted.names)
        return Reworded(text=told, costs=talk.costs, notes=notes)

    def propose(self, story: Story, progress: Progress = unseen) -> tuple[Proposal, ...]:
        from storyforge.planning.chat.casting import proposals

        talk = self._talk(progress, ABOUT_THE_CAST)
        room = (self.context - ABOUT_THE_CAST) * 2  # characters: half a token each, in scripts with large alphabets
        return proposals(story, talk.ask, room)

    def _talk(self, progress: Progress, most: int) -> Talk:
        from storyforge.planning.chat.talk import Talk

        return Talk(self._ready(progress)._ask, progress, most)

    # ---- the server

    @property
    def title(self) -> str:
        """`chat with qwen3:8b`, and where it is asked if that is not this machine."""
        called = f"{self.name} with {self.model}" if self.model else self.name
        return called if _HERE.fullmatch(self._place) else f"{called} at {self._place}"

    @property
    def _place(self) -> str:
        """Host (and port) of the server, without a name and password."""
        from storyforge.planning.chat.ollama_host import ollama_url

        url = self.url.strip() or ollama_url()
        return (url if "://" not in url else urlsplit(url).netloc).rpartition("@")[2].partition("/")[0]

    def settled(self) -> Self:
        from storyforge.planning.chat.server import when_ready

        return self if self.model else self._with(when_ready(self._choice, self.patience, lambda text: None))

    def as_before(self, planning: Planning) -> Self:
        """With the model that planned the last time, unless the user names one or another server."""
        if self.model or not planning.model or planning.server != self._place:
            return self
        return self._with(planning.model)

    def planning(self) -> Planning:
        return Planning(planner=self.name, model=self.model, server=self._place)

    def narrowed(self, story: Story) -> Story:
        """With as much of everybody's looks as the model is shown, and without what it does not plan."""
        from storyforge.planning.chat.wording import LOOKS

        cast = {
            key: each.model_copy(update={"looks": " ".join(each.looks.split()[:LOOKS])})
            for key, each in story.cast.items()
        }
        none = dict.fromkeys(UNPLANNED)
        scenes = tuple(scene.model_copy(update=none) for scene in story.scenes)
        return story.model_copy(update={"cast": cast, "scenes": scenes})

    def recipe(self) -> dict[str, Any]:
        """With what else decides a plan: the rules, which complete it, and what the model is told to do."""
        from storyforge.planning.chat.wording import template
        from storyforge.planning.rules import Rules

        return {**super().recipe(), "rules": Rules.version, "told": digest(template())[:12]}

    def mistakes(self) -> str:
        try:
            self._key()
        except BadSettings as error:
            return str(error)
        return ""

    def check(self) -> str:
        try:
            from storyforge.planning.chat.choosing import named, stop_if_it_leaves

            server = self._server
            stop_if_it_leaves(named(self.model, server).name if self.model else self._choice(), server)
        except StoryforgeError as error:
            return str(error)
        return ""

    def described(self) -> str:
        """`qwen3:8b, by Ollama at 127.0.0.1:11434`"""
        return f"{self.model or self._choice()}, by {self._server.program} at {self._server.name}"

    @property
    def _server(self) -> ChatServer:
        return _server_at(self.url, self._key(), self.patience, os.environ.get("OLLAMA_HOST", ""))

    def _key(self) -> str:
        if not self.key_from:
            return ""
        if key := os.environ.get(self.key_from, "").strip():
            return key
        raise BadSettings(
            f"The environment variable {self.key_from}, which `key_from` names, is not set",
            f"set it (export {self.key_from}=…), or take `key_from` out of the settings",
        )

    def _ready(self, progress: Progress) -> Self:
        """The same, settled; before anything of the story is sent anywhere. A server that has no time is waited for."""
        from storyforge.planning.chat.choosing import stop_if_it_leaves
        from storyforge.planning.chat.server import when_ready

        def staying() -> str:
            model = self.model or self._choice()
            stop_if_it_leaves(model, self._server)
            return model

        return self._with(when_ready(staying, self.patience, lambda text: progress()))

    def _with(self, model: str) -> Self:
        return self if self.model == model else type(self)(**{**dict(self), "model": model})

    def _choice(self) -> str:
        from storyforge.planning.chat.choosing import choice

        return choice(self._server)

    def _ask(self, messages: Sequence[Message], answer: dict[str, Any] | None, most: int, hear: Hear) -> Reply:
        from storyforge.planning.chat.question import Question

        question = Question(
            model=self.model,
            messages=tuple(messages),
            answer=answer,
            most=most + (THOUGHTS if self.think else 0),
            context=self.context,
            temperature=self.temperature,
            seed=self.seed,
            think=self.think,
        )
        return self._server.ask(question, hear)


def shortened(notes: Sequence[str], most: int = 6) -> Iterator[str]:
    """For the screen: what is most important, which comes last, and how much else there is in the storyboard."""
    yield from notes[-most:]
    if len(notes) > most:
        yield f"and {len(notes) - most} more small faults were mended: see `planning` at the end of storyboard.yaml"


@lru_cache(maxsize=8)
def _server_at(url: str, key: str, patience: float, ollama_host: str) -> ChatServer:
    """One for all questions: it remembers what its program refused, and keeps its connections.

    `ollama_host` is what '' stands for at the moment.
    """
    from storyforge.planning.chat.server import server_at

    return server_at(url, key, patience)
