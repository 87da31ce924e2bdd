-- A row is a connection to another system. Move this file up one folder if you have such a table.
SELECT
    id           AS integration_id,       -- required, the key
    customer_id  AS account_id,           -- required
    system       AS name,                 -- required
    connected_on AS connected_at          -- required
    -- Optional: remove the first dashes of those you have.
    -- , removed_on   AS disconnected_at  -- empty = still connected
FROM connections
