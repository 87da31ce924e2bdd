"""A product definition proposed from a source's own events and subscriptions.

`sums` and `plans` ask the engine, `measure` puts together what is known of each event, `decide` makes a
`Proposal` of it, and `page` writes that down. Nothing here enters a report.
"""
