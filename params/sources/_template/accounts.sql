-- A row is a customer account.
SELECT
    id         AS account_id,             -- required, the key
    name       AS account_name,           -- required
    created_at AS signed_up_at            -- required
    -- Optional: remove the first dashes of those you have.
    -- , industry     AS industry
    -- , country      AS country
    -- , region       AS region
    -- , size_band    AS company_size     -- a band as text: 51-200
    -- , source       AS acquisition_channel
    -- , plan         AS plan             -- at present
    -- , has_churned  AS churned_flag     -- what the source itself says
    -- , owner        AS csm              -- customer success manager
    -- , email LIKE '%@acme.com' AS internal  -- your own and tests: left out, with all that is theirs
FROM customers
