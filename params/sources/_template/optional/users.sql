-- A row is a person with a log-in. Move this file up one folder if you have such a table.
SELECT
    id          AS user_id,               -- required, the key
    customer_id AS account_id,            -- required
    created_at  AS created_at             -- required
    -- Optional: remove the first dashes of those you have.
    -- , role         AS role             -- admin, member ...
    -- , department   AS team
    -- , email        AS email            -- for lists of users to write to
    -- , invited_at   AS invited_at       -- empty = not invited by anyone
    -- , disabled_at  AS deactivated_at   -- empty = still valid
FROM people
