-- A row is a cancellation. It adds reasons; revenue follows the subscriptions. Move this file up one folder if you
-- have such a table.
SELECT
    id          AS cancellation_id,       -- required, the key
    customer_id AS account_id,            -- required
    asked_on    AS requested_at           -- required: the day the customer cancelled
    -- Optional: remove the first dashes of those you have.
    -- , ends_on      AS effective_at     -- end of service, as valid_to of the subscription
    -- , reason       AS reason
    -- , comment      AS feedback
    -- , plan_id      AS subscription_id  -- empty = the whole account
FROM cancellations
