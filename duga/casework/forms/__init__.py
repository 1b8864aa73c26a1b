"""Whether what was typed can be understood; nothing is saved here."""
