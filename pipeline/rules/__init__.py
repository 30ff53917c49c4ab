"""One rule language, parsed once, compiled three ways: vectorised check, Excel formula, sentence."""
