__version__ = "0.1.0"
DISTRIBUTION = "customer-success-reports"  # what pip installs; what it imports is `reporting`
