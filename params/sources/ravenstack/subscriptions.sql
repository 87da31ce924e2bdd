-- mrr_amount is already per month, whatever the billing frequency. end_date is taken as exclusive: the first
-- day without service.
SELECT
    subscription_id,
    account_id,
    start_date AS valid_from,
    end_date   AS valid_to,
    plan_tier  AS plan,
    mrr_amount AS amount,
    'month'    AS amount_period,
    'USD'      AS currency,
    is_trial,
    seats,
    CASE billing_frequency WHEN 'monthly' THEN 'month' WHEN 'annual' THEN 'year' ELSE billing_frequency END
               AS billing_frequency,
    churn_flag AS source_churn_flag
FROM ravenstack_subscriptions
