"""The metrics: one module a chapter, two for a long one."""
