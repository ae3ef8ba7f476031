"""What comes into this room by spreadsheet."""

from kepu.plans.sheets import rolls

__all__ = ["rolls"]
