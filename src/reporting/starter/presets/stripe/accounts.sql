-- Stripe: a customer is an account. Tables as Fivetran names them; docs/stripe.md says what to check.
SELECT
    id                                                                     AS account_id,
    COALESCE(NULLIF(name, ''), NULLIF(description, ''), NULLIF(email, ''), id) AS account_name,
    created                                                                AS signed_up_at,
    address_country                                                        AS country
FROM customer
WHERE LOWER(CAST(livemode AS VARCHAR)) = 'true'
