"""Entry point: which commands there are."""

import io
import sys
from typing import Annotated

import typer

from micm_desktop import __version__
from micm_desktop.cli import (
    assessment,
    demo,
    distilling,
    evaluation,
    features,
    info,
    inventory,
    labels,
    learning,
    line_pc,
    projects,
    report,
)

app = typer.Typer(
    name="micm-desktop",
    help="Few-shot visual inspection: pretrain on your own images, tag a handful, export a model file.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(demo.demo)
app.command()(learning.pretrain)
app.command()(evaluation.evaluate)
app.command()(learning.fit)
app.command()(distilling.distill)
app.command()(line_pc.predict)
app.command()(line_pc.watch)
app.command()(line_pc.verify)
app.command()(info.info)
app.command()(projects.export)
app.command()(assessment.assess)
app.command()(assessment.test_set)
app.command()(inventory.inventory)
app.command()(features.features)
app.command()(report.report)
app.command()(labels.labels)
app.command()(projects.gui)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    """Few-shot visual inspection: pretrain on your own images, tag a handful, export a model file.

    Without a command, the window opens.
    """
    if context.invoked_subcommand is None:
        projects.gui(None)


def main() -> None:
    """Run the command line; ends the process with the exit codes of the contract."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file name that the console's encoding lacks must not end the command.
        sys.stdout.reconfigure(errors="backslashreplace")
    if sys.argv[1:2] not in ([], ["gui"]):
        # Here, not above, and not for the window: it is shown before OpenCV is loaded, and sees to this itself.
        from micm_desktop.images import decode_processes

        decode_processes.protect()
    app(prog_name="micm-desktop")
