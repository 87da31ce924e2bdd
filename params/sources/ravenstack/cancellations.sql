-- The files know one date per churn event; it serves as the day of the request and as the end of service.
-- Events of accounts that had come back before (is_reactivation) are churn events like any other.
SELECT
    churn_event_id AS cancellation_id,
    account_id,
    churn_date     AS requested_at,
    churn_date     AS effective_at,
    reason_code    AS reason,
    feedback_text  AS feedback
FROM ravenstack_churn_events
