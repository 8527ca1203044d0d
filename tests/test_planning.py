from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge.backend import Planner, find
from storyforge.errors import BadStory
from storyforge.planning.cutting import seconds_of
from storyforge.planning.rules import Rules
from storyforge.quotes import quote_spans
from storyforge.sentences import sentences
from storyforge.story import Character, Story, WrittenScene
from storyforge.story_file import load_story
from storyforge.storyboard import (
    EFFECTS,
    EXPRESSIONS,
    MOODS,
    PLACES,
    POSES,
    TIMES,
    WEATHERS,
    Scene,
    Storyboard,
)
from storyforge.value import canonical_json

STORIES = Path(__file__).parent.parent / "stories"


SAMPLES = {path.stem: load_story(path).story for path in sorted(STORIES.glob("*.yaml"))}


def plan(text: str, **fields: Any) -> Storyboard:
    return Rules().plan(Story(title="Test", story=text, **fields))


def only_scene(text: str, **fields: Any) -> Scene:
    [scene] = plan(text, pace=60, **fields).scenes
    return scene


def acting(scene: Scene) -> dict[str, tuple[str, str]]:
    return {actor.who: (actor.pose, actor.expression) for actor in scene.characters}


FOXES = {
    "mia": Character(pronouns="she", looks="a small red fox with a blue hat"),
    "bo": Character(pronouns="he", looks="a tall grey badger", aliases=("the old digger",)),
}


# ---- the cut


def test_it_is_found_by_its_name() -> None:
    assert find("planner", "rules", Planner) == Rules()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_joined_scenes_of_a_sample_are_the_story(name: str) -> None:
    assert Rules().plan(SAMPLES[name]).text == SAMPLES[name].text


WORDS = "Mia|Bo|the owl| said |. |! |, |\n\n|\n|“|”|„|\"|ran|in the forest|they|everyone|不|。|🦊| |no dragon|'|— "
words = st.sampled_from(WORDS.split("|"))


@given(st.lists(words, min_size=1, max_size=60).map(" ".join) | st.text(min_size=1, max_size=150))
@settings(max_examples=120, deadline=None)
def test_the_joined_scenes_are_the_story(text: str) -> None:
    if text.strip():
        for language in ("en", "de", "zh"):
            board = plan(text, language=language, cast=FOXES, pace=3.0)
            assert board.text == text
            for scene in board.scenes:
                assert len(scene.quotes) == len(quote_spans(scene.text))


@pytest.mark.parametrize("name", SAMPLES)
def test_scenes_of_the_samples_are_about_as_long_as_the_pace(name: str) -> None:
    story = SAMPLES[name]
    seconds = [seconds_of(scene.text.strip()) for scene in Rules().plan(story).scenes]
    assert min(seconds) > 4 and max(seconds) < 1.9 * story.pace
    assert 0.8 < sum(seconds) / len(seconds) / story.pace < 1.25


def test_no_sentence_is_cut_unless_it_is_very_long() -> None:
    text = SAMPLES["eevee-saga"].text
    starts, position = set(), 0
    for sentence in sentences(text, "en"):
        starts.add(position)
        position += len(sentence)
    position = 0
    for scene in plan(text).scenes:
        assert position in starts
        position += len(scene.text)
    endless = "The boat sailed on, past the rocks and the seals, " * 30 + "and slept."
    assert max(seconds_of(scene.text) for scene in plan(endless).scenes) < 15


@pytest.mark.parametrize("text", ["", "  \n \n", "\u3000"])
def test_an_empty_story_is_an_error_with_a_remedy(text: str) -> None:
    with pytest.raises(BadStory) as error:
        plan(text)
    assert "story: |" in error.value.remedy


def test_emoji_alone_are_one_scene() -> None:
    assert len(plan("🦊 🎉\n\n🌙 ✨\n\n😴").scenes) == 1


def test_other_languages_fall_back_to_names_and_paragraphs() -> None:
    board = plan("小狐跑了。\n\n“快跑！”小狐说。", language="zh", cast={"fox": Character(name="小狐")}, pace=3)
    assert board.scenes[0].characters[0].who == "fox"
    assert len(plan("Lisica je spala. " * 20, language="hr").scenes) > 1


def test_a_novel_is_planned_in_seconds() -> None:
    text = SAMPLES["eevee-saga"].text
    story = SAMPLES["eevee-saga"].model_copy(update={"story": text * 30})
    started = time.process_time()
    board = Rules().plan(story)
    assert board.text == story.text
    assert time.process_time() - started < 6  # 22,000 words; about 1 s on a free core


