-- A row is something done for an account. Move this file up one folder if you have such a table.
SELECT
    id          AS activity_id,           -- required, the key
    customer_id AS account_id,            -- required
    happened_at AS done_at,               -- required
    type        AS kind                   -- required: call, mail, training ...
    -- Optional: remove the first dashes of those you have.
    -- , owner      AS done_by            -- who did it
    -- , outcome    AS note               -- what came of it
FROM contacts
