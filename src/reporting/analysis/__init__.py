"""What a snapshot tells: data in, data out, for the reports and for a notebook of one's own."""
