"""The command line: the only room that prints, and the only one that ends the program."""

__all__ = ["main"]


def main() -> None:
    """Entry point of the command ``aggregate``.

    A process that only reads or writes files begins with the same script as the command: it shall not load
    what understands a command line.
    """
    from pipeline.cli.app import main as run

    run()
