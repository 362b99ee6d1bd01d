"""WooCommerce: one store per account at ``/woocommerce/<login>``, REST API v3 with API keys.

Shapes as in the REST API documentation; error codes as WordPress and WooCommerce answer them.
"""
