-- Stripe: a row is an item of a subscription, cut where its terms, a trial or a discount begin or end. docs/stripe.md
-- says what counts as MRR and what to check.
WITH versions AS (  -- what each item was, since when, and until when it is paid
    -- Items as they are today. So are past months then: who bought more is told with today's quantity ever since.
    SELECT
        id AS item_id, subscription_id, plan_id, quantity, CAST(created AS TIMESTAMP) AS since,
        CAST(NULL AS TIMESTAMP) AS paid_until
    FROM subscription_item
    -- The past stands in the lines of the invoices. If you have them, remove the dashes:
    -- WHERE id NOT IN (SELECT subscription_item_id FROM invoice_line_item WHERE subscription_item_id IS NOT NULL)
    -- UNION ALL
    -- SELECT
    --     subscription_item_id, subscription_id, COALESCE(price_id, plan_id), quantity,
    --     CAST(period_start AS TIMESTAMP), CAST(period_end AS TIMESTAMP)
    -- FROM invoice_line_item
    -- WHERE type = 'subscription' AND subscription_item_id IS NOT NULL AND CAST(amount AS BIGINT) >= 0
),
told AS (
    SELECT
        versions.*, CONCAT(plan_id, ' x ', CAST(quantity AS VARCHAR)) AS terms,
        LAG(CONCAT(plan_id, ' x ', CAST(quantity AS VARCHAR))) OVER (
            PARTITION BY item_id ORDER BY since, paid_until
        ) AS terms_before,
        MAX(paid_until) OVER (PARTITION BY item_id) AS last_paid
    FROM versions
),
changes AS (
    SELECT told.*, LEAD(since) OVER (PARTITION BY item_id ORDER BY since, paid_until) AS next_since
    FROM told
    WHERE terms_before IS NULL OR terms_before <> terms
),
prices AS (
    SELECT
        id, product_id, nickname, currency,
        CAST(COALESCE(unit_amount_decimal, unit_amount) AS DOUBLE PRECISION) AS minor,
        recurring_interval AS period, CAST(recurring_interval_count AS INTEGER) AS periods,
        recurring_usage_type AS usage_type,
        CAST(transform_quantity_divide_by AS DOUBLE PRECISION) AS packet, transform_quantity_round AS packet_round
    FROM price
    WHERE type = 'recurring'
    UNION ALL  -- plans of before prices; leave this out if there is no such table
    SELECT
        id, product_id, nickname, currency, CAST(amount AS DOUBLE PRECISION), "interval",
        CAST(interval_count AS INTEGER), usage_type, CAST(transform_usage_divide_by AS DOUBLE PRECISION),
        transform_usage_round
    FROM plan
    WHERE id NOT IN (SELECT id FROM price)
),
contracts AS (  -- `subscription` instead of `subscription_history` in syncs of before 2022
    SELECT
        id, customer_id, status, livemode, cancel_at_period_end,
        CAST(created AS TIMESTAMP) AS created, CAST(start_date AS TIMESTAMP) AS start_date,
        CAST(trial_start AS TIMESTAMP) AS trial_start, CAST(trial_end AS TIMESTAMP) AS trial_end,
        CAST(current_period_end AS TIMESTAMP) AS period_end,
        CASE status  -- past_due still counts: the customer uses, and the invoice is still being collected
            WHEN 'canceled' THEN CAST(COALESCE(ended_at, canceled_at) AS TIMESTAMP)
            WHEN 'unpaid' THEN CAST(current_period_start AS TIMESTAMP)  -- no longer collected
            WHEN 'paused' THEN CAST(trial_end AS TIMESTAMP)             -- a trial that ended without a card
        END AS ended
    FROM subscription_history
    WHERE LOWER(CAST(_fivetran_active AS VARCHAR)) = 'true'
),
items AS (
    SELECT
        CONCAT(item.item_id, ' ', CAST(item.since AS VARCHAR)) AS id, item.item_id, item.subscription_id, item.plan_id,
        contracts.customer_id, contracts.trial_start, contracts.trial_end, contracts.period_end,
        contracts.cancel_at_period_end,
        prices.product_id, prices.nickname, prices.currency, prices.period, prices.periods,
        CAST(item.quantity AS DOUBLE PRECISION) AS quantity,
        -- Items of the beginning share its date, which may be set back; later ones begin when they are added.
        CASE WHEN item.since <= contracts.created + INTERVAL '1' MINUTE
            THEN contracts.start_date ELSE item.since END AS begun,
        CASE
            WHEN item.next_since < COALESCE(contracts.ended, item.next_since + INTERVAL '1' DAY) THEN item.next_since
            WHEN item.item_id NOT IN (SELECT id FROM subscription_item)  -- removed from the subscription
                AND item.last_paid < COALESCE(contracts.ended, item.last_paid + INTERVAL '1' DAY) THEN item.last_paid
            ELSE contracts.ended
        END AS ended,
        prices.minor * CASE
            WHEN prices.packet IS NULL THEN CAST(item.quantity AS DOUBLE PRECISION)
            WHEN prices.packet_round = 'up' THEN CEIL(CAST(item.quantity AS DOUBLE PRECISION) / prices.packet)
            ELSE FLOOR(CAST(item.quantity AS DOUBLE PRECISION) / prices.packet)
        END AS minor
    FROM changes AS item
    LEFT JOIN contracts ON contracts.id = item.subscription_id
    LEFT JOIN prices ON prices.id = item.plan_id
    -- An item without its subscription stops the run, and so does one whose price is unknown or in tiers.
    WHERE (contracts.id IS NULL
            OR (LOWER(CAST(contracts.livemode AS VARCHAR)) = 'true'
                AND contracts.status NOT IN ('incomplete', 'incomplete_expired')))
        AND COALESCE(prices.usage_type, 'licensed') <> 'metered'  -- billed by use: no recurring revenue
),
queued AS (  -- what is taken off an invoice in money is taken off its items one after another
    SELECT
        items.*,
        COALESCE((
            SELECT SUM(other.minor) FROM items AS other
            WHERE other.subscription_id = items.subscription_id AND other.item_id < items.item_id
                AND other.begun <= items.begun AND (other.ended IS NULL OR other.ended > items.begun)
        ), 0) AS minor_before
    FROM items
),
discounts AS (  -- of a coupon that lasts; one for a single invoice (`once`) changes no recurring price
    SELECT
        queued.id AS item_id, discount.id, CAST(discount.start AS TIMESTAMP) AS since,
        CAST(discount."end" AS TIMESTAMP) AS until,
        CAST(coupon.percent_off AS DOUBLE PRECISION) AS percent_off,
        CAST(coupon.amount_off AS DOUBLE PRECISION) AS minor_off,
        CASE WHEN discount.subscription_id IS NULL THEN 2 ELSE 1 END AS place  -- the customer's, or its own
    FROM queued
    JOIN discount
        ON discount.subscription_id = queued.subscription_id
        OR (discount.subscription_id IS NULL AND discount.customer_id = queued.customer_id)
    JOIN coupon ON coupon.id = discount.coupon_id
    WHERE discount.invoice_id IS NULL AND discount.invoice_item_id IS NULL AND coupon.duration <> 'once'
),
cuts AS (
    SELECT id, begun AS cut_at FROM queued
    UNION
    SELECT id, trial_end FROM queued WHERE trial_end > begun AND (ended IS NULL OR trial_end < ended)
    UNION
    SELECT queued.id, discounts.since FROM queued JOIN discounts ON discounts.item_id = queued.id
    WHERE discounts.since > begun AND (ended IS NULL OR discounts.since < ended)
    UNION
    SELECT queued.id, discounts.until FROM queued JOIN discounts ON discounts.item_id = queued.id
    WHERE discounts.until > begun AND (ended IS NULL OR discounts.until < ended)
),
pieces AS (
    SELECT
        queued.*, cuts.cut_at AS valid_from,
        COALESCE(LEAD(cuts.cut_at) OVER (PARTITION BY cuts.id ORDER BY cuts.cut_at), queued.ended) AS valid_to,
        ROW_NUMBER() OVER (PARTITION BY queued.item_id ORDER BY cuts.cut_at, queued.begun) AS number,
        cuts.cut_at < queued.trial_end AND cuts.cut_at >= COALESCE(queued.trial_start, queued.begun) AS in_trial
    FROM queued
    JOIN cuts ON cuts.id = queued.id
),
taken AS (  -- all that hold at a time: amounts first, then percentages, each of what the others left
    SELECT
        pieces.item_id, pieces.number, discounts.place, SUM(discounts.minor_off) AS minor_off,
        CASE WHEN MAX(discounts.percent_off) = 100 THEN 100
            WHEN COUNT(discounts.percent_off) = 1 THEN MAX(discounts.percent_off)
            ELSE ROUND(100 * (1 - EXP(SUM(LN(1 - NULLIF(discounts.percent_off, 100) / 100)))), 8)
        END AS percent_off
    FROM pieces
    JOIN discounts
        ON discounts.item_id = pieces.id
        AND discounts.since <= pieces.valid_from
        AND (discounts.until IS NULL OR discounts.until > pieces.valid_from)
    GROUP BY pieces.item_id, pieces.number, discounts.place
),
terms AS (
    SELECT
        pieces.*, taken.percent_off, COALESCE(taken.minor_off, 0) AS minor_off,
        ROW_NUMBER() OVER (PARTITION BY pieces.item_id, pieces.number ORDER BY taken.place) AS choice
    FROM pieces
    LEFT JOIN taken ON taken.item_id = pieces.item_id AND taken.number = pieces.number
)
SELECT
    CONCAT(terms.item_id, '/', CAST(terms.number AS VARCHAR)) AS subscription_id,
    terms.customer_id                                       AS account_id,
    terms.valid_from,
    terms.valid_to,
    COALESCE(product.name, terms.nickname, terms.plan_id)   AS plan,
    CAST(CASE WHEN COALESCE(terms.in_trial, FALSE) THEN 0 WHEN terms.minor IS NULL THEN NULL ELSE
        GREATEST(terms.minor - GREATEST(terms.minor_off - terms.minor_before, 0), 0)
        -- Minor units: none in some currencies, a thousandth in others.
        / 100.0 * CASE
            WHEN UPPER(terms.currency) IN ('BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF',
                                           'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 100
            WHEN UPPER(terms.currency) IN ('BHD', 'JOD', 'KWD', 'OMR', 'TND') THEN 0.1 ELSE 1 END
        -- Every half-year is twice a year; a quarter and a year have a name of their own below.
        * CASE WHEN terms.period = 'month' AND terms.periods NOT IN (1, 3, 12) THEN 12.0 / terms.periods
            WHEN terms.period <> 'month' THEN 1.0 / terms.periods ELSE 1 END
    END AS DECIMAL(18, 4))                                  AS amount,
    CASE WHEN terms.period <> 'month' THEN terms.period
        WHEN terms.periods = 1 THEN 'month' WHEN terms.periods = 3 THEN 'quarter' ELSE 'year' END
                                                            AS amount_period,
    UPPER(terms.currency)                                   AS currency,
    COALESCE(terms.in_trial, FALSE)                         AS is_trial,
    -- A price that is ever sold in a number is taken to be one for seats.
    CASE WHEN MAX(terms.quantity) OVER (PARTITION BY terms.plan_id) > 1 THEN CAST(terms.quantity AS INTEGER) END
                                                            AS seats,
    terms.percent_off                                       AS discount_percent,
    CASE WHEN terms.period = 'month' AND terms.periods = 3 THEN 'quarter'
        WHEN terms.period = 'month' AND terms.periods = 12 THEN 'year'
        WHEN terms.periods = 1 THEN terms.period ELSE CONCAT(CAST(terms.periods AS VARCHAR), ' ', terms.period, 's')
    END                                                     AS billing_frequency,
    CASE WHEN terms.valid_to IS NULL AND LOWER(CAST(terms.cancel_at_period_end AS VARCHAR)) <> 'true'
        THEN terms.period_end END                           AS renewal_at
FROM terms
LEFT JOIN product ON product.id = terms.product_id
WHERE terms.choice = 1