def test_the_same_story_gives_the_same_storyboard_in_another_process() -> None:
    here = canonical_json(Rules().plan(SAMPLES["der-drache-der-niesen-musste"]).model_dump(mode="json"))
    code = (
        "import sys; sys.path.insert(0, 'tests'); from test_planning import *;"
        "print(canonical_json(Rules().plan(SAMPLES['der-drache-der-niesen-musste']).model_dump(mode='json')))"
    )
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True,
        cwd=STORIES.parent, env={"PYTHONHASHSEED": "7", "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert there.stdout.strip() == here


# ---- hand-made scenes


def test_hand_made_scenes_stay_as_they_are_and_what_they_say_wins() -> None:
    made = (
        WrittenScene(
            text="Mia ran. She fell.",
            place="desert",
            time="night",
            camera="hold",
            title="One",
            seed=7,
            transition="iris",
        ),
        WrittenScene(text="Bo waved in the forest.", characters=("mia",), prompt="a fox", weather="fog"),
        WrittenScene(text=" "),
    )
    story = Story(title="Test", scenes=made, cast=FOXES)
    board = Rules().plan(story)
    assert board.text == story.text
    one, two, _ = board.scenes
    assert one.text == "Mia ran. She fell.\n\n"
    assert (one.place, one.time, one.camera, one.title, one.seed) == ("desert", "night", "hold", "One", 7)
    assert (one.transition, two.transition) == ("iris", None)
    assert (two.place, two.time, two.weather, two.prompt) == ("forest", "night", "fog", "a fox")
    assert [actor.who for actor in two.characters] == ["mia"]


def test_hand_made_scenes_with_strangers_name_the_cast() -> None:
    made = (WrittenScene(text="A"), WrittenScene(text="B", characters=("mio",), camera="zoom"))
    with pytest.raises(BadStory) as error:
        Rules().plan(Story(title="Test", scenes=made, cast=FOXES))
    assert "mia, bo" in error.value.mistakes[0] and "push-in" in error.value.mistakes[1]


def test_a_transition_that_nobody_knows_is_refused_with_those_that_there_are() -> None:
    made = (WrittenScene(text="A"), WrittenScene(text="B", transition="wipe"))
    with pytest.raises(BadStory) as error:
        Rules().plan(Story(title="Test", scenes=made))
    there = "cut, dissolve, dip-to-black, dip-to-white, page-turn, iris"
    assert error.value.mistakes == (f"scenes.2.transition – cannot be 'wipe' – there are: {there}",)


# ---- who, where, when


def test_names_aliases_and_pronouns_are_found() -> None:
    assert set(acting(only_scene("Mia ran. The old digger waved.", cast=FOXES))) == {"mia", "bo"}
    assert acting(only_scene("Mia met Bo. He sat down. She ran.", cast=FOXES)) == {
        "mia": ("run", "calm"),
        "bo": ("sit", "calm"),
    }
    scene = only_scene("Mia and Bo came home. At night they slept.", cast=FOXES)
    assert acting(scene) == {"mia": ("sleep", "sleepy"), "bo": ("sleep", "sleepy")}


def test_a_name_that_is_also_a_word_needs_its_capital() -> None:
    cast = {"rose": Character(), "owl": Character(name="Hoot")}
    assert acting(only_scene("A rose grew there. Hoot slept.", cast=cast)).keys() == {"owl"}


def test_everyone_is_everyone_met_so_far() -> None:
    cast = {**FOXES, "lu": Character()}
    assert set(acting(only_scene("Mia ran. Bo ran. Everyone danced.", cast=cast))) == {"mia", "bo"}


def test_walk_ons_become_extras_with_looks() -> None:
    board = plan("An old grey owl sat on a branch. The owl yawned. Three mice danced.", cast=FOXES)
    assert board.extras["owl"].looks == "an old grey owl"
    assert board.extras["mice"].looks == "three mice"
    assert set(acting(board.scenes[0])) == {"owl", "mice"}


def test_names_that_are_in_no_cast_are_found_with_their_looks() -> None:
    board = plan("Once a small brown mouse named Pip lived here. He was brave. “Hi,” said Tessa.")
    assert board.extras["pip"] == Character(name="Pip", pronouns="he", looks="a small brown mouse")
    assert board.extras["tessa"].name == "Tessa"
    assert plan("Es war einmal ein alter Igel namens Oskar.", language="de").extras["oskar"].looks == "an old hedgehog"


def test_the_noun_for_somebody_of_the_cast_is_that_one() -> None:
    board = plan("Mia ran. The fox fell over.", cast=FOXES)
    assert acting(board.scenes[0]).keys() == {"mia"} and not board.extras


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Mia walked through the forest.", "forest"),
        ("Mia left the forest and came to the beach.", "beach"),
        ("Mia sat in the kitchen and dreamed of the sea.", "home"),
        ("Mia sat in the kitchen. There was no castle far and wide.", "home"),
        ("Mia's eyes were as blue as the ocean. She climbed the mountain.", "mountain"),
        ("“I want to see the desert,” said Mia in the cave.", "cave"),
    ],
)
def test_places_are_where_things_happen(text: str, place: str) -> None:
    assert only_scene(text, cast=FOXES).place == place


