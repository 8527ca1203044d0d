"""A full stop ends a sentence or only shortens a word; a table for each language in which lines are read with rules."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge.full_stops import mended
from storyforge.sentences import lines, sentences

WHOLE = {
    "en": [
        "It weighed 12 lbs. 4 oz. that day.", "He was 5 ft. 3 in. tall.", "The bridge was 5 ft. 3.",
        "Dr. Fox sat by Mrs. Owl and Prof. Hare.", "Animals, e.g. cats, sleep.", "Bring a hat, e.g. Grandpa's.",
        "The U.S.A. team won.", "No. 7 Oak St. is where she lives.", "See Fig. 3 on p. 12 of vol. 2.",
        "Jump, no. 1!", "She is our no. 1 fan.", "“Not no. 1 again!”", "My no. 5 men came.", "He lives at no. 5 now.",
        "We said she is no. 1 here.", "Add 2 tbsp. sugar and 1 tsp. salt.", "Approx. 20 mice came.",
        "It was George III. and he sat.", "At 5 p.m. Tom came.", "The Foxes, i.e. Tom and Ann, slept.",
        "J. R. R. Rabbit slept.", "On Jan. 3 it snowed.",
    ],
    "de": [
        "Der 1. FC Köln spielte.", "Omas 70. Geburtstag war schön.", "2. Kapitel", "Am 3. Mai kam er.",
        "Er wohnt im 4. Stock.", "Sie geht in die 3. Klasse.", "Zum 2. Mal lief er los.",
        "Der 2. Weltkrieg war lang.", "Am 1. Advent brennt eine Kerze.", "Mias 8. Lebensjahr begann.",
        "Er kam als 3. ins Ziel.", "Es regnete ca. 5 Tage.", "Wir essen z. B. heute Suppe.",
        "Wir essen z. B. Suppe, d. h. Eintopf.", "Dr. Bär und Prof. Fuchs kamen.", "Das war 333 v. Chr. in Asien.",
        "Ludwig II. war da.", "Nach 5 Min. Pause lief er.", "Am Mo. 3. Mai war es warm.",
    ],
    "fr": [
        "M. Ours dort.", "MM. Loup et Renard rient.", "Il vit au n. 5 ici.", "Le Dr. Lapin vient.",
        "Le prof. Hibou parle.", "Les bêtes, p. ex. les chats, dorment.", "Il est né en 50 av. J.-C. à Rome.",
        "Le chat, c.-à-d. Minou, dort.", "Il a couru 5 min. 30 sec. sans arrêt.", "Des pommes, etc. étaient là.",
        "Voir chap. 3 et fig. 2.",
    ],
    "es": [
        "Es el n. º 5 aquí.", "Es el n.º 5 aquí.", "Gana la 3.ª carrera.", "El Sr. Oso y la Dña. Osa comen.",
        "Vive en los EE. UU. con mamá.", "Nació en 50 a. C. en Roma.", "Hay animales, p. ej. gatos.",
        "Mira la pág. 12 aquí.", "D. Juan y Sta. Ana ríen.", "Tardó aprox. 5 horas.", "El cap. 3 es largo.",
        "Tardó 5 min. 30 seg. y ya.",
    ],
    "it": [
        "Il sig. Rossi e la Sig.ra Bianchi ridono.", "Il dott. Volpe viene.", "Vive al n. 5 di via Roma.",
        "Vedi pag. 12 e fig. 3.", "Nacque nel 50 a. C. a Roma.", "Gli animali, p. es. Micio, dormono.",
        "S. Francesco parlava.", "Mele, pere, ecc. erano lì.", "Aspetta 5 min. 30 sec. qui.", "Il cap. 3 è lungo.",
    ],
    "nl": [
        "Dhr. Beer en mevr. Muis lachen.", "Mw. Das en drs. Mol lachen.", "Hij woont op nr. 5 hier.",
        "Dieren, d. w. z. Poes en Hond, slapen.", "Onder meer, o. a. Jan, kwam.", "Zie blz. 12 van het boek.",
        "Het was 50 v. Chr. in Rome.", "Op 3 jan. 1900 sneeuwde het.", "Wacht 5 min. 30 sec. hier.",
        "Het woog ca. 5 kilo.", "Hoofdstuk 3, par. 2 begint.",
    ],
    "pt": [
        "Mora no n. º 5 aqui.", "Mora no n.º 5 aqui.", "Ganhou a 3.ª corrida.", "O Sr. Urso e a Sra. Ursa comem.",
        "Nasceu em 50 a. C. em Roma.", "Animais, p. ex. Gato e Cão, dormem.", "D. Maria e S. João riem.",
        "Veja a pág. 12 do livro.", "A Profa. Ana fala.", "Espere 5 min. 30 seg. aqui.", "Pesa aprox. 5 quilos.",
        "Mora na R. Augusta.",
    ],
    "pl": [
        "O godz. 8 wstał.", "Dr. Lis śpi.", "Św. Mikołaj przyszedł.", "Zwierzęta, np. Kot i Pies, śpią.",
        "Zobacz str. 12 tutaj.", "W 1900 r. Kraków był mały.", "Było ok. 5 myszy.", "To już 2. rozdział.",
        "Na 3. piętrze mieszka lis.", "Był p. Lis i p. Sowa.", "Żył w XX w. w Polsce.", "M. in. Kot spał.",
        "Czekał 5 min. 30 sek. tu.",
    ],
    "ru": [
        "Он, т. е. лис, спал.", "Он, т. е. Лис, спал.", "Звери, напр. Кот и Пёс, спят.", "А. С. Пушкин жил там.",
        "Живёт на ул. Ленина.", "Живёт в г. Москве.", "В 1900 г. Москва была мала.", "См. стр. 12 и гл. 3.",
        "Св. Николай пришёл.", "Коты, псы и др. звери спали.", "Стоит 5 руб. 30 коп. всего.",
        "Это было в 50 г. до н. э. в Риме.",
    ],
}  # fmt: skip

CUT = {
    "en": [
        "He said no. | 5 men came.", "“Oh no. | 3 dogs bark!”", "Her answer was no. | 5 men left.",
        "Mum told him no. | 2 boys laughed.", "It was 3 ft. | Then it grew.", "They came at 5 p.m. | They had tea.",
        "It weighed 3 lbs. | 4 men laughed.", "She lives in the U.S. | It is big.",
        "He was 70. | Yesterday he came.", "It was Plan B. | They ran.", "So am I. | Tom said so.",
        "He drank tea, milk, etc. | Then he slept.", "She sat on Main St. | Nobody came.",
        "He met Tom Fox Jr. | They talked.", "It was Henry VIII. | He was fat.",
        "It stood at no. 4. | The end came.",
    ],
    "de": [
        "Er war 70. | Gestern kam er.", "Er wurde 5. | August lachte.", "Oma wurde 70. | Opa gratulierte.",
        "Sie aßen Äpfel usw. | Dann schliefen sie.", "Das ist Plan B. | Er lief.",
        "Er sah Ludwig II. | Dann ging er.", "Das war im Jahr 1900. | Mai war es.",
        "Er fragte nach der Nr. | Sie schwieg.", "Da kam Jan. | Mia lachte.",
        "Das war 333 v. Chr. | Alexander siegte.", "Er war am Ende. | 3 Katzen kamen.",
        "Hier ist Nr. 5. | Komm herein.", "Es war der 3. | Am Abend schlief er.",
        "Er tat es auf seine Art. | Mia lachte.", "Es dauerte 5 Min. | Er wartete.",
    ],
    "fr": [
        "Il dit non. | Puis il dort.", "Il prit du pain, etc. | Puis il dort.", "Il vit au n. 5. | Marie aussi.",
        "Il court 5 min. | Puis il dort.", "C'est loin, aux U.S.A. | Marie rit.", "C'est le plan B. | Il court.",
        "Il vit en 50 av. J.-C. | Rome est petite.", "Il prit son vol. | Marie rit.", "C'est Louis XIV. | Il rit.",
    ],
    "es": [
        "Dijo que no. | Luego durmió.", "Vio el mar. | Ana también.", "Comió pan, leche, etc. | Luego durmió.",
        "Vive en EE. UU. | Ana también.", "Fue en 50 a. C. | Roma era pequeña.", "Hola a Ud. | Ana ríe.",
        "Tardó 5 min. | Luego durmió.", "Vio la pág. 12. | Ana durmió.", "Es el plan B. | ¿Quién corre?",
    ],
    "it": [
        "Disse di no. | Poi dormì.", "Disse di no. | 5 gatti risero.", "Ecco il re. | Anna ride.",
        "Andò al bar. | Anna pure.", "Mangiò pane, ecc. | Poi dormì.", "Vive al n. 5. | Anna pure.",
        "Fu nel 50 a. C. | Roma era piccola.", "Vide pag. 12. | Anna dormì.", "Corse 5 min. | Poi dormì.",
        "Vive negli U.S.A. | È lontano.",
    ],
    "nl": [
        "Hij zei nee. | Toen sliep hij.", "Hij at brood, enz. | Toen sliep hij.", "Het is ver. | Anna lacht.",
        "Het is plan B. | Hij rent.", "Het was 50 v. Chr. | Rome was klein.", "Hij rende 5 min. | Toen sliep hij.",
        "Kom binnen a.u.b. | Anna wacht.", "Zie blz. 12. | Anna slaapt.", "Hij telde tot 3. | Mei kwam.",
    ],
    "pt": [
        "Disse que não. | Depois dormiu.", "Comeu pão, leite, etc. | Depois dormiu.", "Tem 5. | Ana tem 6.",
        "Foi em 50 a. C. | Roma era pequena.", "Viu a pág. 12. | Ana dormiu.", "Correu 5 min. | Depois dormiu.",
        "Mora no n.º 5. | Ana também.", "Mora nos E.U.A. | É longe.", "É o plano B. | Os gatos correm.",
    ],
    "pl": [
        "Powiedział nie. | Potem spał.", "Jadł chleb itd. | Potem spał.", "Było to w 1900 r. | Kraków był mały.",
        "Zobacz str. 12. | Ania śpi.", "Biegł 5 min. | Potem spał.", "Przyszedł jako 3. | Ania jako 4.",
        "Było to w XX w. | Lis spał.", "Policzył do 3. | Maja śpi.", "To plan B. | Oni biegną.",
        "To był Jan III. | On się śmiał.",
    ],
    "ru": [
        "Он сказал нет. | Потом спал.", "Он ел хлеб, сыр и т. д. | Потом спал.", "Это был её муж. | Аня спит.",
        "Это было в 1900 г. | Москва была мала.", "Он бежал 5 мин. | Потом спал.", "Стоит 5 руб. | Аня платит.",
        "Это было в 50 г. до н. э. | Рим был мал.", "Там были коты и др. | Аня спит.", "См. стр. 12. | Аня спит.",
    ],
}  # fmt: skip


def test_every_language_has_eight_of_either_kind() -> None:
    assert all(len(kept) >= 8 and len(CUT[language]) >= 8 for language, kept in WHOLE.items())


@pytest.mark.parametrize(("language", "text"), [(language, text) for language in WHOLE for text in WHOLE[language]])
def test_a_sentence_stays_whole(language: str, text: str) -> None:
    assert [line.text for line in lines(text, language, ())] == [text]


@pytest.mark.parametrize(("language", "told"), [(language, told) for language in CUT for told in CUT[language]])
def test_sentences_are_cut(language: str, told: str) -> None:
    text = told.replace(" | ", " ")
    assert [line.text for line in lines(text, language, ())] == told.split(" | ")


anything = st.lists(
    st.sampled_from(
        "Dr|. |.|3|12| lbs|z. B|v. Chr|n|º|т. е|«|“|\n|И |I|B|no|etc|Am |Mai|Geburtstag|FC|J|,|!|a.m".split("|")
    )
    | st.text(max_size=3),
    max_size=25,
).map("".join)  # fmt: skip


@given(anything, st.sampled_from([*WHOLE, "zh", "xx"]))
@settings(max_examples=200, deadline=None)
def test_whatever_is_mended_the_pieces_are_the_text(text: str, language: str) -> None:
    assert "".join(sentences(text, language)) == text
    begins = mended(text, [], language)
    assert begins == sorted(set(begins)) and all(0 < each < len(text) for each in begins)


@pytest.mark.parametrize("text", ["a. ", "Dr. ", "5 ft. ", "J. R. ", "3. ", "z. B. ", "U.S.A. ", "no. 5 "])
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_page_of_full_stops_is_cut_in_a_moment(text: str, language: str) -> None:
    started = time.process_time()
    assert "".join(sentences(text * 5000, language)) == text * 5000
    assert time.process_time() - started < 8
