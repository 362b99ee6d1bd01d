"""Shopify, GraphQL Admin API. Facts from its published schema (version 2024-04) and its guides.

https://shopify.dev/docs/api/admin-graphql
"""
