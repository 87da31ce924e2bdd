-- Stripe: a subscription that was cancelled, or that will be at its period's end.
SELECT
    id                               AS cancellation_id,
    customer_id                      AS account_id,
    canceled_at                      AS requested_at,
    COALESCE(ended_at, cancel_at)    AS effective_at
    -- , cancellation_reason         AS reason       -- if your sync has the cancellation's details
FROM subscription_history
WHERE LOWER(CAST(_fivetran_active AS VARCHAR)) = 'true'
    AND LOWER(CAST(livemode AS VARCHAR)) = 'true'
    AND canceled_at IS NOT NULL
    AND status NOT IN ('incomplete', 'incomplete_expired')