def test_place_and_time_stay_until_the_text_moves_on() -> None:
    board = plan("At night Mia sat in the castle.\n\n“Hello,” said Mia. “Is anybody here at all?”", cast=FOXES, pace=3)
    assert [(scene.place, scene.time) for scene in board.scenes] == [("castle", "night")] * 2


def test_what_is_negated_or_imagined_is_not_shown() -> None:
    scene = only_scene("There was no dragon. Mia was not afraid. She never fought.", cast=FOXES)
    assert acting(scene) == {"mia": ("stand", "determined")}
    assert acting(only_scene("Mia remembered Bo.", cast=FOXES)).keys() == {"mia"}


def test_fighters_clash_and_weather_is_seen() -> None:
    scene = only_scene("In the storm Mia attacked and Bo fought back.", cast=FOXES)
    assert acting(scene) == {"mia": ("fight", "fierce"), "bo": ("fight", "fierce")}
    assert scene.weather == "storm" and scene.effects[0] == "clash"


def test_somebody_elses_verb_is_not_the_actors() -> None:
    assert acting(only_scene("Mia watched the river run.", cast=FOXES))["mia"][0] == "look"
    assert acting(only_scene("Snow fell on Mia.", cast=FOXES))["mia"][0] == "stand"
    assert acting(only_scene("Mia took the lamp and ran.", cast=FOXES))["mia"][0] == "run"


def test_the_action_says_who_does_what_where_and_when() -> None:
    scene = only_scene("At night Mia and Bo ran over the mountain. It snowed.", cast=FOXES)
    assert scene.action == "Mia and Bo run through a mountain pass in falling snow at night"


def test_headings_are_titles_and_stay_with_their_chapter() -> None:
    board = plan("The Lost Hat\n\n" + "Mia searched the whole long meadow. " * 8, cast=FOXES, pace=5)
    assert board.scenes[0].title == "The Lost Hat" and "searched" in board.scenes[0].text


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_use_the_vocabulary_and_varied_moves(name: str) -> None:
    board = Rules().plan(SAMPLES[name])
    for scene in board.scenes:
        assert scene.place in PLACES and scene.time in TIMES and scene.weather in WEATHERS and scene.mood in MOODS
        assert set(scene.effects) <= set(EFFECTS) and scene.title and scene.action and len(scene.characters) <= 5
        assert all(actor.pose in POSES and actor.expression in EXPRESSIONS for actor in scene.characters)
    moves = [scene.camera for scene in board.scenes]
    assert all(len(set(moves[at : at + 3])) > 1 for at in range(len(moves) - 2))
    assert len({quote for scene in board.scenes for quote in scene.quotes if quote}) >= 3


# ---- who speaks


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("“Run!” said Mia. “Now!”", ["mia", "mia"]),
        ("Mia asked: “Where?” “There,” Bo answered.", ["mia", "bo"]),
        ("“Who is it?” asked the owl.", ["owl"]),
        ("Mia turned round. “Who is there?”", ["mia"]),
        ("“Oh!” Mia sat down.", ["mia"]),
        ("Mia saw Bo. “Hello,” he said.", ["bo"]),
        ("“Hi, Bo,” said Mia.\n\n“Hi,” said Bo.\n\n“Tea?”\n\n“Please.”", ["mia", "bo", "mia", "bo"]),
        ("Bo waited. “Hi, Bo,” said Mia.\n\n“You are late.”", ["mia", "bo"]),
        ("“Hi, Bo,” said Mia. “Hi,” said Bo. “Tea?” “Please.” “Sugar?”", ["mia", "bo", "bo", "mia", "bo"]),
        ("“Run!” somebody shouted.", [""]),
        ("The sign said “Keep out” in red. Mia ran.", []),
    ],
)
def test_quotes_find_their_speakers(text: str, speakers: list[str]) -> None:
    board = plan(text, cast=FOXES)
    assert [quote for scene in board.scenes for quote in scene.quotes] == speakers


