-- A row is a support ticket. Move this file up one folder if you have such a table.
SELECT
    id          AS ticket_id,             -- required, the key
    customer_id AS account_id,            -- required
    opened_at   AS opened_at              -- required
    -- Optional: remove the first dashes of those you have.
    -- , closed_at    AS closed_at        -- empty = open
    -- , priority     AS priority
    -- , first_reply  AS first_response_minutes
    -- , score        AS satisfaction     -- 1 to 5
    -- , escalated    AS escalated
FROM cases
