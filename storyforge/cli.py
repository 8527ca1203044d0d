"""The command line. Each command parses, calls and prints; errors are shown in one place, `main`.

Heavy imports stay inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from storyforge.errors import Interrupted, StoryforgeError

if TYPE_CHECKING:
    from storyforge.settings import Settings

app = typer.Typer(
    help="A story file goes in, a narrated film comes out, on your own machine.",
    epilog="Start with: storyforge new “My Story”, then storyforge render my-story.yaml",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class StoryOrCommand(TyperGroup):
    """`storyforge cast story.yaml` is `storyforge cast propose story.yaml`: what is no command is the story."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["propose", *args]
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return ["STORY [OPTIONS] | COMMAND [ARGS]..."]


class ListOrCommand(TyperGroup):
    """`storyforge voices --all` is `storyforge voices list --all`: without a command, the list is meant."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return ["[OPTIONS] | COMMAND [ARGS]..."]


cast = typer.Typer(
    cls=StoryOrCommand,
    help="The cast of a story: who is in it, and what they look like. `storyforge cast STORY` proposes one.",
    no_args_is_help=True,
)
keeper = typer.Typer(help="Servers that storyforge has started, and keeps for a while.", no_args_is_help=True)
workflow = typer.Typer(help="A workflow file of your own.", no_args_is_help=True)
voices = typer.Typer(
    cls=ListOrCommand,
    help="The voices that can tell a story. `storyforge voices` lists those that are here, with --all every one,"
    " with --language those that speak it, with --story those that fit (all options: storyforge voices list --help).",
)

FILMS, PICTURES, CAST, MACHINE = "Films", "Pictures", "Cast", "This machine"  # under which `--help` shows commands

app.add_typer(cast, name="cast", rich_help_panel=CAST)
app.add_typer(keeper, name="keeper", rich_help_panel=MACHINE)
app.add_typer(voices, name="voices", rich_help_panel=CAST)
app.add_typer(workflow, name="workflow", rich_help_panel=PICTURES)

LAST_SEED = 2**63 - 1

StoryPath = Annotated[Path, typer.Argument(help="The story file (YAML).", show_default=False)]
StoryPaths = Annotated[list[Path], typer.Argument(help="Story files (YAML).", show_default=False)]
Planner = Annotated[str | None, typer.Option(help="Who cuts the story into scenes.", show_default="auto")]
Illustrator = Annotated[str | None, typer.Option(help="Who draws.", show_default="auto")]
Narrator = Annotated[str | None, typer.Option(help="Who speaks.", show_default="auto")]
Height = Annotated[int | None, typer.Option(help="Short side of the film in pixels.", show_default="1080")]
OutputFolder = Annotated[Path | None, typer.Option("--output", "-o", help="Folder for films.", show_default="output")]
Outside = Annotated[
    bool | None, typer.Option("--outside/--no-outside", help="Let the story name files outside its folder.")
]
Takes = Annotated[int | None, typer.Option(help="Pictures drawn of each scene, to pick from.", show_default="1")]
Draft = Annotated[
    bool | None, typer.Option("--draft/--no-draft", help="A quick rough film, in draft/, with the same seeds.")
]
Bedtime = Annotated[
    bool | None, typer.Option("--bedtime/--no-bedtime", help="Told slowly and softly, with a slow end.")
]
Manners = Annotated[
    bool | None, typer.Option("--manners/--no-manners", help="Whisper and shout quotes as the text tells.")
]
Anyway = Annotated[
    bool | None, typer.Option("--anyway", help="Draw although the models look too large for the graphics card.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Tell what happens as JSON lines.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
SceneNumber = Annotated[int, typer.Argument(help="Number of the scene, from 1.", show_default=False)]
OneStory = Annotated[Path | None, typer.Argument(help="The story file; else the film made last.", show_default=False)]
Url = Annotated[str | None, typer.Option(help="Address of the ComfyUI to ask.", show_default="as in the settings file")]
VoicesFrom = Annotated[
    str, typer.Option("--from", metavar="URL", help="A mirror of Piper's voices.", show_default=False)
]
SettingsPath = Annotated[
    Path | None, typer.Option("--settings", help="A settings file.", show_default="storyforge.yaml")
]


@app.command(rich_help_panel=FILMS)
def render(
    stories: StoryPaths,
    planner: Planner = None,
    illustrator: Illustrator = None,
    narrator: Narrator = None,
    output: OutputFolder = None,
    height: Height = None,
    fps: Annotated[int | None, typer.Option(help="Frames a second.", show_default="30")] = None,
    jobs: Annotated[int | None, typer.Option(help="Clips to encode at once.", show_default="one a core")] = None,
    takes: Takes = None,
    profile: Annotated[
        str | None, typer.Option(help="draft, share or archive: how fine and how small.", show_default="share")
    ] = None,
    encoder: Annotated[
        str | None, typer.Option(help="software, auto (a graphics card that can), nvenc …", show_default="software")
    ] = None,
    draft: Draft = None,
    bedtime: Bedtime = None,
    manners: Manners = None,
    anyway: Anyway = None,
    outside: Outside = None,
    settings: SettingsPath = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make films. Running again makes only what is missing or changed."""
    from storyforge.commands.render import render

    crew = {"planner": planner, "illustrator": illustrator, "narrator": narrator}
    size: dict[str, Any] = {"height": height, "fps": fps, "profile": profile, "encoder": encoder, "jobs": jobs}
    flags = {"takes": takes, "draft": draft, "bedtime": bedtime, "manners": manners, "anyway": anyway}
    chosen = _settings(settings, output=output, outside=outside, **size, **flags)
    render(stories, chosen, crew, as_json=as_json, quiet=quiet)