def test_quotes_find_their_speakers_in_german() -> None:
    text = "„Komm!“, rief Mia. „Schnell!“ Bo schaute auf. „Warum?“, fragte er. „Darum“, sagte sie."
    board = plan(text, cast=FOXES, language="de")
    assert [quote for scene in board.scenes for quote in scene.quotes] == ["mia", "mia", "bo", "mia"]


def test_the_saga_is_directed_as_it_was_written() -> None:
    scenes = Rules().plan(SAMPLES["eevee-saga"]).scenes
    travel = list(dict.fromkeys(scene.place for scene in scenes))
    assert travel == "meadow forest ocean mountain ruins volcano cave space castle festival home".split()
    battle = next(scene for scene in scenes if "They clashed" in scene.text)
    assert acting(battle).keys() == {"eevee", "voideon"} and "clash" in battle.effects and battle.place == "space"
    assert {actor.pose for actor in scenes[-2].characters} <= {"sleep", "lie"} and len(scenes[-2].characters) == 5


def test_the_bedtime_story_is_directed_as_it_was_written() -> None:
    scenes = Rules().plan(SAMPLES["the-moons-lost-mitten"]).scenes
    assert list(dict.fromkeys(scene.place for scene in scenes)) == ["home", "meadow", "forest", "sky"]
    assert {scene.time for scene in scenes} == {"night"} and {scene.season for scene in scenes} == {"winter"}
    assert acting(scenes[-1]) == dict.fromkeys(("tilly", "moon", "hugo"), ("sleep", "sleepy"))


def test_the_german_story_is_directed_as_it_was_written() -> None:
    board = Rules().plan(SAMPLES["der-drache-der-niesen-musste"])
    travel = list(dict.fromkeys(scene.place for scene in board.scenes))
    assert travel == ["meadow", "forest", "mountain", "village", "festival", "home"]
    assert board.extras["eule"].looks == "an old owl"
    sneeze = next(scene for scene in board.scenes if "HATSCHI" in scene.text)
    assert sneeze.quotes == ("funki",)


def test_talk_keeps_the_sleeper_awake() -> None:
    text = "Mia slept in the forest, and the whole long night was warm.\n\n“Psst,” said Bo. “Mia!”\n\n“Yes?” said Mia."
    last = plan(text, cast=FOXES, pace=3).scenes[-1]
    assert acting(last)["mia"][0] == "lie"


def test_a_quiet_scene_keeps_who_was_there() -> None:
    board = plan(
        "Mia ran through the long, dark forest.\n\nThe leaves rustled. It rained all night.", cast=FOXES, pace=3
    )
    assert [acting(scene).keys() for scene in board.scenes] == [{"mia"}, {"mia"}]


def test_someone_unknown_does_not_borrow_a_voice() -> None:
    board = plan("“Hello,” said Mia.\n\n“Who is there?” asked a deep voice.", cast=FOXES, pace=60)
    assert board.scenes[0].quotes == ("mia", "")


def test_a_crowd_in_one_endless_paragraph_is_planned_in_seconds() -> None:
    text = "".join(f"Name{number % 300} ran and they ate. " for number in range(4000))
    cast = {f"key{number}": Character(name=f"Name{number}") for number in range(300)}
    started = time.process_time()
    assert plan(text, cast=cast).text == text
    assert time.process_time() - started < 6


# ---- whole tales, as a film director would read them: (language, cast, text, places in turn, who says each quote)

