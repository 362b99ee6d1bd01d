"""Etsy, Open API v3. Facts from the official OpenAPI document of January 2024 and its guides.

https://developers.etsy.com/documentation/
"""
