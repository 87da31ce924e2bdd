SELECT * FROM acquisition
