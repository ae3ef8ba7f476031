"""Category of sections and tasks from title keywords (contract, section 4)."""

from kepu.engines.plandoc.vocabulary import structure


def own_category(title: str, level: int) -> str | None:
    """The first keyword group found in the title; organisation, goals and preamble count at level 1 only."""
    lists = (*structure.LEVEL_ONE_CATEGORIES, *structure.CATEGORIES) if level == 1 else structure.CATEGORIES
    return next((name for name, words in lists if any(w in title for w in words)), None)


def leaf_category(title: str, text: str, parent_title: str, parent_category: str | None) -> str:
    """Category of a leaf below a heading: the heading's, its own keyword, the group it speaks of most, or other."""
    if parent_category:
        return parent_category
    own = own_category(title, 2)
    if own:
        return own
    if structure.KEY_GROUPS_WORD in parent_title:
        counts = [
            (sum(text.count(w) for w in words), -i, name) for i, (name, words) in enumerate(structure.GROUP_WORDS)
        ]
        count, _, name = max(counts)
        if count:
            return name
    return "other"
