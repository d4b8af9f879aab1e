"""The pages that users read, held against the program: commands, options, formats, links, output."""

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

from oust.commands import root
from oust.formats import FORMATS

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "examples/agency-2017/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
_FENCE = re.compile(r"(?ms)^```[^\n]*\n(.*?)^```")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_RUN = re.compile(r"^(?:\$ )?(?:[A-Z_]+=\S+ )?(oust [a-z-].*)$", re.M)
_INLINE = re.compile(r"`(oust [a-z][^`]*)`")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"scripts/{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def leaves(group: click.Group = root, words: str = "oust") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, f"{words} {name}")
        else:
            yield f"{words} {name}", command


LEAVES = dict(leaves())


def page_text(page: Path) -> str:
    return page.read_text("utf-8")


def prose() -> str:
    return "\n".join(page_text(page) for page in PAGES if page.name != "CHANGELOG.md")


def called(text: str) -> list[str]:
    """Command lines of oust in fenced blocks and in backquotes."""
    fenced = "\n".join(found[1] for found in _FENCE.finditer(text))
    bare = _FENCE.sub("", text)
    lines = [found[1] for found in _RUN.finditer(fenced)] + _INLINE.findall(bare)
    return [re.split(r" {2,}| \||  #", line)[0] for line in lines]


@pytest.mark.parametrize("words", LEAVES)
def test_every_command_is_documented(words):
    assert re.search(rf"\b{words}\b", prose()), f"no page mentions `{words}`"


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (words, option)
        for words, command in LEAVES.items()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    ],
)
def test_every_option_is_documented_with_its_command(words, option):
    """In a command line that is shown, or on a page about the command."""
    shown = any(
        line.startswith(words) and option in shlex.split(line)
        for page in PAGES
        for line in called(page_text(page))
    )
    own = [ROOT / f"docs/{word}{end}.md" for word in words.split()[1:] for end in ("", "s")]
    told = any(page.exists() and f"`{option}" in page_text(page) for page in own)
    assert shown or told, f"{words} {option}"


def test_every_format_is_documented():
    page = page_text(ROOT / "docs/evidence-formats.md")
    missing = [fmt.name for fmt in FORMATS if f"`{fmt.name}`" not in page]
    assert not missing, f"docs/evidence-formats.md does not say how to get: {missing}"


def test_no_page_names_a_format_that_is_not_there():
    page = page_text(ROOT / "docs/evidence-formats.md")
    named = re.findall(r"(?m)^\| `([a-z0-9-]+)` \|", page)
    assert set(named) == {fmt.name for fmt in FORMATS}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    links = [link for link in _LINK.findall(_FENCE.sub("", page_text(page))) if ":" not in link]
    dead = [link for link in links if not (page.parent / link.partition("#")[0]).exists()]
    assert not dead


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_shown_exist(page):
    for line in called(page_text(page)):
        words = shlex.split(line)[1:]
        command: click.Command = root
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        known = {o for p in command.params if isinstance(p, click.Option) for o in p.opts}
        used = {word.partition("=")[0] for word in words if word.startswith("-")}
        assert used <= known | {"--help", "-h"}, line


def test_a_wrong_command_line_would_be_seen():
    text = "`oust trace x --nonsense`\n```\n$ oust trcae exports/\n```\n"
    assert called(text) == ["oust trcae exports/", "oust trace x --nonsense"]


def test_python_in_the_readme_runs(tmp_path, monkeypatch, capsys):
    (code,) = re.findall(r"(?ms)^```python\n(.*?)^```", page_text(ROOT / "README.md"))
    (tmp_path / "exports").symlink_to(ROOT / "examples/agency-2017/exports")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert "embedded host gw-03 complete" in capsys.readouterr().out


def test_the_picture_shows_what_the_program_prints():
    picture = script("picture")
    assert picture.differences(page_text(picture.PICTURE), picture.printed()) == [], (
        "run: make picture"
    )


def test_the_picture_needs_nothing_from_elsewhere():
    text = page_text(ROOT / "docs/images/trace.svg").replace('"http://www.w3.org/2000/svg"', "")
    assert "://" not in text
    assert not re.search(r"(?i)@import|@font-face|<script|href=|url\(", text)


def test_differences_are_seen():
    picture = script("picture")
    lines = [" Kaspersky    2 exposures", " K-0f2b    embedded    host gw-03"]
    drawn = picture.svg(lines)
    same = [lines[0], lines[1].replace("0f2b", "77aa1")]
    assert picture.differences(drawn, same) == []
    assert picture.differences(drawn, [lines[0]]) == ["- ID embedded host gw-03"]


def test_the_readme_shows_what_its_commands_print():
    readme = script("readme")
    old = page_text(readme.README)
    assert readme.fresh(old).splitlines() == old.splitlines(), "run: make picture"
