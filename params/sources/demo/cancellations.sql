SELECT * FROM cancellations
