-- Segment: a track call is an event, of the account that its user's last group call before it names.
-- To check:
-- * Is group_id the account_id of accounts.sql? If groups are known by another id, join a table that knows both.
-- * Track calls before log-in, and of users without a group, belong to no account and are left out. Count them:
--   SELECT COUNT(*) FROM tracks WHERE user_id IS NULL OR user_id NOT IN (SELECT user_id FROM groups)
-- * `event` is the name in snake case, one table each; use event_text for the name as it was sent.
-- * "timestamp" is corrected for the clock of the device; received_at is not.
WITH members AS (
    SELECT
        user_id, group_id, CAST("timestamp" AS TIMESTAMP) AS since,
        LEAD(CAST("timestamp" AS TIMESTAMP)) OVER (PARTITION BY user_id ORDER BY "timestamp", id) AS until,
        ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY "timestamp", id) AS number
    FROM groups
    WHERE user_id IS NOT NULL
)
SELECT
    members.group_id   AS account_id,
    tracks.event       AS event_name,
    tracks."timestamp" AS occurred_at,
    tracks.id          AS event_id,
    tracks.user_id
FROM tracks
JOIN members
    ON members.user_id = tracks.user_id
    AND (members.number = 1 OR members.since <= CAST(tracks."timestamp" AS TIMESTAMP))
    AND (members.until IS NULL OR members.until > CAST(tracks."timestamp" AS TIMESTAMP))
