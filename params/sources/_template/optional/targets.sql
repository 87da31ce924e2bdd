-- A row is what one figure is to be in one month. Move this file up one folder if you have such a table.
SELECT
    month    AS month,                    -- required: its first day
    figure   AS metric,                   -- required: a metric's id, such as mrr or nrr_12
    goal     AS target                    -- required: money in the reporting currency, a share as 0.95
FROM goals
