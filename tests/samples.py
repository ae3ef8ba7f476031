"""Every route of the product with one address that opens it, for the walks over all pages (scope, browser, headers).

A route with parameters needs a sample: a function of the world and of what `make` put into the database. A new route
without one fails the walk that needs it, with the name of the route.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.world import World


@dataclass(frozen=True)
class Route:
    name: str  # with its namespace, like plans:ledger
    pattern: str  # as written, like desk/plans/<int:plan_id>/
    parameters: tuple[str, ...]
    rule: str | None  # what foundation.access was given; None where a package's own view stands
    view: str


def routes() -> list[Route]:
    return sorted(_routes(get_resolver().url_patterns, "", ""), key=lambda route: route.pattern)


def _routes(patterns: list[Any], before: str, namespace: str) -> Iterator[Route]:
    for entry in patterns:
        written = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            below = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _routes(entry.url_patterns, written, below)
        elif isinstance(entry, URLPattern):
            view = entry.callback
            yield Route(
                name=f"{namespace}{entry.name}",
                pattern=written,
                parameters=tuple(entry.pattern.converters) or tuple(entry.pattern.regex.groupindex),
                rule=getattr(view, "access_rule", None),
                view=f"{view.__module__}.{getattr(view, '__qualname__', type(view).__name__)}",
            )


@dataclass
class Made:
    """What the samples point at: one object of each kind in county A, by a short name."""

    world: World
    objects: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.objects[key]


Maker = Callable[[Made], None]
MAKERS: list[Maker] = []
# route name: the arguments of an address that opens it
SAMPLES: dict[str, Callable[[Made], dict[str, Any]]] = {
    "portal:theme": lambda made: {"theme": "standard"},
}


def make(world: World) -> Made:
    """Put one object of each kind into county A; every room adds its maker to MAKERS."""
    made = Made(world)
    for maker in MAKERS:
        maker(made)
    return made


def address(route: Route, made: Made) -> str:
    """An address that opens the route. Raises KeyError with the route's name where the sample is missing."""
    if not route.parameters:
        return reverse(route.name)
    return reverse(route.name, kwargs=SAMPLES[route.name](made))
