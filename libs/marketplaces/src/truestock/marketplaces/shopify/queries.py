"""What is asked of Shopify. Every query costs at most 1,000 points, Shopify's limit for a single one.

A query costs what it could return at most: an object 1, a connection 2 and its objects ``first`` times.
With the sizes below a product costs 67 and a variant 10, whether or not the shop has so many.
"""

PAGE = 14
"""Products a query: 14 of them cost 942 points."""
VARIANTS = 5
PHOTOS = 5
LEVELS = 2
"""Variants and photos of a product, locations of a variant: the rest is fetched afterwards."""
MORE_VARIANTS = 95
MORE_PHOTOS = 250
MORE_LEVELS = 50
ITEMS = 9
"""Inventory items whose locations are completed by one query."""
LOCATIONS = 250
SIZES = {"variants": VARIANTS, "photos": PHOTOS, "levels": LEVELS}

_LEVELS = """
fragment Levels on InventoryLevelConnection {
  nodes { quantities(names: ["available", "on_hand"]) { name quantity } }
  pageInfo { hasNextPage endCursor }
}
"""
_VARIANTS = """
fragment Variants on ProductVariantConnection {
  nodes {
    id
    sku
    barcode
    price
    selectedOptions { name value }
    inventoryItem { id tracked inventoryLevels(first: $levels) { ...Levels } }
  }
  pageInfo { hasNextPage endCursor }
}
"""
_PHOTOS = """
fragment Photos on MediaConnection {
  nodes { mediaContentType ... on MediaImage { image { url } } }
  pageInfo { hasNextPage endCursor }
}
"""
_PRODUCT = """
fragment Product on Product {
  id
  title
  descriptionHtml
  handle
  onlineStoreUrl
  productType
  status
  tags
  vendor
  media(first: $photos) { ...Photos }
  variants(first: $variants) { ...Variants }
}
"""
_FRAGMENTS = f"{_PRODUCT}{_PHOTOS}{_VARIANTS}{_LEVELS}"

PRODUCTS = f"""
query Products(
  $first: Int!, $after: String, $query: String, $variants: Int!, $photos: Int!, $levels: Int!
) {{
  shop {{ currencyCode }}
  products(first: $first, after: $after, query: $query, sortKey: ID) {{
    edges {{ cursor node {{ ...Product }} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
{_FRAGMENTS}"""

PRODUCTS_BY_ID = f"""
query ProductsById($ids: [ID!]!, $variants: Int!, $photos: Int!, $levels: Int!) {{
  shop {{ currencyCode }}
  nodes(ids: $ids) {{ ...Product }}
}}
{_FRAGMENTS}"""

VARIANTS_OF = f"""
query VariantsOf($id: ID!, $first: Int!, $after: String, $levels: Int!) {{
  product(id: $id) {{ variants(first: $first, after: $after) {{ ...Variants }} }}
}}
{_VARIANTS}{_LEVELS}"""

PHOTOS_OF = f"""
query PhotosOf($id: ID!, $first: Int!, $after: String) {{
  product(id: $id) {{ media(first: $first, after: $after) {{ ...Photos }} }}
}}
{_PHOTOS}"""

LEVELS_OF = f"""
query LevelsOf($ids: [ID!]!, $first: Int!, $after: String) {{
  nodes(ids: $ids) {{
    ... on InventoryItem {{ id inventoryLevels(first: $first, after: $after) {{ ...Levels }} }}
  }}
}}
{_LEVELS}"""

SHOP = """
query Shop {
  shop { id name myshopifyDomain currencyCode taxesIncluded primaryDomain { host url } }
}
"""

LOCATIONS_OF_SHOP = """
query Locations($first: Int!, $after: String) {
  locations(first: $first, after: $after) { nodes { id name } pageInfo { hasNextPage endCursor } }
}
"""

SCOPES = """
query Scopes { currentAppInstallation { accessScopes { handle } } }
"""

ONE_OF_EACH = {
    "read_inventory": "query OneItem { inventoryItems(first: 1) { nodes { id } } }",
    "read_locations": "query OneLocation { locations(first: 1) { nodes { id } } }",
    "read_products": "query OneProduct { products(first: 1) { nodes { id } } }",
}
"""The cheapest read that each scope opens."""
