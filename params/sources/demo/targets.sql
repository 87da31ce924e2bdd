SELECT * FROM targets
