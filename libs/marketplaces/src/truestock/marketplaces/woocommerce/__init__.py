"""WooCommerce, REST API v3. Facts from its public documentation and from how WordPress itself answers.

https://woocommerce.github.io/woocommerce-rest-api-docs/
"""
