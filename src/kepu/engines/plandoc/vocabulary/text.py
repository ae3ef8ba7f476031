"""Word lists written as running text."""


def words(text: str) -> tuple[str, ...]:
    """The words of a list written with blanks and line breaks between them."""
    return tuple(text.split())
