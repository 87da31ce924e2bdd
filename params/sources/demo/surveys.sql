SELECT * FROM surveys
