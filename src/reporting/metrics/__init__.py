"""The catalogue of metrics as Ibis expressions, one module a chapter."""
