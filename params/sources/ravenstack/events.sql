-- Usage names its subscription only; the account is that subscription's. It names no user.
SELECT
    subscriptions.account_id,
    usage.feature_name        AS event_name,
    usage.usage_date          AS occurred_at,
    usage.usage_id            AS event_id,
    usage.usage_count         AS quantity,
    usage.usage_duration_secs AS duration_seconds,
    usage.subscription_id
FROM ravenstack_feature_usage AS usage
LEFT JOIN ravenstack_subscriptions AS subscriptions USING (subscription_id)
