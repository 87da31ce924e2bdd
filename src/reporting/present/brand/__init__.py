"""The brand: name, logo, colours and font, read from one file by charts, HTML and PDF alike."""

from reporting.present.brand.model import FAMILY, FONTS, PAGE_SIZES, Brand, Color, Font, Logo, ink_on
from reporting.present.brand.read import (
    NAME,
    OLDER,
    SHIPPED,
    brand_path,
    converted,
    current_brand,
    load_brand,
)

__all__ = [
    "FAMILY",
    "FONTS",
    "NAME",
    "OLDER",
    "PAGE_SIZES",
    "SHIPPED",
    "Brand",
    "Color",
    "Font",
    "Logo",
    "brand_path",
    "converted",
    "current_brand",
    "ink_on",
    "load_brand",
]
