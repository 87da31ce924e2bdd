-- Salesforce: an account that ever won an opportunity. Tables as Fivetran names them.
-- To check:
-- * If you bill elsewhere, take the accounts that the billing knows instead of those with a won opportunity.
-- * Use the billing's id as account_id if Salesforce keeps it in a field (its name ends with __c); else join a table
--   that knows both.
-- * created_date is when the account was entered, often long before it signed up.
-- * Subsidiaries are accounts of their own; COALESCE(parent_id, id) would put them together.
SELECT
    account.id               AS account_id,
    account.name             AS account_name,
    account.created_date     AS signed_up_at,
    account.industry,
    account.billing_country  AS country,
    account.account_source   AS acquisition_channel,
    owner.name               AS csm      -- the owner may be the seller; your customer success manager may be a field
FROM account
LEFT JOIN "user" AS owner ON owner.id = account.owner_id
WHERE LOWER(COALESCE(CAST(account.is_deleted AS VARCHAR), 'false')) <> 'true'
    AND account.id IN (
        SELECT account_id FROM opportunity
        WHERE LOWER(CAST(is_won AS VARCHAR)) = 'true'
            AND LOWER(COALESCE(CAST(is_deleted AS VARCHAR), 'false')) <> 'true'
    )
