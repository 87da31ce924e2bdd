"""Who leaves, when and after what: survival analysis of a month's panel."""
