"""Nouns that two or more features share: frozen values, standard library only, no I/O."""
