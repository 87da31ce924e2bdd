SELECT * FROM integrations
