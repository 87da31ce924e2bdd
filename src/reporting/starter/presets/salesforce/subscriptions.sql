-- Salesforce: a won opportunity is a term of a year from its close date, at its amount; the account's next one takes its
-- place. A CRM doesn't know when service begins and ends: if you have a billing system, or CPQ's subscriptions, take
-- that instead.
-- To check:
-- * Is the amount that of a year? Of a total over several years, of a month, or with one-off fees it is not.
-- * Terms other than a year, and add-ons beside a running term (which must not end it): a field or the type may tell.
-- * Renewals must be opportunities of their own, or every customer leaves after a year.
WITH won AS (
    SELECT
        id, account_id, amount, name, CAST(close_date AS TIMESTAMP) AS since,
        LEAD(CAST(close_date AS TIMESTAMP)) OVER (
            PARTITION BY account_id ORDER BY CAST(close_date AS TIMESTAMP), id
        ) AS next_since
    FROM opportunity
    WHERE LOWER(CAST(is_won AS VARCHAR)) = 'true'
        AND LOWER(COALESCE(CAST(is_deleted AS VARCHAR), 'false')) <> 'true'
        AND account_id IS NOT NULL
)
SELECT
    id         AS subscription_id,
    account_id,
    since      AS valid_from,
    CASE WHEN next_since < since + INTERVAL '1' YEAR THEN next_since ELSE since + INTERVAL '1' YEAR END
               AS valid_to,
    'Contract' AS plan,              -- or a field that names what was sold
    amount,
    'year'     AS amount_period,
    'USD'      AS currency,          -- or currency_iso_code, where several are in use
    FALSE      AS is_trial,
    'year'     AS billing_frequency,
    since + INTERVAL '1' YEAR AS renewal_at
FROM won
