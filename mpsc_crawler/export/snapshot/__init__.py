"""A snapshot: the corpus as files that can be cited, checked and compared years later."""
