SELECT * FROM activities
