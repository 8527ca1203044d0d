"""Training data: the right pictures with the right words, settings that musubi-tuner reads, and nothing of the user's
overwritten."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tomllib
from pathlib import Path, PurePosixPath, PureWindowsPath

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from storyforge.commands.cast import cast_export, scene_numbers
from storyforge.errors import BadSettings, StoryforgeError, UnknownName
from storyforge.output import Output, output_for
from storyforge.settings import Settings
from storyforge.story import Character, Lora, Story
from storyforge.story_file import StoryFile, load_story
from storyforge.storyboard import Actor, Scene
from storyforge.training import MEMORIES, MODELS, Example, Export, examples, export
from storyforge.training.captions import scene_caption, trigger_of
from storyforge.training.musubi import commands, dataset_toml, repeats, shell_line, steps, toml_string
from storyforge.value import digest
from tests.films import STORY, render, settings_for

STYLE = "watercolour, warm light"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A finished film of three scenes: Mira alone, Mira with Bruno, both of them."""
    folder = tmp_path_factory.mktemp("film")
    (folder / "mitten.yaml").write_text(f"style: {STYLE}\n{STORY}", "utf-8")
    settings = settings_for(folder)
    render(folder / "mitten.yaml", settings)
    return settings


@pytest.fixture
def file(film: Settings) -> StoryFile:
    return load_story(film.output_folder.parent / "mitten.yaml")


@pytest.fixture
def output(film: Settings) -> Output:
    return output_for(film, "mitten")


@pytest.fixture
def portrait(file: StoryFile):
    """Puts a portrait of Mira beside the story while a test runs."""
    path = painted(file.folder / "portraits/mira.png", 1)
    yield path
    path.unlink()


def painted(path: Path, seed: int, size: tuple[int, int] = (30, 40)) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    noise = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3)).astype(np.uint8)
    Image.fromarray(noise).save(path)
    return path


def some(folder: Path, count: int) -> list[Example]:
    return [
        Example(name=f"take-{n}", source=painted(folder / f"source/{n}.png", n), caption=f"mrx, {n}")
        for n in range(1, count + 1)
    ]


def exported(tmp_path: Path, found: list[Example], key: str = "mira", **choices: object) -> Export:
    settings = {"model": "z-image", "memory": 16, **choices}
    return export(tmp_path / "set", key, Character(), found, **settings)  # type: ignore[arg-type]


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


# Which pictures


def test_scenes_are_taken_where_the_character_is_alone(file, output):
    found, notes = examples(file, output, "mira")
    assert [each.name for each in found] == ["scene-001"] and notes == []
    assert found[0].source == output.folder / "pictures/scene-001.png"


def test_scenes_asked_for_by_number_are_taken_and_company_is_told(file, output):
    found, notes = examples(file, output, "mira", scenes=[2])
    assert [each.name for each in found] == ["scene-002"]
    assert "scene 2 shows others as well" in notes[0]
    assert "a big brown bear with a green scarf" in found[0].caption


@pytest.mark.parametrize(("scene", "remedy"), [(1, "choose of: 2, 3"), (9, "there are: 2, 3")])
def test_scenes_that_do_not_show_the_character_are_refused_with_those_that_do(file, output, scene, remedy):
    with pytest.raises(BadSettings, match=remedy):
        examples(file, output, "bruno", scenes=[scene])


def test_pictures_that_no_longer_fit_the_storyboard_are_left_out(file, output):
    first, *others = output.ledger.scenes
    output.ledger = output.ledger.model_copy(
        update={"scenes": (first.model_copy(update={"text": "Another."}), *others)}
    )
    assert examples(file, output, "mira")[0] == []


def test_before_the_film_there_are_only_portraits(file, tmp_path, portrait):
    found, _ = examples(file, Output(tmp_path / "none"), "mira", takes=True)
    assert [each.name for each in found] == ["portrait"]
    with pytest.raises(BadSettings, match="storyforge render"):
        examples(file, Output(tmp_path / "none"), "mira", scenes=[1])


def test_takes_come_only_when_asked_for_and_the_approved_one_only_once(file, output, tmp_path, portrait):
    mine = Output(tmp_path / "mine")
    painted(mine.folder / "portraits/mira-1.png", 1)
    painted(mine.folder / "portraits/mira-2.png", 2)
    painted(mine.folder / "portraits/mira-x-1.png", 3)
    assert [each.name for each in examples(file, mine, "mira")[0]] == ["portrait"]
    found, notes = examples(file, mine, "mira", takes=True)
    assert [each.name for each in found] == ["portrait", "take-2"] and notes == []


