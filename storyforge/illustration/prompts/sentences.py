"""For encoders that are language models, and for T5: plain sentences, the subject and what it does first."""

from __future__ import annotations

from collections.abc import Iterator

from storyforge.illustration.prompts.seen import Seen, Somebody


def sentences(seen: Seen) -> str:
    """`Wide shot: The fox meets the owl. chronn Chroneon, a sleek silver fox …, leaping. Forest at night, …`"""
    said = [text for text in _said(seen) if text]
    if seen.shot:
        said[:1] = [": ".join((_capital(seen.shot), *said[:1]))]
    return " ".join(map(_ended, said))


def _said(seen: Seen) -> Iterator[str]:
    yield seen.action
    yield from map(_described, seen.people)
    yield _capital(", ".join(seen.setting))
    yield ", ".join(filter(None, (*seen.triggers, seen.style)))


def _described(one: Somebody) -> str:
    """`chronn Chroneon (the character in image 1), sleek silver fox …, leaping, with a happy expression`"""
    image = f"(the character in image {one.image})" if one.image else ""
    name = " ".join(filter(None, (one.trigger, one.name, image)))
    feels = f"with {'an' if one.feels[0] in 'aeiou' else 'a'} {one.feels} expression" if one.feels else ""
    return ", ".join(filter(None, (name, one.looks, *one.doing, feels)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]  # of our own words only: a LoRA's trigger is a word of its own making


def _ended(text: str) -> str:
    return text if text.endswith(("!", "?", "…", "。", "！", "？")) else text + "."
