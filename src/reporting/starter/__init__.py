"""What `reporting init` copies: a project of one's own, and SELECTs for systems that many have."""