def test_a_portrait_of_the_users_own_is_not_described_but_asked_about(file, output, portrait):
    [mine], notes = examples(file, output, "mira", scenes=[])
    assert mine.caption == f"{trigger_of('mira', Character())}, {STYLE}"
    assert "portrait.txt" in notes[0]


# What is said of them


def test_a_caption_names_what_is_not_to_be_learnt_and_leaves_the_looks_out(file, output):
    [scene], _ = examples(file, output, "mira")
    words = scene.caption.split(", ")
    assert words[0] == trigger_of("mira", file.story.cast["mira"])
    assert {"walking", "forest", "at dawn"} <= set(words) and scene.caption.endswith(STYLE)
    assert not any(word in scene.caption for word in ("pigtails", "raincoat", "girl", "Mira"))


def test_a_caption_is_one_line_whatever_the_storyboard_holds():
    scene = Scene(text="x", characters=(Actor(who="a", pose="hop\nping", expression=""),), place="", props=("a\tboat",))
    story = Story(title="T", story="x", cast={"a": Character()})
    assert scene_caption("tr", "a", scene, story) == "tr, hop ping, by day, a boat"


def test_the_trigger_of_the_cast_is_taken_else_a_word_that_means_nothing():
    assert trigger_of("mira", Character(lora=Lora(file="x", trigger="chronn"))) == "chronn"
    assert trigger_of("mira", Character(lora=Lora(file="x"))) == trigger_of("mira", Character())


@given(st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=2, unique=True))
def test_made_triggers_are_short_pronounced_by_nobody_and_each_its_own(keys):
    one, other = (trigger_of(key, Character()) for key in keys)
    assert re.fullmatch(r"[b-df-hj-np-tv-xz]{5,8}", one) and one != other


# The data set


def test_every_picture_has_its_caption_and_the_settings_lead_to_both(tmp_path):
    made = exported(tmp_path, some(tmp_path, 12))
    settings = tomllib.loads((made.folder / "dataset.toml").read_text("utf-8"))
    [dataset] = settings["datasets"]
    pictures = Path(dataset["image_directory"])
    assert {path.stem for path in pictures.glob("*.png")} == {path.stem for path in pictures.glob("*.txt")}
    assert (pictures / "take-3.txt").read_text() == "mrx, 3\n" and made.count == 12 and made.notes == ()
    assert settings["general"]["resolution"] == [1024, 1024] and settings["general"]["caption_extension"] == ".txt"
    assert dataset["num_repeats"] * 12 == pytest.approx(100, abs=12)


def test_pictures_are_upright_and_opaque_whatever_they_were(tmp_path):
    Image.new("RGBA", (20, 30), (0, 0, 0, 0)).save(tmp_path / "clear.webp", lossless=True)
    exported(tmp_path, [Example(name="portrait", source=tmp_path / "clear.webp", caption="x")])
    with Image.open(tmp_path / "set/pictures/portrait.png") as picture:
        assert picture.format == "PNG" and picture.mode == "RGB" and min(picture.getpixel((5, 5))) > 200


