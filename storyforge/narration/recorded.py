"""Narration from recordings that a parent or a child has made; what is missing is spoken by another narrator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, SerializeAsAny

from storyforge.backend import NamesFolder, Narrator, Progress, Unkeyed, Voice, find, unseen
from storyforge.errors import BackendFailed, BadSettings
from storyforge.narration.folders import shown
from storyforge.narration.listening import sound_of, speech_of
from storyforge.narration.long_recordings import part_of
from storyforge.narration.parting import Script
from storyforge.narration.recordings import STORY, SUFFIX, Recording, Shelf, mark_of, name_of, of_scene, shelf_at
from storyforge.narration.wanted import Wanted, missing_of, not_there, strays_of, unheard
from storyforge.sentences import Line
from storyforge.speech import Speech
from storyforge.story import Story
from storyforge.value import Value, canonical_json, digest


class Reader(Voice):
    """Somebody whose recordings lie on a shelf. The rest is the voice that speaks what is not recorded.

    `reads`: the speakers whose lines are read from it.
    """

    shelf: Shelf
    reads: tuple[str, ...]

    @property
    def stand_in(self) -> Voice:
        return Voice(**{name: getattr(self, name) for name in Voice.model_fields})


class Take(Value):
    """The recording in which a line is heard; `script`: all that is read in it, where it is more than this line."""

    recording: Recording
    script: Script | None = None


def _narrator(choice: Any) -> Any:
    if isinstance(choice, Narrator):
        return choice
    return find("narrator", "espeak" if choice == "auto" else choice, Narrator)  # type: ignore[type-abstract]


class Recorded(Narrator):
    """Reads from folders. Of the settings, none is heard: the recordings themselves are what a line is made from."""

    name: ClassVar[str] = "recorded"
    version: ClassVar[int] = 3

    folder: Annotated[
        str, Unkeyed, NamesFolder, Field(description="The narrator's recordings, and those of all without a `voice`")
    ] = ""
    fallback: Annotated[
        SerializeAsAny[Narrator],
        Unkeyed,
        BeforeValidator(_narrator),
        Field(description="Who speaks what is not recorded: auto, espeak, piper …", validate_default=True),
    ] = "auto"  # type: ignore[assignment]
    folders: Annotated[
        dict[str, str], Unkeyed, Field(description="Filled in from the cast: who is read from where")
    ] = {}
    shots: Annotated[tuple[tuple[Line, ...], ...], Unkeyed, Field(description="Filled in: the lines of the film")] = ()

    @property
    def title(self) -> str:
        return f"recordings, and {self.fallback.title}"

    @property
    def at_once(self) -> int:
        return self.fallback.at_once

    @property
    def speaking(self) -> Narrator:
        """With a folder of its own, it reads whoever has no voice: then nobody is to be given one."""
        return self if self.folder else self.fallback.speaking

    def mistakes(self) -> str:
        if not self.folder and not self.folders:
            return "no folder of recordings is named – narrator: {recorded: {folder: voices/me/}}"
        return self.fallback.mistakes()

    def check(self) -> str:
        return self.mistakes() or self.fallback.check()

    def unpronounceable(self, lexicon: Mapping[str, str], language: str) -> tuple[str, ...]:
        return self.fallback.unpronounceable(lexicon, language)

    def rehearsed(self, shots: Sequence[Sequence[Line]]) -> Self:
        return self.model_copy(update={"shots": tuple(tuple(lines) for lines in shots)})

    # ---- who reads what

    def cast_voices(self, story: Story, speakers: tuple[str, ...], extras: Mapping[str, Any]) -> dict[str, Voice]:
        """Readers, over the fallback's voices. What the fallback raises; BadSettings for a folder that is a muddle."""
        if wrong := self.mistakes():
            raise BadSettings(*wrong.split(" – ", 1))
        voices = dict(self.fallback.cast_voices(story, speakers, extras))
        folders = {key: found for key in voices if (found := self._folder_of(key, story))}
        shelves = {folder: shelf_at(folder) for folder in set(folders.values())}
        for key in folders:
            reads = tuple(sorted(other for other, folder in folders.items() if folder == folders[key]))
            voices[key] = reader = Reader(**dict(voices[key]), shelf=shelves[folders[key]], reads=reads)
            for what in sorted(self._of_lines(reader)):
                reader.shelf.of(what)  # two of the same are told of before anything is made
        return voices

    def _folder_of(self, key: str, story: Story) -> Path | None:
        """The narrator's, for all who have no voice of their own."""
        own_voice = key in story.cast and story.cast[key].voice is not None
        folder = self.folders.get(key) or ("" if own_voice else self.folder)
        return Path(folder).expanduser().absolute() if folder else None

    def _take(self, text: str, reader: Reader) -> Take | None:
        """Where a line is heard: in a recording of its own, else in its scene's, else in the story's."""
        if not mark_of(text):
            return None
        if recording := reader.shelf.of_line(text):
            return Take(recording=recording)
        for number, lines in enumerate(self.shots):
            recording = reader.shelf.of(of_scene(number)) if self._is_scene(number) else None
            if recording and text in (own := _own(lines, reader)):
                return Take(recording=recording, script=Script(lines=own, everybody=_all(lines)))
        if (recording := reader.shelf.of(STORY)) and self.shots:
            title, *scenes, end = self.shots
            told = [line for lines in scenes for line in lines]
            script = Script(
                lines=_own(told, reader), everybody=_all(told), title=_own(title, reader), end=_own(end, reader)
            )
            if script.lines and text in (*script.title, *script.lines, *script.end):
                return Take(recording=recording, script=script)
        return None

    def _is_scene(self, number: int) -> bool:
        """All others of the film are cards."""
        return 0 < number < len(self.shots) - 1

    # ---- a line

    def asked(self, text: str, voice: Voice, language: str, lexicon: Mapping[str, str]) -> dict[str, Any]:
        """What is not recorded is the fallback's, so it is found where it has spoken it before."""
        if not isinstance(voice, Reader):
            return self.fallback.asked(text, voice, language, lexicon)
        if (take := self._take(text, voice)) is None:
            return self.fallback.asked(text, voice.stand_in, language, lexicon)
        among = digest(canonical_json(take.script.model_dump(mode="json"))) if take.script else ""
        told = {"digest": take.recording.digest, "vouched_for": take.recording.vouched_for, "among": among}
        said = {"text": text, "language": language, "lexicon": dict(lexicon), "recording": told}
        if take.script and text in (*take.script.title, *take.script.end):  # it may not be there
            said["else"] = self.fallback.asked(text, voice.stand_in, language, lexicon)
        return {**said, "narrator": self.recipe()}

    def speak(
        self, text: str, voice: Voice, language: str, lexicon: Mapping[str, str], progress: Progress = unseen
    ) -> Speech:
        """float32 at the recording's own rate, 48 kHz at most. BackendFailed for one that is not of its text."""
        if not isinstance(voice, Reader):
            return self.fallback.speak(text, voice, language, lexicon, progress)
        if (take := self._take(text, voice)) is None:
            return self.fallback.speak(text, voice.stand_in, language, lexicon, progress)
        folder, recording = voice.shelf.folder, take.recording
        if take.script is None:
            sound = sound_of(folder, recording)
        elif (part := part_of(folder, recording, take.script, text, language)) is not None:
            sound = part
        else:
            progress(note=unheard(text, shown(Path(folder)) + recording.name, self.fallback.name))
            return self.fallback.speak(text, voice.stand_in, language, lexicon, progress)
        return speech_of(sound, text, language, lexicon, progress, vouched_for=recording.vouched_for)

    # ---- what is there, and what is missing

    def wanted(self, voices: Mapping[str, Voice]) -> tuple[Wanted, ...]:
        """Every line that could be recorded, in order, each once. To be asked when it has rehearsed."""
        found: dict[tuple[str, str], Wanted] = {}
        for line in (line for lines in self.shots for line in lines):
            reader, mark = voices.get(line.speaker), mark_of(line.text)
            if isinstance(reader, Reader) and mark and (reader.shelf.folder, mark) not in found:
                take = self._take(line.text, reader)
                found[reader.shelf.folder, mark] = Wanted(
                    speaker=line.speaker,
                    text=line.text,
                    folder=reader.shelf.folder,
                    name=name_of(line.text) + SUFFIX,
                    take=take.recording.name if take else "",
                )
        return tuple(found.values())

    def listened(self, lines: Sequence[Wanted], voices: Mapping[str, Voice], language: str) -> tuple[Wanted, ...]:
        """The same, with what is on a card taken for missing where the recording of the whole story is without it."""
        return tuple(
            line.model_copy(update={"take": "", "not_in": line.take})
            if line.take and self._unheard(line.text, voices[line.speaker], language)
            else line
            for line in lines
        )

    def _unheard(self, text: str, voice: Voice, language: str) -> bool:
        """Only of what may be missing; whether the rest is right is told when it is listened to."""
        take = self._take(text, voice) if isinstance(voice, Reader) else None
        if take is None or take.script is None or text not in (*take.script.title, *take.script.end):
            return False
        assert isinstance(voice, Reader)
        try:
            return part_of(voice.shelf.folder, take.recording, take.script, text, language) is None
        except BackendFailed:
            return False

    def tellers(self, voices: Mapping[str, Voice]) -> tuple[str, ...]:
        takes = {
            isinstance(reader := voices[line.speaker], Reader) and self._take(line.text, reader) is not None
            for lines in self.shots[1:-1]
            for line in lines
            if mark_of(line.text)
        }
        others = self.fallback.tellers(voices) if takes != {True} else ()
        return (*others, *([self.name] if True in takes else []))

    def notes(self, voices: Mapping[str, Voice]) -> tuple[str, ...]:
        """What is missing of each folder, and the sounds in it that are of no line of this story."""
        readers, lines = _readers(voices), self.wanted(voices)
        missing = (missing_of(reader.shelf, lines, self.fallback.name) for reader in readers)
        return (*self.lacking(voices), *filter(None, missing), *self.strays(voices))

    def lacking(self, voices: Mapping[str, Voice]) -> tuple[str, ...]:
        """A note on each folder that is not there."""
        return tuple(filter(None, (not_there(reader.shelf) for reader in _readers(voices))))

    def strays(self, voices: Mapping[str, Voice]) -> tuple[str, ...]:
        """A note on each folder in which there are sounds that are of no line of this story."""
        return tuple(filter(None, (strays_of(each.shelf, self._of_lines(each)) for each in _readers(voices))))

    def _of_lines(self, reader: Reader) -> set[str]:
        """All that recordings of this reader's can be of, as `Recording.of` tells it."""
        found: set[str] = set()
        for number, lines in enumerate(self.shots):
            if own := _own(lines, reader):
                found |= {STORY, *map(mark_of, own), *([of_scene(number)] if self._is_scene(number) else [])}
        return found


def _readers(voices: Mapping[str, Voice]) -> list[Reader]:
    """One for each folder."""
    readers = {voice.shelf.folder: voice for voice in voices.values() if isinstance(voice, Reader)}
    return list(readers.values())


def _own(lines: Sequence[Line], reader: Reader) -> tuple[str, ...]:
    return tuple(line.text for line in lines if line.speaker in reader.reads and mark_of(line.text))


def _all(lines: Sequence[Line]) -> tuple[str, ...]:
    return tuple(line.text for line in lines if mark_of(line.text))
