SELECT
    account_id,
    account_name,
    signup_date     AS signed_up_at,
    industry,
    country,
    referral_source AS acquisition_channel,
    plan_tier       AS plan,
    churn_flag      AS churned_flag
FROM ravenstack_accounts