def test_a_damaged_picture_is_told_by_its_name(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    with pytest.raises(StoryforgeError, match=r"bad\.png"):
        exported(tmp_path, [Example(name="portrait", source=tmp_path / "bad.png", caption="x")])


@pytest.mark.parametrize(("count", "told"), [(1, "1 picture of Mira will do for a try"), (7, "7 pictures of Mira are")])
def test_few_pictures_are_told_and_not_refused(tmp_path, count, told):
    assert told in exported(tmp_path, some(tmp_path, count)).notes[0]


def test_no_picture_at_all_is_refused_with_the_way_to_some(tmp_path):
    with pytest.raises(BadSettings, match="storyforge portraits"):
        exported(tmp_path, [])
    assert not (tmp_path / "set").exists()


def test_the_same_export_again_leaves_the_same_bytes(tmp_path):
    exported(tmp_path, some(tmp_path, 3))
    before = contents(tmp_path / "set")
    exported(tmp_path, some(tmp_path, 3))
    assert contents(tmp_path / "set") == before


def test_what_is_no_longer_wanted_goes_and_what_the_user_changed_stays(tmp_path):
    made = exported(tmp_path, some(tmp_path, 4))
    pictures = made.folder / "pictures"
    (pictures / "take-1.txt").write_text("mrx, my own words")
    (pictures / "take-4.txt").write_text("mrx, kept as well")
    again = exported(tmp_path, some(tmp_path, 2))
    assert {path.name for path in pictures.iterdir()} == {
        "take-1.png", "take-1.txt", "take-2.png", "take-2.txt", "take-4.txt"
    }  # fmt: skip
    assert (pictures / "take-1.txt").read_text() == "mrx, my own words"
    assert any("take-1.txt has been changed by you" in note for note in again.notes)
    exported(tmp_path, some(tmp_path, 2))
    assert (pictures / "take-1.txt").read_text() == "mrx, my own words"


def test_files_that_were_there_before_the_first_export_are_the_users(tmp_path):
    own = painted(tmp_path / "set/pictures/take-1.png", 99)
    (tmp_path / "set/README.txt").write_text("my notes")
    before = own.read_bytes()
    made = exported(tmp_path, some(tmp_path, 2))
    assert own.read_bytes() == before and (tmp_path / "set/README.txt").read_text() == "my notes"
    assert len([note for note in made.notes if "stays as it is" in note]) == 2


def test_pictures_that_the_user_adds_are_counted_if_they_have_captions(tmp_path):
    exported(tmp_path, some(tmp_path, 2))
    painted(tmp_path / "set/pictures/mine.png", 5)
    (tmp_path / "set/pictures/mine.txt").write_text("mrx, on a horse")
    painted(tmp_path / "set/pictures/bare.png", 6)
    made = exported(tmp_path, some(tmp_path, 2))
    assert made.count == 3 and any("bare.png: without a caption" in note for note in made.notes)


def test_a_list_of_exported_files_from_elsewhere_removes_nothing_outside(tmp_path):
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    made = exported(tmp_path, some(tmp_path, 2))
    listed = json.loads((made.folder / "export.json").read_text())
    digests = [digest(b"mine")]
    names = ["../precious.txt", "pictures/../../precious.txt", str(precious), "pictures\\..\\..\\precious.txt"]
    (made.folder / "export.json").write_text(json.dumps(listed | dict.fromkeys(names, digests)))
    exported(tmp_path, some(tmp_path, 1))
    assert precious.read_text() == "mine"


@pytest.mark.parametrize("content", ["", "[1]", "{", '{"a": 1}'])
def test_a_damaged_list_of_exported_files_costs_nothing(tmp_path, content):
    made = exported(tmp_path, some(tmp_path, 2))
    before = contents(made.folder)
    (made.folder / "export.json").write_text(content)
    exported(tmp_path, some(tmp_path, 2))
    assert contents(made.folder) == before


# Settings and commands


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_any_text_is_the_same_after_toml(text):
    assert tomllib.loads(f"x = {toml_string(text)}")["x"] == text


@pytest.mark.parametrize(
    "path", [PureWindowsPath(r"C:\Users\new\tab\x"), PureWindowsPath(r"\\nas\o'neil"), PurePosixPath('/a "b" #c = [d]')]
)
def test_paths_of_every_system_come_through_toml(path):
    read = tomllib.loads(dataset_toml(path, path / "cache", 3, MODELS["z-image"].fits[12]))
    assert read["datasets"][0]["image_directory"] == str(path)
    assert read["datasets"][0]["cache_directory"] == str(path / "cache")


@pytest.mark.parametrize("folder", ["plain", "with space", "it's", '"quoted"', "$HOME `id` $(id) ; &", "ünï🦊", "-x"])
def test_commands_hand_over_their_words_as_they_are(tmp_path, folder):
    words = ["printf", r"%s\n", "--flag", str(tmp_path / folder), "--other", "1"]
    told = subprocess.run(["/bin/sh", "-c", shell_line(words, windows=False)], capture_output=True, text=True)
    assert told.stdout.splitlines() == words[2:]


def test_powershell_is_spoken_on_windows():
    words = ["python", "--dataset_config", r"C:\Eva’s $files\set.toml", "--vae", "models/ae.safetensors"]
    expected = "python `\n    --dataset_config 'C:\\Eva’’s $files\\set.toml' `\n    --vae models/ae.safetensors"
    assert shell_line(words, windows=True) == expected


@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("name", MODELS)
def test_each_model_is_trained_by_its_own_scripts_with_what_fits_the_card(name, memory):
    model, fit = MODELS[name], MODELS[name].fits[memory]
    config, into = PurePosixPath("/set/dataset.toml"), PurePosixPath("/set/lora")
    said = commands(model, fit, config, into, "mira", 10)
    scripts = [next(word for word in words if word.endswith(".py")) for words in said]
    kind = "zimage" if name == "z-image" else "flux_2"
    steps_of = ["cache_latents", "cache_text_encoder_outputs", "train_network"]
    assert [Path(each).stem for each in scripts[:3]] == [f"{kind}_{step}" for step in steps_of]
    assert len(said) == (4 if name == "z-image" else 3)
    train = said[2]
    assert train[train.index("--network_dim") + 1] == train[train.index("--network_alpha") + 1] == "16"
    assert ("--fp8_base" in train) == ("--fp8_scaled" in train) == fit.fp8
    most = {"z-image": 28, "flux2-klein-4b": 13, "flux2-klein-9b": 16}[name]  # as musubi-tuner's documents say
    assert fit.swapped <= most and ("--blocks_to_swap" in train) == bool(fit.swapped)
    if kind == "flux_2":
        assert all(
            words[words.index("--model_version") + 1] == name.replace("flux2-klein", "klein-base") for words in said
        )


def test_smaller_cards_are_asked_for_less():
    for model in MODELS.values():
        small, medium, large = (model.fits[memory] for memory in MEMORIES)
        assert small.side <= medium.side <= large.side and small.swapped >= medium.swapped >= large.swapped
        assert small.fp8 >= medium.fp8 >= large.fp8


def test_more_pictures_are_trained_longer_and_each_step_count_is_one_that_is_saved():
    assert [steps(count) for count in (1, 5, 10, 30, 200)] == [500, 1000, 2000, 3000, 4000]
    assert all(steps(count) % 250 == 0 for count in range(1, 300))
    assert [repeats(count) for count in (1, 3, 40, 500)] == [100, 34, 3, 1]


def test_the_readme_says_what_to_write_into_the_cast_and_that_is_read_again(tmp_path):
    exported(tmp_path, some(tmp_path, 5), key="yes")
    text = (tmp_path / "set/README.txt").read_text("utf-8")
    entry = re.search(r"write into the cast:\n\n((?:     .*\n)+)", text)[1]
    [(key, fields)] = yaml.safe_load(entry).items()
    assert key == "yes" and Character.model_validate(fields).lora == Lora(
        file="yes-z-image-comfyui.safetensors", trigger=trigger_of("yes", Character())
    )


# The command


def test_the_command_writes_a_data_set_beside_the_film(film, file, output, portrait, capsys):
    cast_export("Mira", file.path, film, model="flux2-klein-4b", memory=12)
    told = capsys.readouterr().out
    folder = output.folder / "training/mira"
    assert "2 pictures" in told and str(folder) in told.replace("\n", "")
    assert {path.name for path in (folder / "pictures").glob("*.png")} == {"portrait.png", "scene-001.png"}
    assert "klein-base-4b" in (folder / "README.txt").read_text("utf-8")


def test_the_command_goes_where_it_is_told(film, file, portrait, tmp_path):
    cast_export("mira", file.path, film, to=tmp_path / "my set", scenes="none")
    assert [path.name for path in (tmp_path / "my set/pictures").glob("*.png")] == ["portrait.png"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"model": "sdxl"}, "z-image, flux2-klein-4b"),
        ({"memory": 8}, "12, 16, 24"),
        ({"scenes": "a"}, "3,5"),
        ({"scenes": "0"}, "3,5"),
    ],
)
def test_options_that_cannot_be_met_are_told_with_those_that_can(film, file, options, told):
    with pytest.raises(BadSettings, match=told):
        cast_export("mira", file.path, film, **options)


def test_whoever_is_not_in_the_cast_is_told(film, file):
    with pytest.raises(UnknownName, match="did you mean mira"):
        cast_export("mirra", file.path, film)


def test_scene_numbers_are_read_as_people_write_them():
    assert scene_numbers(None) is None and scene_numbers("none") == [] and scene_numbers(" 5, 3,5 ") == [5, 3]
