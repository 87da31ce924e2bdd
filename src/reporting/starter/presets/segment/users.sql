-- Segment: a user is who was identified, in the group of the last group call.
-- To check: traits become columns of identifies, so a role is there only if you send one.
WITH last_group AS (
    SELECT user_id, group_id, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY "timestamp" DESC, id) AS number
    FROM groups
)
SELECT
    identifies.user_id,
    last_group.group_id                       AS account_id,
    MIN(CAST(identifies."timestamp" AS TIMESTAMP)) AS created_at
    -- , MAX(identifies.role)                 AS role
FROM identifies
JOIN last_group ON last_group.user_id = identifies.user_id AND last_group.number = 1
GROUP BY identifies.user_id, last_group.group_id
