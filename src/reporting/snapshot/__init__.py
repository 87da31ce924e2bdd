"""What a month's reports may know: built once from the source, frozen, hashed."""
