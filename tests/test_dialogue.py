"""Who says each quote, by the patterns in which tales write their dialogues."""

from __future__ import annotations

import pytest

from storyforge.planning.rules import Rules
from storyforge.sentences import lines, sentences
from storyforge.story import Character, Story

CAST = {
    "hugo": Character(looks="an old owl", pronouns="he"),
    "mira": Character(looks="a small girl", pronouns="she"),
    "bruno": Character(looks="a big bear", pronouns="he"),
}


def speakers(text: str, language: str) -> str:
    scenes = Rules().plan(Story(title="A", story=text, language=language, cast=CAST)).scenes
    assert "".join(scene.text for scene in scenes) == text
    return " ".join(quote or "-" for scene in scenes for quote in scene.quotes)


TAG_BEFORE = [
    ("en", "Hugo said, “I am here.” Mira cried, “Hooray!”", "hugo mira"),
    ("en", "Hugo said: “I am here.” Mira cried: “Hooray!”", "hugo mira"),
    ("en", "Hugo said, “Come here!” Mira cried, “Hooray!”", "hugo mira"),
    ("en", "Bruno said, “Come in.” And Mira said, “Thank you.” And Hugo said, “Good night.”", "bruno mira hugo"),
    ("en", "Bruno shouted, “No!” and Mira whispered, “Yes.”", "bruno mira"),
    ("en", "Hugo said, “I am here,” and Mira cried, “Hooray!” Then Hugo said: “Good.”", "hugo mira hugo"),
    ("en", "Hugo said, “Come,” and then added, “It is late.”", "hugo hugo"),
    ("en", "Bruno asked Mira, “Are you tired?” Mira said to Bruno, “No.”", "bruno mira"),
    ("en", "Mira smiled at Bruno, “Come.” Bruno said: “No.”", "mira bruno"),
    ("en", "When Bruno called, “Come in,” said Mira.", "mira"),
    ("de", "Hugo sagte: „Ich bin da.“ Mira rief: „Hurra!“", "hugo mira"),
    ("de", "Hugo fragte: „Wer ist da?“ Da rief Mira: „Ich!“ Bruno brummte: „Schon gut.“", "hugo mira bruno"),
    ("de", "Bruno sagte: „Komm.“ Und Mira sagte: „Danke.“ Und Hugo sagte: „Gute Nacht.“", "bruno mira hugo"),
    ("fr", "Hugo dit : « Je suis là. » Mira cria : « Hourra ! »", "hugo mira"),
    ("es", "Hugo dijo: «Estoy aquí». Mira gritó: «¡Viva!».", "hugo mira"),
    ("it", "Hugo disse: «Sono qui.» Mira gridò: «Evviva!»", "hugo mira"),
]
TAG_AFTER = [
    ("en", "“I am here,” said Hugo. “Hooray!” cried Mira.", "hugo mira"),
    ("en", "“I am here,” said Hugo. Mira cried, “Hooray!”", "hugo mira"),
    ("en", "“I am here,” said Hugo, and Mira cried, “Hooray!”", "hugo mira"),
    ("en", "“Come here!” Bruno roared, and Mira said, “No.”", "bruno mira"),
    ("en", "Hugo said, “I am here.” “Hooray!” cried Mira.", "hugo mira"),
    ("de", "„Komm“, sagte Mira, und Bruno brummte: „Nein.“", "mira bruno"),
    ("fr", "« Viens », dit Mira. « Non ! » cria Bruno.", "mira bruno"),
    ("es", "«Ven», dijo Mira. «¡No!», gritó Bruno.", "mira bruno"),
]
IN_THE_MIDDLE = [
    ("en", "“Come,” said Mira, “it is late.” “I am,” said Bruno, “coming.”", "mira mira bruno bruno"),
    ("en", "“Come,” said Mira, “it is late.” Bruno said, “No.”", "mira mira bruno"),
    ("en", "“Well,” Hugo said, “I am here.” Mira cried, “Hooray!”", "hugo hugo mira"),
    ("en", "“Come,” said Mira, and she looked at Bruno, “it is late.”", "mira mira"),
    ("de", "„Komm“, sagte Mira, „es ist spät.“ Bruno brummte: „Nein.“", "mira mira bruno"),
    ("fr", "« Viens », dit Mira, « il est tard. » Bruno dit : « Non. »", "mira mira bruno"),
    ("es", "«Ven», dijo Mira, «es tarde». Bruno dijo: «No».", "mira mira bruno"),
]
PRONOUNS_AND_TURNS = [
    ("en", "“Come,” said Mira. She added, “It is late.”", "mira mira"),
    ("en", "“Are you tired?” Bruno asked Mira. “No,” she said.", "bruno mira"),
    (
        "en",
        "Mira looked at Bruno. “Tea?” she asked.\n\nHe nodded and said, “Please.” She asked, “Milk?”",
        "mira bruno mira",
    ),
    ("en", "“Tea?” said Mira.\n\n“Please,” said Bruno.\n\n“Milk?”\n\n“Yes.”", "mira bruno mira bruno"),
    ("de", "„Komm!“, rief Mira. Dann flüsterte sie: „Bitte.“", "mira mira"),
    ("de", "„Tee?“, fragte Mira.\n\n„Bitte“, sagte Bruno.\n\n„Milch?“\n\n„Ja.“", "mira bruno mira bruno"),
    ("fr", "« Du thé ? » dit Mira.\n\n« Oui », dit Bruno.\n\n« Du lait ? »\n\n« Oui. »", "mira bruno mira bruno"),
    ("es", "«¿Té?», dijo Mira.\n\n«Sí», dijo Bruno.\n\n«¿Leche?»\n\n«Sí».", "mira bruno mira bruno"),
]
DASHES = [
    ("fr", "— Non, dit Bruno.", "bruno"),
    ("fr", "— Viens ! cria Mira.\n— Non, répondit Bruno.\n— Il est tard, murmura-t-elle.", "mira bruno mira"),
    ("fr", "— Du thé ? dit Mira.\n— Oui, dit Bruno.\n— Du lait ?\n— Oui.", "mira bruno mira bruno"),
    ("fr", "— Non, dit Bruno en riant, je reste ici.", "bruno bruno"),
    ("fr", "— Où vas-tu ? demanda l’ours.", "-"),
    ("fr", "— Viens, dit Mira.\n— Non, dit-il.", "mira -"),
    ("es", "—Ven —susurró Mira—. Es tarde.\n\n—¡No! —gritó Bruno.", "mira mira bruno"),
    ("es", "—Ven —dijo Mira sonriendo—: es tarde.", "mira mira"),
    ("es", "—Ven —dijo Mira.\n\n—No —dijo Bruno.\n\n—Es tarde —dijo ella.", "mira bruno mira"),
    ("es", "—Ven —dijo Mira.\n\n—No —dijo Bruno.\n\n—¿Por qué?\n\n—Porque no —dijo.", "mira bruno mira bruno"),
    ("es", "—Ven —dijo Mira.\n\n—No —dijo el lobo.", "mira -"),
    ("pl", "— Chodź — powiedziała Mira. — Jest późno.\n— Nie! — krzyknął Bruno.", "mira mira bruno"),
    ("pt", "— Vem — sussurrou Mira —, é tarde.", "mira mira"),
    ("it", "— Vieni — sussurrò Mira. — È tardi.", "mira mira"),
]