TALES = [
    (
        "en",
        {
            "rosalind": Character(pronouns="she", looks="a young knight in dented silver armour", aliases=()),
            "grumble": Character(pronouns="he", looks="a huge green dragon with tiny glasses", aliases=("the dragon",)),
        },
        """
Rosalind rode up to the castle at sunset. There was no dragon on the roof. There was no dragon in the moat. She
was not afraid at all.

“Hello?” she called. “I have come to fight you!”

In the library, between two towers of books, the dragon looked up. “Oh bother,” said Grumble. “Can it wait until
I finish this chapter?”

Rosalind sat down beside him. “What is it about?”

“A princess who dreams of the sea,” he sighed.

The next morning they flew over the desert together, with a picnic basket between them. Far below a caravan of
camels looked like a string of beads.

At noon they landed on the beach, and Rosalind ran into the waves, armour and all. Grumble laughed so hard that
he breathed fire and made toast.
""",
        "castle home desert beach",
        "rosalind rosalind grumble grumble rosalind grumble",
    ),
    (
        "en",
        {},
        """
In the deep winter wood, a hare and an old badger quarrelled about soup. The hare said it needed carrots. The
badger said it needed onions. It snowed and snowed.

"Onions!" shouted the badger.

"Carrots!" shouted the hare.

"Onions!"

"Carrots!"

They threw snowballs. They wrestled in the snow. At dusk a robin flew down and tasted the soup. "Salt," she
said, and flew away.

Later, by the fireplace, the two of them ate in silence. It was very good soup. The badger smiled. The hare hugged him.
""",
        "forest home",
        "badger hare badger hare robin",
    ),
    (
        "en",
        {
            "nuri": Character(pronouns="he", looks="a boy with a striped jumper", aliases=()),
            "abena": Character(pronouns="she", looks="a girl with a yellow hat", aliases=("his sister",)),
        },
        """
Chapter One

On a windy Saturday Nuri built a kite out of newspaper. It was the ugliest kite in the world, and he loved it.

"It looks like a squashed pigeon," said Abena.

"It is a dragon," said Nuri.

They carried it up the hill. The kite wobbled. The kite hopped. Then the wind grabbed it and the string tore,
and away it flew over the river!

Chapter Two

Nuri and his sister ran through the town. They ran past the bakery, across the bridge and into the dark wood.
Rain began to fall. "I don't like it here," whispered Nuri.

Abena took his hand. "Neither do I. But dragons don't give up."

High in an oak tree hung the kite, and beside it sat a crow. "Finders keepers," croaked the crow.

"We'll swap," said Abena. "One kite for one shiny button."

The crow thought hard. "Two buttons."

"Deal!" cried Nuri.

At teatime they were back in the kitchen with wet socks and hot cocoa. The kite lay on the table. "It really
does look like a dragon now," said Abena, and Nuri grinned from ear to ear.
""",
        "meadow village forest home",
        "abena nuri nuri abena crow abena abena crow nuri abena",
    ),
    (
        "de",
        {},
        """
Es war einmal ein Frosch namens Quentin. Er wohnte in einem Teich hinter der alten Mühle und hatte Angst vor dem
Wasser.

„Spring doch!“, rief die Ente. „Das Wasser ist warm!“

„Vielleicht morgen“, murmelte Quentin und versteckte sich unter einem Blatt.

Am Nachmittag zog ein Gewitter auf. Blitze zuckten über dem Hügel. Da hörte Quentin ein leises Weinen. Ein
kleines Küken trieb auf dem Teich und zitterte.

Ohne nachzudenken sprang Quentin hinein. Er schwamm und schwamm, bis er das Küken erreichte. „Halt dich fest!“,
sagte er.

Am Abend schien die Sonne wieder. Alle Tiere tanzten am Ufer, und die Ente umarmte den Frosch. „Siehst du“,
sagte sie, „du kannst ja schwimmen.“
""",
        "beach ocean",
        "ente ente quentin quentin ente ente",
    ),
    (
        "de",
        {
            "jette": Character(pronouns="she", looks="a girl with a pirate hat", aliases=()),
            "kalle": Character(pronouns="he", looks="a small grey donkey", aliases=()),
        },
        """
Jette und der Esel Kalle segelten über das Meer. Die Sonne schien, und das Boot schaukelte.

„Land in Sicht!“, brüllte Jette.

„Ich sehe nur Wasser“, sagte Kalle.

„Du hältst das Fernrohr falsch herum!“

Auf der Insel wartete ein Papagei. Er trug eine Augenklappe. „Losungswort?“, krächzte er.

„Bitte?“, fragte Kalle höflich.

„Richtig!“, rief der Papagei und flatterte vor Freude um die Palme.

In einer dunklen Höhle fanden sie eine Kiste. Kein Gold war darin und kein Silber. Darin lagen lauter Kekse. Sie
setzten sich in den Sand und aßen, bis die Sterne am Himmel standen.
""",
        "beach cave",
        "jette kalle jette papagei kalle papagei",
    ),
]


@pytest.mark.parametrize(("language", "cast", "text", "places", "speakers"), TALES)
def test_a_tale_is_directed_as_it_was_written(
    language: str, cast: dict[str, Character], text: str, places: str, speakers: str
) -> None:
    scenes = plan(text.strip(), language=language, cast=cast).scenes
    assert " ".join(dict.fromkeys(scene.place for scene in scenes)) == places
    assert " ".join(quote for scene in scenes for quote in scene.quotes) == speakers


def test_a_cry_as_long_as_a_line_is_nobodys_name() -> None:
    cry = "A" * 90
    assert plan(f"“Help!” said {cry}. {cry} ran. “Oh!” cried {cry}.").extras == {}