@app.command(rich_help_panel=FILMS)
def plan(
    story: StoryPath,
    planner: Planner = None,
    output: OutputFolder = None,
    outside: Outside = None,
    settings: SettingsPath = None,
) -> None:
    """Cut a story into scenes, show them, and write storyboard.yaml for you to edit."""
    from storyforge.commands.plan import plan

    plan(story, _settings(settings, output=output, outside=outside), {"planner": planner})


@app.command(rich_help_panel=FILMS)
def wording(
    story: StoryPath,
    planner: Planner = None,
    output: OutputFolder = None,
    outside: Outside = None,
    settings: SettingsPath = None,
) -> None:
    """Show, word by word, what a language model has mended in a story (`tidy`), or told anew (`retell`)."""
    from storyforge.commands.wording import wording

    wording(story, _settings(settings, output=output, outside=outside), {"planner": planner})


@app.command(rich_help_panel=FILMS)
def check(stories: StoryPaths, outside: Outside = None, settings: SettingsPath = None) -> None:
    """Look for mistakes in story files, without making anything."""
    from storyforge.commands.check import check

    check(stories, _settings(settings, outside=outside))


@app.command(rich_help_panel=FILMS)
def new(
    title: Annotated[str, typer.Argument(help="The story's title.", show_default=False)],
    folder: Annotated[Path, typer.Option(help="Where to write it.")] = Path(),
) -> None:
    """Write a story file to fill in, with a comment for everything that can be set."""
    from storyforge.story_file import write_new

    path = write_new(title, folder)
    typer.echo(f"{path} is ready to be written in; then: storyforge render {path}")


@app.command(rich_help_panel=FILMS)
def schema(
    cast: Annotated[bool, typer.Option("--cast", help="The schema of cast files instead.")] = False,
) -> None:
    """Print the JSON Schema of story files, for editors that complete and check as one types."""
    import json

    from storyforge.story_file import json_schema

    typer.echo(json.dumps(json_schema(cast), indent=2, ensure_ascii=False))


@app.command(rich_help_panel=FILMS)
def why(
    scene: SceneNumber,
    story: OneStory = None,
    planner: Planner = None,
    illustrator: Illustrator = None,
    narrator: Narrator = None,
    output: OutputFolder = None,
    height: Height = None,
    draft: Draft = None,
    outside: Outside = None,
    settings: SettingsPath = None,
) -> None:
    """Tell what a scene's picture and voice were made from, and what has changed since."""
    from storyforge.commands.why import why

    crew = {"planner": planner, "illustrator": illustrator, "narrator": narrator}
    why(scene, story, _settings(settings, output=output, height=height, draft=draft, outside=outside), crew)


