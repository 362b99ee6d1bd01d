"""Amazon, Selling Partner API. Facts from the Swagger models of Listings Items 2021-08-01 and Sellers v1.

https://developer-docs.amazon.com/sp-api/

Amazon announces changes through SQS and EventBridge only, never by a webhook: there are no notices, and
an access that a seller took back is noticed at the next refresh (``invalid_grant``).
"""
