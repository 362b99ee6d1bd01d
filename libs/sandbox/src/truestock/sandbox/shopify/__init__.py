"""Shopify's GraphQL Admin API (schema of version 2024-04): OAuth per shop, products, cost points, notices.

Paths: ``/shopify/<shop host>/admin/oauth/authorize``, ``…/admin/oauth/access_token``,
``…/admin/api/<version>/graphql.json``. ``schema.graphql`` names what is served of Shopify's schema.
"""
