-- HubSpot: a company that ever won a deal is an account. Tables as Fivetran names them.
-- To check:
-- * Most companies of a CRM never buy. If you bill elsewhere, take those that the billing knows instead of the deals.
-- * Use the billing's id as account_id if HubSpot keeps it in a property; else join a table that knows both.
-- * property_createdate is when the company was added, often long before it signed up.
SELECT
    company.id                  AS account_id,
    company.property_name       AS account_name,
    company.property_createdate AS signed_up_at,
    company.property_industry   AS industry,
    company.property_country    AS country
    -- , company.property_numberofemployees AS company_size   -- as a band: 51-200
FROM company
WHERE LOWER(COALESCE(CAST(company.is_deleted AS VARCHAR), 'false')) <> 'true'
    AND company.id IN (
        SELECT deal_company.company_id
        FROM deal_company
        JOIN deal ON deal.deal_id = deal_company.deal_id
        JOIN deal_pipeline_stage ON deal_pipeline_stage.stage_id = deal.deal_pipeline_stage_id
        WHERE LOWER(CAST(deal_pipeline_stage.closed_won AS VARCHAR)) = 'true'
            AND LOWER(COALESCE(CAST(deal.is_deleted AS VARCHAR), 'false')) <> 'true'
    )
