"""Account reviews of a published month: chosen, made beside it, here or on a Dask cluster.

They rest on the month's frozen snapshot and judgement and change nothing of it. `choose` says whose, `studio`
makes one, `produce` makes many, `cluster` has them made elsewhere.
"""
