-- PostHog: a user is who was seen in a company, since the first event there; in the company of the last one.
-- To check: as in events.sql; a role is there only if you send one as a person property.
WITH carried AS (
    SELECT
        distinct_id, CAST("timestamp" AS TIMESTAMP) AS moment, uuid,
        json_extract_string(CAST(properties AS JSON), '$."$groups"."company"') AS company
    FROM events
),
seen AS (
    SELECT
        distinct_id, company, MIN(moment) OVER (PARTITION BY distinct_id) AS first_at,
        ROW_NUMBER() OVER (PARTITION BY distinct_id ORDER BY moment DESC, uuid) AS number
    FROM carried
    WHERE company IS NOT NULL
)
SELECT distinct_id AS user_id, company AS account_id, first_at AS created_at
FROM seen
WHERE number = 1
