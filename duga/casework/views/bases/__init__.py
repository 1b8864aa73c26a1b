"""Pages about lawful bases, consent, children, and what is told without consent."""
