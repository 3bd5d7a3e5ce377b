"""The commands. `bot --help` lists them; each has --help with an example."""

import sys

import click

from bot.cli.shared import Failed, WrongUse

_COMMANDS = {
    # name -> the module that holds it, imported only when it is called (`bot --help` stays quick), and what it does
    "run": ("serve", "Run everything in one process: web chat, console, webhooks, workers."),
    "web": ("serve", "Run the web half, any number of them."),
    "worker": ("serve", "Run the working half, any number of them."),
    "chat": ("chat", "Talk to the bot in the terminal, or line by line as JSON."),
    "doctor": ("doctor", "Look at every setting, secret, database, model and provider."),
    "check": ("content", "Look for mistakes in the staff's files."),
    "publish": ("publish", "Put the staff's files into service, every process at once."),
    "rollback": ("publish", "Put an earlier version back into service."),
    "test": ("testing", "Play the conversation tests; write one from a thread."),
    "preview": ("preview", "Show what voters get: every channel, every language, with segments and cost."),
    "nlu": ("nlu", "Understanding: learn the examples, read texts."),
    "facts": ("facts", "What is true about voting: confirm, due, freeze, links, told."),
    "elections": ("elections", "The elections that staff have entered: add, list."),
    "threads": ("threads", "Every conversation: list, show, export."),
    "dead": ("dead", "What could not be handled or sent: list, show, replay, drop."),
    "console": ("console", "The volunteers' desk: a one-time sign-in link."),
    "db": ("database", "The database: upgrade, check, backup, restore."),
    "bench": ("bench", "Measure the goals G1, G2, G4, G5, G9 and G10."),
}


class Commands(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        from importlib import import_module

        if name not in _COMMANDS:
            return None
        module = import_module(f"bot.cli.{_COMMANDS[name][0]}")
        command: click.Command = getattr(module, f"{name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, does) for name, (_, does) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from bot.content.trouble import did_you_mean

        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            hint = did_you_mean(args[0], _COMMANDS)
            raise click.UsageError(f"{error.message}{hint}", ctx) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="voters-desk", prog_name="bot")
def cli() -> None:
    """The voters' desk: answer voters by text message, Telegram and web chat, and hand over to people.

    \b
    bot run                 everything in one process: http://127.0.0.1:8000/
    bot chat                talk to the bot in the terminal
    bot console link        a one-time link to the volunteers' desk
    bot check               look for mistakes in the staff's files
    bot publish             put the staff's files into service

    Exit code 0: fine; 1: what was asked failed or was found wrong; 2: wrong use or wrong settings.
    """


def main() -> None:
    """Run a command; say in one plain sentence what is wrong, and how to go on."""
    try:
        cli(prog_name="bot", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except WrongUse as error:
        click.echo(f"{error}", err=True)
        sys.exit(2)
    except Failed as error:
        if str(error):
            click.echo(f"{error}", err=True)
        sys.exit(1)
