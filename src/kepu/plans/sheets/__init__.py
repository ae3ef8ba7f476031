"""What comes into this room by spreadsheet."""

from kepu.plans.sheets import breakdown, rolls

__all__ = ["breakdown", "rolls"]
