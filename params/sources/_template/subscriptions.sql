-- A row is a period of constant terms: a change of plan, price or seats ends a row and starts another. Trials too.
SELECT
    id            AS subscription_id,     -- required, the key of the row
    customer_id   AS account_id,          -- required
    start_date    AS valid_from,          -- required
    end_date      AS valid_to,            -- first day without service; empty = still running
    plan          AS plan,                -- required
    price         AS amount,              -- required: the price of one amount_period, net of tax and one-off fees
    CASE billing WHEN 'monthly' THEN 'month' WHEN 'yearly' THEN 'year' END
                  AS amount_period,       -- required: day, week, month, quarter or year
    currency      AS currency,            -- required: USD, EUR ...
    status = 'trial' AS is_trial          -- required: a trial never counts as revenue
    -- Optional: remove the first dashes of those you have.
    -- , quantity     AS seats
    -- , discount     AS discount_percent -- 0 to 100, off the amount
    -- , billing      AS billing_frequency -- month, quarter, year
    -- , included     AS event_limit      -- included volume, events a month
    -- , renews_on    AS renewal_at
    -- , has_churned  AS source_churn_flag -- what the source itself says
FROM plans
