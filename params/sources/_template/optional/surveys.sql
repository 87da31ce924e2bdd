-- A row is an answer to a survey. Move this file up one folder if you have such a table.
SELECT
    id          AS survey_id,             -- required, the key
    customer_id AS account_id,            -- required
    'nps'       AS kind,                  -- required: nps (0 to 10) or csat (1 to 5)
    score       AS score,                 -- required
    answered_at AS answered_at            -- required
    -- Optional: remove the first dashes of those you have.
    -- , person_id    AS user_id
FROM answers
