"""dbt: SELECTs over the models of a project, and the reports as exposures of it."""
