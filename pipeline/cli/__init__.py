"""The command line: the only room that prints, and the only one that ends the program."""

from pipeline.cli.app import main

__all__ = ["main"]