@app.command(rich_help_panel=PICTURES)
def pick(
    what: Annotated[str, typer.Argument(help="Number of the scene, or name of a character.", show_default=False)],
    take: Annotated[int, typer.Argument(help="Number of the take, as on the contact sheet.", show_default=False)],
    story: OneStory = None,
    illustrator: Illustrator = None,
    output: OutputFolder = None,
    height: Height = None,
    draft: Draft = None,
    anyway: Anyway = None,
    outside: Outside = None,
    settings: SettingsPath = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take one of a scene's pictures for the film, or one of a character's portraits for all pictures."""
    from storyforge.commands.scene import desk, pick

    flags = {"height": height, "draft": draft, "anyway": anyway, "outside": outside}
    chosen = _settings(settings, output=output, **flags)
    pick(desk(story, chosen, {"illustrator": illustrator}, as_json=as_json, quiet=quiet), what, take)


@app.command(rich_help_panel=PICTURES)
def redraw(
    scene: SceneNumber,
    story: OneStory = None,
    prompt: Annotated[str | None, typer.Option(help="The whole prompt, instead of a composed one.")] = None,
    seed: Annotated[int | None, typer.Option(help="The seed.", min=0, max=LAST_SEED, show_default="a new one")] = None,
    takes: Takes = None,
    illustrator: Illustrator = None,
    output: OutputFolder = None,
    height: Height = None,
    draft: Draft = None,
    anyway: Anyway = None,
    outside: Outside = None,
    settings: SettingsPath = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Draw a scene's picture again."""
    from storyforge.commands.scene import desk, redraw

    flags = {"height": height, "takes": takes, "draft": draft, "anyway": anyway, "outside": outside}
    chosen = _settings(settings, output=output, **flags)
    redraw(desk(story, chosen, {"illustrator": illustrator}, as_json=as_json, quiet=quiet), scene, seed, prompt)


@app.command(rich_help_panel=PICTURES)
def repair(
    scene: SceneNumber,
    words: Annotated[str, typer.Argument(help="What is to be seen there.", show_default=False)],
    story: OneStory = None,
    mask: Annotated[Path | None, typer.Option(help="A picture, white where to draw anew.")] = None,
    box: Annotated[str | None, typer.Option(help="x,y,width,height in the picture's pixels instead.")] = None,
    strength: Annotated[
        float | None,
        typer.Option(
            help="How much of what was there may go.", min=0, max=1, show_default="1; 0.5 without mask and box"
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The seed.", min=0, max=LAST_SEED, show_default="the scene's")
    ] = None,
    illustrator: Illustrator = None,
    output: OutputFolder = None,
    height: Height = None,
    draft: Draft = None,
    anyway: Anyway = None,
    outside: Outside = None,
    settings: SettingsPath = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Draw a part of a scene's picture anew; everything else stays as it is."""
    from storyforge.commands.scene import desk, repair

    flags = {"height": height, "draft": draft, "anyway": anyway, "outside": outside}
    at = desk(
        story,
        _settings(settings, output=output, **flags),
        {"illustrator": illustrator},
        as_json=as_json,
        quiet=quiet,
    )
    repair(at, scene, words, mask, box, strength, seed)


@app.command(rich_help_panel=PICTURES)
def undo(
    what: Annotated[str, typer.Argument(help="Number of the scene, or name of a character.", show_default=False)],
    story: OneStory = None,
    illustrator: Illustrator = None,
    output: OutputFolder = None,
    height: Height = None,
    draft: Draft = None,
    anyway: Anyway = None,
    outside: Outside = None,
    settings: SettingsPath = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take back the last pick, redraw or repair of a scene, or the last pick of a portrait."""
    from storyforge.commands.scene import desk, undo

    flags = {"height": height, "draft": draft, "anyway": anyway, "outside": outside}
    chosen = _settings(settings, output=output, **flags)
    undo(desk(story, chosen, {"illustrator": illustrator}, as_json=as_json, quiet=quiet), what)


@app.command(rich_help_panel=CAST)
def portraits(
    story: StoryPath,
    who: Annotated[list[str] | None, typer.Argument(help="Names of characters; else all.", show_default=False)] = None,
    takes: Annotated[int, typer.Option(help="Portraits of each, to pick from.")] = 4,
    illustrator: Illustrator = None,
    output: OutputFolder = None,
    anyway: Anyway = None,
    outside: Outside = None,
    settings: SettingsPath = None,
) -> None:
    """Draw each of the cast alone, in several takes; the one you pick is what they look like in every scene."""
    from storyforge.commands.portraits import portraits

    chosen = _settings(settings, output=output, anyway=anyway, outside=outside)
    portraits(story, who or [], chosen, {"illustrator": illustrator}, takes=takes)


@app.command(rich_help_panel=CAST)
def record(
    story: StoryPath,
    who: Annotated[
        list[str] | None, typer.Argument(help="Whose lines: keys of the cast, narrator; else all.", show_default=False)
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Only list the lines, and what is recorded of them.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also what is recorded already.")] = False,
    planner: Planner = None,
    output: OutputFolder = None,
    outside: Outside = None,
    settings: SettingsPath = None,
) -> None:
    """Read a story's lines into the microphone, one after the other, for a film in your own voices."""
    from storyforge.commands.record import record

    chosen = _settings(settings, output=output, outside=outside)
    record(story, chosen, {"planner": planner}, who or [], listing=listing, again=again)


@app.command(rich_help_panel=MACHINE)
def doctor(output: OutputFolder = None, settings: SettingsPath = None) -> None:
    """Look at this machine: what is there, what is missing, and what to do about it."""
    from storyforge.commands.doctor import doctor

    doctor(_settings(settings, output=output))


@app.command(rich_help_panel=MACHINE)
def clean(
    output: OutputFolder = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove what no film needs any more.")] = False,
    settings: SettingsPath = None,
) -> None:
    """Tell what is kept for films made so far, and remove what none of them needs."""
    from storyforge.commands.clean import clean

    clean(_settings(settings, output=output), remove=yes)


@app.command(rich_help_panel=PICTURES)
def styles(
    name: Annotated[str, typer.Argument(help="One of them, to see all about it.", show_default=False)] = "",
    story: Annotated[Path | None, typer.Option(help="A story file, for the styles of its own.")] = None,
    outside: Outside = None,
    settings: SettingsPath = None,
) -> None:
    """List the styles that a story can name, and what they look like."""
    from storyforge.commands.styles import styles

    styles(_settings(settings, outside=outside), name, story)


@app.command(rich_help_panel=PICTURES)
def workflows(
    name: Annotated[str, typer.Argument(help="One of them, to see all about it.", show_default=False)] = "",
    url: Url = None,
    settings: SettingsPath = None,
) -> None:
    """List the workflows for ComfyUI: what each draws, what it needs, and whether your server has that."""
    from storyforge.commands.server import servers
    from storyforge.commands.workflows import workflows

    workflows(*servers(_settings(settings), url), name)


@workflow.command("check")
def workflow_check(
    path: Annotated[Path, typer.Argument(help="A file exported from ComfyUI (API).", show_default=False)],
    write: Annotated[Path | None, typer.Option(help="Write a copy with what was found marked in its titles.")] = None,
    url: Url = None,
    settings: SettingsPath = None,
) -> None:
    """Show what a workflow's slots are, what cannot be told, and what the server lacks for it."""
    from storyforge.commands.server import servers
    from storyforge.commands.workflow import check
    from storyforge.illustration.comfyui.server import Server

    urls, headers = servers(_settings(settings), url)
    check(path, write, Server(urls[0], headers), must_answer=url is not None)


@cast.command("propose")
def cast_propose(
    story: StoryPath,
    write: Annotated[bool, typer.Option("--write", help="Write it into the story file, or its cast file.")] = False,
    planner: Annotated[str | None, typer.Option(help="Who reads the story.", show_default="auto")] = None,
    narrator: Annotated[str | None, typer.Option(help="Whose voices to give.", show_default="auto")] = None,
    outside: Outside = None,
    settings: SettingsPath = None,
) -> None:
    """Propose a cast from what the story tells, as YAML to paste; `storyforge cast story.yaml` is the same."""
    from storyforge.commands.propose import propose

    propose(story, _settings(settings, outside=outside), {"planner": planner, "narrator": narrator}, write=write)


@cast.command("export")
def cast_export(
    who: Annotated[str, typer.Argument(help="Key of the character.", show_default=False)],
    story: StoryPath,
    to: Annotated[Path | None, typer.Option(help="Folder to write to.", show_default="beside the film")] = None,
    model: Annotated[str, typer.Option(help="z-image, flux2-klein-4b or flux2-klein-9b.")] = "z-image",
    memory: Annotated[int, typer.Option(help="GB of the graphics card: 12, 16 or 24.")] = 16,
    takes: Annotated[bool, typer.Option("--takes", help="All portraits, not only the one that you picked.")] = False,
    scenes: Annotated[str | None, typer.Option(help="3,5 or none.", show_default="all that show it alone")] = None,
    output: OutputFolder = None,
    outside: Outside = None,
    settings: SettingsPath = None,
) -> None:
    """Write what is needed to train a LoRA of a character: pictures, captions, settings, commands."""
    from storyforge.commands.cast import cast_export

    chosen = _settings(settings, output=output, outside=outside)
    cast_export(who, story, chosen, to=to, model=model, memory=memory, takes=takes, scenes=scenes)


@voices.command("list")
def voices_list(
    language: Annotated[str, typer.Option(help="Only voices that speak it (en, de, pt-BR).", show_default=False)] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Also the names of all of espeak’s, and those that could be got.")
    ] = False,
    story: Annotated[Path | None, typer.Option(help="A story file: which voices fit its language.")] = None,
    source: VoicesFrom = "",
    outside: Outside = None,
    settings: SettingsPath = None,
) -> None:
    """List the voices that are installed, with licences, and those to be got; `storyforge voices` is the same."""
    from storyforge.commands.voices import voices

    chosen = _settings(settings, outside=outside)
    voices(chosen, language=language, everything=everything, path=story, source=source)


@voices.command("get")
def voices_get(
    names: Annotated[list[str], typer.Argument(help="Names, such as en_GB-alba-medium.", show_default=False)],
    folder: Annotated[Path | None, typer.Option(help="Where to put them.", show_default="voices")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Into your own folder, for stories anywhere.")] = False,
    source: VoicesFrom = "",
    settings: SettingsPath = None,
) -> None:
    """Get Piper voices from the network; what has been broken off goes on."""
    from storyforge.commands.voice_get import get

    get(names, _settings(settings), folder=folder, mine=mine, source=source)


@voices.command("try")
def voices_try(
    name: Annotated[str, typer.Argument(help="A voice that is here, or espeak’s: +f4, de+Reed.", show_default=False)],
    text: Annotated[str, typer.Argument(help="What it says.", show_default="how tales begin")] = "",
    language: Annotated[str, typer.Option(help="The text's language.", show_default="the voice's")] = "",
    speaker: Annotated[str, typer.Option(help="Which speaker, by name or number.", show_default=False)] = "",
    pace: Annotated[float, typer.Option(help="How fast; 1 is unhurried.", min=0.6, max=2)] = 1.0,
    pitch: Annotated[float, typer.Option(help="Semitones higher, or lower.", min=-12, max=12)] = 0.0,
    out: Annotated[
        str | None, typer.Option(help="The WAV file to write, or a folder/.", show_default="one to be forgotten")
    ] = None,
    aloud: Annotated[bool, typer.Option("--play/--no-play", help="Play it.")] = True,
) -> None:
    """Hear a voice say something."""
    from storyforge.commands.voice_try import try_voice

    try_voice(name, text, language=language, speaker=speaker, pace=pace, pitch=pitch, out=out, aloud=aloud)


@keeper.command("status")
def keeper_status() -> None:
    """Tell which servers storyforge has started, who uses them, and when they will be stopped."""
    from storyforge.commands.keeper import status

    status()


@keeper.command("stop")
def keeper_stop(force: Annotated[bool, typer.Option("--force", help="Even what is in use.")] = False) -> None:
    """Stop the servers that storyforge has started, to free the graphics card."""
    from storyforge.commands.keeper import stop

    stop(force=force)


@app.command(rich_help_panel=MACHINE)
def version() -> None:
    """Print the version."""
    from storyforge import __version__

    typer.echo(__version__)


def _settings(path: Path | None, **flags: Any) -> Settings:
    from storyforge.settings import load_settings

    return load_settings({name: str(flag) if isinstance(flag, Path) else flag for name, flag in flags.items()}, path)


def main(arguments: list[str] | None = None) -> None:
    """Runs a command and ends the process with its exit code (see errors.py)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console with an old code page, or LANG=C
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app(arguments)
    except StoryforgeError as error:
        _show(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(Interrupted.exit_code)
    except Exception as error:
        sys.exit(_bug(error))


def _show(error: StoryforgeError) -> None:
    from rich.console import Console
    from rich.text import Text

    first, *others = str(error).splitlines()
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(Text(first, style="yellow" if isinstance(error, Interrupted) else "bold red"))
    for line in others:
        console.print(Text(line))


def _bug(error: Exception) -> int:
    import tempfile
    import traceback

    from storyforge import __version__

    report: Any = tempfile.NamedTemporaryFile(  # noqa: SIM115 - it is to stay
        "w", prefix="storyforge-", suffix=".log", delete=False, encoding="utf-8"
    )
    with report:
        report.write(f"storyforge {__version__}, Python {sys.version}, {sys.platform}\n{' '.join(sys.argv)}\n\n")
        traceback.print_exception(error, file=report)
    print(f"This is a bug in storyforge: {type(error).__name__}: {error}", file=sys.stderr)
    print(f"Please report it with this file: {report.name}", file=sys.stderr)
    return 70


if __name__ == "__main__":
    main()
