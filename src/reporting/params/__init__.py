"""What may differ from month to month and from company to company, read from `params/`."""
