-- A row is what one channel cost in one month. Move this file up one folder if you have such a table.
SELECT
    month    AS month,                    -- required: its first day
    channel  AS channel,                  -- required, as acquisition_channel in accounts.sql
    spend    AS cost,                     -- required
    'USD'    AS currency                  -- required
    -- Optional: remove the first dashes of those you have.
    -- , customers    AS new_accounts     -- accounts won
FROM spend
