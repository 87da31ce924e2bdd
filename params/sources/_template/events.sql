-- A row is something done in the product. params/product.yml says which event names are core, value and so on.
SELECT
    customer_id AS account_id,            -- required
    action      AS event_name,            -- required
    happened_at AS occurred_at            -- required; UTC, or with its offset
    -- Optional: remove the first dashes of those you have.
    -- , id           AS event_id         -- duplicates are counted
    -- , user_id      AS user_id
    -- , number       AS quantity         -- how many times; absent = 1
    -- , session      AS session_id       -- absent = split at 30 minutes without an event
    -- , seconds      AS duration_seconds
    -- , was_finished AS completed        -- the task was completed
    -- , plan_id      AS subscription_id
FROM activity
