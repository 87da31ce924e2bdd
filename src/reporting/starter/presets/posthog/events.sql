-- PostHog: the table of a batch export. The account is the group of type "company" that the event carries.
-- To check:
-- * Name your group type in place of company. Without group analytics, take a property that names the account, or join
--   a table of your own that knows the account of each distinct_id.
-- * Is the group key the account_id of accounts.sql?
-- * Events without a group (website, before log-in) belong to no account and are left out.
-- * distinct_id may be anonymous until the user is identified; exports to files have person_id, which is the same before
--   and after.
-- * On PostgreSQL: properties -> '$groups' ->> 'company'; Snowflake: properties:"$groups":company::string;
--   BigQuery: JSON_VALUE(properties, '$."$groups".company').
WITH carried AS (
    SELECT *, json_extract_string(CAST(properties AS JSON), '$."$groups"."company"') AS company FROM events
)
SELECT
    company       AS account_id,
    event         AS event_name,
    "timestamp"   AS occurred_at,
    uuid          AS event_id,
    distinct_id   AS user_id
FROM carried
WHERE company IS NOT NULL
    AND event NOT IN ('$identify', '$groupidentify', '$set', '$create_alias', '$feature_flag_called')
