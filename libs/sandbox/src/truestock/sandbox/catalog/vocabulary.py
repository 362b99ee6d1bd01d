"""Words that generated products are made of."""

ADJECTIVES = (
    "Handmade", "Vintage", "Rustic", "Minimalist", "Organic", "Hand-thrown", "Recycled", "Slow-made",
    "Botanical", "Nordic", "Woven", "Embroidered", "Hammered", "Hand-dyed", "Brushed", "Quilted",
)  # fmt: skip
MATERIALS = (
    "Linen", "Cotton", "Merino Wool", "Stoneware", "Oak", "Walnut", "Brass", "Sterling Silver",
    "Beeswax", "Cork", "Felt", "Rattan", "Leather", "Bamboo", "Glass", "Soapstone",
)  # fmt: skip
NON_ASCII = (
    "Überwurf aus Leinen", "Crème-Brûlée-Schälchen", "Mützchen für Frühgeborene",
    "Café-Tasse mit Œillet-Muster", "Fjällräv-Halsduk", "Żółty kubek ceramiczny", "Çini desenli tabak",
    "手作り陶器の湯呑み", "Подсвечник «Осень»",
    "Muñeca de ganchillo niño", "Ťažká vlnená deka", "Bougie parfumée à l’été",
)  # fmt: skip
# What is sold, its category and about how dear it is (lowest and highest price in whole units of currency).
THINGS = (
    ("Mug", "Home & Living > Kitchen & Dining > Drinkware", 12, 38),
    ("Serving Bowl", "Home & Living > Kitchen & Dining > Dinnerware", 24, 95),
    ("Table Runner", "Home & Living > Home Decor > Linens", 18, 70),
    ("Cushion Cover", "Home & Living > Home Decor > Cushions", 15, 60),
    ("Scarf", "Accessories > Scarves & Wraps", 20, 140),
    ("Beanie", "Accessories > Hats & Caps", 14, 48),
    ("Tote Bag", "Bags & Purses > Totes", 16, 180),
    ("Ring", "Jewellery > Rings", 25, 950),
    ("Earrings", "Jewellery > Earrings", 9, 220),
    ("Necklace", "Jewellery > Necklaces", 19, 480),
    ("Dress", "Clothing > Women > Dresses", 45, 260),
    ("Work Shirt", "Clothing > Men > Shirts", 39, 130),
    ("Baby Romper", "Clothing > Kids > Baby", 18, 65),
    ("Candle", "Home & Living > Home Decor > Candles", 7, 45),
    ("Notebook", "Paper & Party Supplies > Journals", 6, 40),
    ("Dining Table", "Home & Living > Furniture > Tables", 690, 4200),
    ("Sticker Sheet", "Paper & Party Supplies > Stickers", 1, 6),
    ("Wall Hanging", "Art & Collectibles > Fibre Arts", 35, 420),
)
SIZES = ("XS", "S", "M", "L", "XL", "XXL")
LENGTHS = ("40 cm", "45 cm", "50 cm", "60 cm")
COLOURS = ("Red", "Blue", "Green", "Ochre", "Charcoal", "Ivory", "Sage", "Terracotta", "Navy", "Blush")
SCENTS = ("Lavender", "Cedar", "Orange & Clove", "Unscented")
BURIED = (
    ("available in {}", "colour", COLOURS),
    ("Colour: {} (please tell us in the note)", "colour", COLOURS),
    ("Sizes: {}", "size", SIZES),
    ("choose your scent: {}", "scent", SCENTS),
)
