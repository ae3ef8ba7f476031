"""Word lists of the plan genre, as data: what a page adds, how plans are built, who acts, how amounts are said."""
