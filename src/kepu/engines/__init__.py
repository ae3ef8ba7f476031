"""Pure computing: no Django, network, clock or settings; bytes or frozen dataclasses in, frozen dataclasses out."""
