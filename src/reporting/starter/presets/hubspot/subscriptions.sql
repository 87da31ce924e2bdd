-- HubSpot: a won deal is a term of a year from its close date, at its amount; the company's next won deal takes its
-- place. A CRM doesn't know when service begins and ends: if you have a billing system, take that instead.
-- To check:
-- * Is the amount that of a year? Of a total over several years, of a month, or with one-off fees it is not.
-- * Terms other than a year, and add-ons beside a running term (which must not end it): a property of yours may tell.
-- * A deal of several companies counts for the one with the lowest id.
-- * Renewals must be deals of their own, or every customer leaves after a year.
WITH payers AS (
    SELECT deal_id, MIN(company_id) AS company_id FROM deal_company GROUP BY deal_id
),
won AS (
    SELECT
        deal.deal_id, payers.company_id, deal.property_amount AS amount, deal.property_dealname AS name,
        CAST(deal.property_closedate AS TIMESTAMP) AS since,
        LEAD(CAST(deal.property_closedate AS TIMESTAMP)) OVER (
            PARTITION BY payers.company_id ORDER BY CAST(deal.property_closedate AS TIMESTAMP), deal.deal_id
        ) AS next_since
    FROM deal
    JOIN payers ON payers.deal_id = deal.deal_id
    JOIN deal_pipeline_stage ON deal_pipeline_stage.stage_id = deal.deal_pipeline_stage_id
    WHERE LOWER(CAST(deal_pipeline_stage.closed_won AS VARCHAR)) = 'true'
        AND LOWER(COALESCE(CAST(deal.is_deleted AS VARCHAR), 'false')) <> 'true'
)
SELECT
    deal_id    AS subscription_id,
    company_id AS account_id,
    since      AS valid_from,
    CASE WHEN next_since < since + INTERVAL '1' YEAR THEN next_since ELSE since + INTERVAL '1' YEAR END
               AS valid_to,
    'Contract' AS plan,              -- or a property that names what was sold
    amount,
    'year'     AS amount_period,
    'USD'      AS currency,          -- or property_deal_currency_code, in an account with several
    FALSE      AS is_trial,
    'year'     AS billing_frequency,
    since + INTERVAL '1' YEAR AS renewal_at
FROM won
