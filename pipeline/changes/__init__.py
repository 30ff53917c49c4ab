"""Two runs -> what changed: files, cells, city figures, and which cells each figure's difference rests on."""

from pipeline.changes.compare import compare

__all__ = ["compare"]
