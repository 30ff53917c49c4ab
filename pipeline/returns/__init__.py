"""What each unit gets back: its own figures with what is wrong marked, a list in plain words, a message."""

from pipeline.returns.copies import ReturnCopy, return_copies, return_copy

__all__ = ["ReturnCopy", "return_copies", "return_copy"]
