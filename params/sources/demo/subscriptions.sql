SELECT * FROM subscriptions
