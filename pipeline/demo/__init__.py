"""Invents filled returns from a campaign's own data, with a list of the mistakes put into them."""

from pipeline.demo.invent import Invented, invent
from pipeline.demo.mistakes import Mistake

__all__ = ["Invented", "Mistake", "invent"]
