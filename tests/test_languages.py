"""Which language a text is in: told only where it is sure."""

from __future__ import annotations

import pytest

from storyforge.languages import language_note, other_language

TALES = {
    "en": "Once upon a time there was a little fox. She was hungry, and one day they went with her to the river.",
    "de": "Es war einmal ein kleiner Fuchs, der wohnte am Rand des Waldes. „Komm“, sagte Bruno, „es ist nicht weit.“",
    "fr": "Il était une fois un petit renard qui vivait dans la forêt. Le matin, elle est partie avec les autres.",
    "es": "Érase una vez un zorrito que vivía con su madre. Un día ella dijo que no había pan y los dos salieron.",
    "it": "C’era una volta una volpe che non era grande. Un giorno il nonno disse che era con lei, ma non c’era più.",
    "nl": "Er was eens een kleine vos. Hij was niet groot, en het was ver naar het huis van zijn oma.",
    "pt": "Era uma vez uma raposinha que não tinha um amigo. Um dia ela disse para o pai que estava triste.",
    "pl": "Nie był duży i nie miał przyjaciół, ale to był dobry lis. Już się nie bał, i tak jest do dziś.",
    "sv": "Det var en gång en liten räv som bodde i skogen. Han var inte stor, men han hade ett hus.",
    "ru": "Жила-была лисичка. Она жила в лесу.",
    "el": "Μια φορά κι έναν καιρό ήταν μια αλεπού.",
    "ja": "むかしむかし、きつねがいました。",
    "zh": "从前，有一只小狐狸。",
}


@pytest.mark.parametrize("language", TALES)
def test_a_tale_in_another_language_than_it_says_is_told(language: str) -> None:
    for said in ("en", "de-AT", "fr", "ru", "ja"):
        here = said.partition("-")[0] == language or (said, language) == ("ja", "zh")
        assert other_language(TALES[language], said) == ("" if here else language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A fox ran.", "de"),
        ("", "de"),
        ("☂ 12", "ru"),
        ("“Der die das und ist,” said Bo, and they went home with her, and that was what he would have said.", "en"),
        (TALES["sv"], "nb"),
        (TALES["ru"], "uk"),
        (TALES["en"], "sw"),
        ("Hapo zamani za kale palikuwa na mbweha mdogo aliyeishi karibu na msitu mkubwa.", "en"),
        (f"{TALES['en']} {TALES['de']}", "en"),
    ],
)
def test_where_it_is_not_sure_nothing_is_told(text: str, language: str) -> None:
    assert language_note(text, language) == ""


def test_the_note_tells_what_to_write() -> None:
    assert "write `language: de`" in language_note(TALES["de"], "en")
