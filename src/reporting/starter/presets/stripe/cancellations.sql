-- Stripe: a subscription that was cancelled, or will be, and leaves its customer without any. One that another takes the
-- place of within a day is a change of terms and no cancellation.
WITH contracts AS (
    SELECT
        id, customer_id, CAST(canceled_at AS TIMESTAMP) AS canceled_at, CAST(start_date AS TIMESTAMP) AS start_date,
        CASE WHEN canceled_at IS NOT NULL
            THEN CAST(COALESCE(ended_at, cancel_at, current_period_end) AS TIMESTAMP) END AS ends
    FROM subscription_history
    WHERE LOWER(CAST(_fivetran_active AS VARCHAR)) = 'true'
        AND LOWER(CAST(livemode AS VARCHAR)) = 'true'
        AND status NOT IN ('incomplete', 'incomplete_expired')
)
SELECT
    id          AS cancellation_id,
    customer_id AS account_id,
    canceled_at AS requested_at,
    ends        AS effective_at
    -- , cancellation_details_feedback AS reason     -- what your sync has of the cancellation's details
FROM contracts
WHERE canceled_at IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM contracts AS other
        WHERE other.customer_id = contracts.customer_id
            AND other.id <> contracts.id
            AND other.start_date <= contracts.ends + INTERVAL '1' DAY
            AND (other.ends IS NULL OR other.ends > contracts.ends + INTERVAL '1' DAY)
    )
