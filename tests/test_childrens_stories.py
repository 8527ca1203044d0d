"""A cast for stories as children write them: small letters, no commas, wrong spelling, Mr Fox and a dog called max."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from storyforge.backend import Proposal
from storyforge.planning.rules import Rules
from storyforge.story import Story, shown_name


class Told(NamedTuple):
    language: str
    text: str
    people: dict[str, str]
    """Key -> words that the looks have, of those that are told."""


STORIES = {
    "foxes": Told(
        "en",
        "Mr Fox and Mrs Fox lived in a den under a hill. “It is cold,” said Mrs Fox. “I will get wood,” said Mr Fox. "
        "They had three cubs. The cubs were hungry.",
        {"mr_fox": "fox", "mrs_fox": "fox", "cubs": "three cubs"},
    ),
    "my dog": Told(
        "en",
        "my dog max is big and brown. he likes to run. one day we went to the park. WOOF said max. a cat was in the "
        "tree. max ran to the tree and the cat was scared",
        {"max": "big brown dog", "cat": "cat"},
    ),
    "a cat by name": Told(
        "en",
        "Anna lived in a small house. Her cat, Whiskers, hissed. “Stop it,” said Anna. Whiskers ran under the bed.",
        {"anna": "girl", "whiskers": "cat"},
    ),
    "called": Told(
        "en",
        "there was a boy called tim. he had a red hat and he was small. tim saw a dragon. the dragon was green and it "
        "was sad. why are you sad said tim. i have no friends said the dragon. tim gave him his hat.",
        {"tim": "small boy, red hat", "dragon": "green dragon"},
    ),
    "my sister": Told(
        "en",
        "my sister lily is five. she has yelow hair. we have a rabbit called snowball. snowball is white and fluffy. "
        "one day snowball ran away. oh no said lily. lily was cryin. then we fond snowball in the gardn",
        {"lily": "girl, yellow hair", "snowball": "white fluffy rabbit"},
    ),
    "run on": Told(
        "en",
        "Once upon a time there was a robot named Zip Zip was silver and he had big eyes BEEP BOOP said Zip he met a "
        "girl her name was Emma Emma had a blue dress hello said Emma do you want to play yes said Zip",
        {"zip": "silver robot, big eyes", "emma": "girl, blue dress"},
    ),
    "a unicorn": Told(
        "en",
        "the unicorn was called Sparkle and she was pink and purpel. she lived with her best frend Dotty the ladybird. "
        "Dotty was red with black spots. NEIGH! said Sparkle. HELP cried Dotty",
        {"sparkle": "pink purple unicorn", "dotty": "red ladybird, black spots"},
    ),
    "three bears": Told(
        "en",
        "mama bear and papa bear lived in the woods with baby bear. baby bear was very small and had a blue hat. who "
        "ate my soup said papa bear. not me said mama bear",
        {"mama_bear": "bear", "papa_bear": "bear", "baby_bear": "small, bear, blue hat"},
    ),
    "no introduction": Told(
        "en",
        "anna and ben went to the beach. lets swim said ben. ben jumped in the water. anna had a green hat. anna said "
        "no. a crab came. the crab was red and had big eyes. ouch said ben",
        {"anna": "green hat", "ben": "", "crab": "red crab, big eyes"},
    ),
    "a witch": Told(
        "en",
        "Wendy the witch was old. she had a black cat called Midnight. midnight had green eyes. MEOW said midnight. "
        "Wendys hat was purple.",
        {"wendy": "old witch, purple hat", "midnight": "black cat"},
    ),
    "one name for two": Told(
        "en",
        "Mr Plum and Mrs Plum had a shop. “Bread!” said Mr Plum. “Cake!” said Mrs Plum. A girl came in.",
        {"mr_plum": "man", "mrs_plum": "woman", "girl": "girl"},
    ),
    "Katze": Told(
        "de",
        "Lotte saß am Fenster. Lottes Katze Mimi fauchte. „Was ist denn?“, fragte Lotte. Mimi sprang auf das Bett.",
        {"lotte": "child", "mimi": "cat"},
    ),
    "klein": Told(
        "de",
        "es war einmal ein kleiner hund der hieß bello. bello war braun und hatte lange ohren. er hatte eine freundin "
        "die katze minka. wau sagte bello. miau sagte minka. dann gingen sie in den wald",
        {"bello": "small brown dog, long ears", "minka": "cat"},
    ),
    "Herr Dachs": Told(
        "de",
        "Frau Maus besuchte Herrn Dachs. „Guten Tag“, sagte Frau Maus. Herr Dachs gähnte. Sie trug einen roten Hut.",
        {"frau_maus": "mouse, red hat", "herr_dachs": "badger"},
    ),
    "falsch geschrieben": Told(
        "de",
        "Es war einmal eine Prinzessin die hies Rosa. Sie hatte ein blaues Kleid und eine Krone. Ihr Freund war der "
        "Drache Feuerzahn. Feuerzahn war gruen und gross. Komm sagte Rosa. Ja sagte Feuerzahn.",
        {"rosa": "princess, blue dress, crown", "feuerzahn": "green big dragon"},
    ),
    "Hund": Told(
        "de",
        "mein opa hat einen hund. der hund heißt rex und ist schwarz. opa und rex gehen jeden tag in den park. einmal "
        "war rex weg. rex rief opa. da kam rex mit einem ball.",
        {"opa": "grandfather", "rex": "black dog"},
    ),
}


def cast_of(story: Story) -> dict[str, Proposal]:
    return {each.key: each for each in Rules().propose(story)}


@pytest.mark.parametrize("name", STORIES)
def test_everybody_of_a_childs_story_is_found_and_looks_as_it_tells(name: str) -> None:
    language, text, people = STORIES[name]
    found = cast_of(Story(title="T", language=language, story=text))
    assert found.keys() == people.keys()
    for key, told in people.items():
        looks = found[key].character.looks
        assert all(phrase in looks for phrase in told.split(", ")), looks


@pytest.mark.parametrize("name", STORIES)
def test_with_this_cast_nobody_is_missing_any_more(name: str) -> None:
    language, text, people = STORIES[name]
    story = Story(title="T", language=language, story=text)
    cast = {key: each.character for key, each in cast_of(story).items()}
    story = story.model_copy(update={"cast": cast})
    assert Rules().propose(story) == ()
    seen = {actor.who for scene in Rules().plan(story).scenes for actor in scene.characters}
    assert seen & people.keys()


def proposed(text: str, language: str = "en") -> dict[str, Proposal]:
    return cast_of(Story(title="T", language=language, story=text))


def test_a_colour_that_is_told_is_no_other_in_the_looks() -> None:
    for text, colour in (
        ("“Hi,” said Tom. His hat was green.", "green hat"),
        ("Three mice lived in a barn. They were grey. “Cheese!” said the mice.", "three grey mice"),
        ("Tom the dragon was red with black spots. Tom flew.", "a red dragon with black spots"),
    ):
        [one] = proposed(text).values()
        assert colour in one.character.looks
        assert not any(colour.split()[-1] in phrase for phrase in one.invented)


def test_a_name_in_small_letters_is_shown_with_a_capital_and_found_as_it_is_written() -> None:
    tim = proposed("there was a boy called tim. tim ran. hello said tim")["tim"].character
    assert shown_name("tim", tim) == "Tim"
    assert tim.aliases == ("tim",)


def test_german_bynames_are_in_the_nominative_and_only_once() -> None:
    text = (
        "Der Fuchs ging in den Wald. Dort traf er den alten Bären. „Hallo“, sagte der Bär. „Hallo“, sagte der Fuchs. "
        "Der Bär hieß Bruno. Der Fuchs lachte. Dann sah der Fuchs den alten Bären wieder."
    )
    found = proposed(text, "de")
    assert found["bruno"].character.aliases == ("der alte Bär", "der Bär")
    assert found["fuchs"].character.aliases == ()
    herr = proposed("Er besuchte Herrn Dachs. Herr Dachs gähnte.", "de")["herr_dachs"].character
    assert (herr.name, herr.aliases, herr.pronouns) == ("", ("Herrn Dachs",), "he")


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("my dog food is gone said tom. tom was sad. tom ran home", {"tom", "dog"}),
        ("the fish tank was empty. dinner was a fish. dinner was good.", {"fish"}),
        ("there was a boy. there was a girl. the boy ran.", {"boy", "girl"}),
        ("a boy called loudly for his dog. he called for help.", {"boy", "dog"}),
        ("he saw a dragon Tim ran away. Tim was a small boy. “Help!” cried Tim.", {"tim"}),
        ("Her cat, Anna and Tom went to the park. “Run!” said Anna. “No,” said Tom.", {"anna", "tom", "cat"}),
        ("Outside the dog barked. Later the cat came.", {"dog", "cat"}),
    ],
)
def test_not_every_word_beside_an_animal_is_its_name(text: str, people: set[str]) -> None:
    assert proposed(text).keys() == people


def test_milk_is_no_german_cat() -> None:
    text = "Lena gab der Katze Milch. Die Katze trank die Milch. „Lecker“, sagte die Katze. Lena lachte."
    assert proposed(text, "de").keys() == {"lena", "katze"}


def test_a_cry_is_nobodys_name() -> None:
    assert proposed("Max ran. WOOF said Max. Help cried Max.").keys() == {"max"}
    assert proposed("BMO ran. Hello said BMO. BMO laughed. BMO said no.").keys() == {"bmo"}
