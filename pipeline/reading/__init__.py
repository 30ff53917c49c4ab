"""Files that were found -> what was read from them, however that is come by: read before, or read now."""

from pipeline.reading.ahead import import_ahead
from pipeline.reading.cache import CACHE
from pipeline.reading.places import brought
from pipeline.reading.settling import News, Snapshot, snapshot, watch
from pipeline.reading.story import CacheUse, Way, read_all

__all__ = [
    "CACHE",
    "CacheUse",
    "News",
    "Snapshot",
    "Way",
    "brought",
    "import_ahead",
    "read_all",
    "snapshot",
    "watch",
]