@pytest.mark.parametrize(("language", "text", "who"), TAG_BEFORE)
def test_what_leads_to_a_quote_tells_who_says_it(language: str, text: str, who: str) -> None:
    assert speakers(text, language) == who


@pytest.mark.parametrize(("language", "text", "who"), TAG_AFTER)
def test_what_follows_a_quote_tells_who_says_it(language: str, text: str, who: str) -> None:
    assert speakers(text, language) == who


@pytest.mark.parametrize(("language", "text", "who"), IN_THE_MIDDLE)
def test_a_tag_in_the_middle_tells_of_both_sides(language: str, text: str, who: str) -> None:
    assert speakers(text, language) == who


@pytest.mark.parametrize(("language", "text", "who"), PRONOUNS_AND_TURNS)
def test_pronouns_and_turns_tell_who_speaks(language: str, text: str, who: str) -> None:
    assert speakers(text, language) == who


@pytest.mark.parametrize(("language", "text", "who"), DASHES)
def test_dashes_tell_speech_from_tag(language: str, text: str, who: str) -> None:
    assert speakers(text, language) == who


def test_words_that_lead_to_a_quote_begin_a_sentence() -> None:
    text = "Hugo said, “I am here.” Mira cried, “Hooray!” And Bruno said: “No.”"
    assert [each.strip() for each in sentences(text, "en")] == [
        "Hugo said, “I am here.”", "Mira cried, “Hooray!”", "And Bruno said: “No.”",
    ]  # fmt: skip
    pauses = [line.after for line in lines(text, "en", ("hugo", "mira", "bruno"))]
    assert pauses == ["piece", "sentence", "piece", "sentence", "piece", "paragraph"]
    assert len(sentences("“Come!” Mira said, “it is late.”", "en")) == 1
