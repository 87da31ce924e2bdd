SELECT
    ticket_id,
    account_id,
    submitted_at                AS opened_at,
    closed_at,
    priority,
    first_response_time_minutes AS first_response_minutes,
    satisfaction_score          AS satisfaction,
    escalation_flag             AS escalated
FROM ravenstack_support_tickets
