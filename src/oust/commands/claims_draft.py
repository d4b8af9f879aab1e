"""`oust claims draft`: propose the claims of an article, for confirmation."""

from __future__ import annotations

from pathlib import Path

import click

from oust.commands.options import check_output, output_option, put
from oust.errors import OustError

EXAMPLES = """\b
Examples:
  oust claims draft article.txt --outlet "Harbor Wire" --date 2017-07-12
  oust claims draft page.html --format yaml --output oust-case/claims/harbor-wire.yaml
"""


@click.command(epilog=EXAMPLES, short_help="Propose the claims of an article, for confirmation.")
@click.argument("article", type=click.Path(path_type=Path))
@click.option("--outlet", default="", metavar="NAME", help="Who published the article.")
@click.option("--date", default="", metavar="DATE", help="When, such as 2017-07-12.")
@click.option(
    "--title", default="", metavar="TEXT", help="Its title, unless the first headline is."
)
@click.option("--url", default="", metavar="URL", help="Where it was read.")
@click.option(
    *("--format", "form"), type=click.Choice(("list", "yaml", "json")), default="list",
    show_default=True, help="For reading, as a ledger file to confirm, for programs.",
)  # fmt: skip
@output_option
def draft(
    article: Path,
    outlet: str,
    date: str,
    title: str,
    url: str,
    form: str,
    output: Path | None,
) -> None:
    """Read ARTICLE, a text file or an HTML page, and propose what it claims: the words with their
    place, who says them, through whom, on what basis, and by which rules that was found.

    Nothing is added to a case. With --format yaml the proposals are a ledger of which every claim
    is a draft; drafts count for nothing until somebody confirms them.
    """
    from msgspec.structs import replace

    from oust import draft as stage
    from oust.report import draft as report

    check_output(output)
    told = {
        "outlet": outlet.strip(),
        "date": _iso(date),
        "title": title.strip(),
        "url": url.strip(),
    }
    read = stage.read(article)
    made = stage.draft(replace(read, **{name: value for name, value in told.items() if value}))
    if form == "yaml":
        put(stage.as_yaml(made), output)
    elif form == "json":
        put(report.as_json(made), output)
    else:
        put("\n".join(report.lines(made)) + "\n", output)


def _iso(text: str) -> str:
    """A year, month or day as it was given; anything else is refused."""
    from datetime import date

    text = text.strip()
    if not text:
        return ""
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) in (4, 7) else text)
    except ValueError as error:
        raise OustError(
            f"“{text}” is no date", "write it like 2017, 2017-07 or 2017-07-12"
        ) from error
    return text
