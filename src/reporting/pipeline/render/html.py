"""The screen page: pandoc's body in our frame, charts inline so that they follow the theme."""

from __future__ import annotations

import base64
import functools
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

from reporting.errors import RenderError
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document
from reporting.pipeline.render.pandoc import THEME, convert
from reporting.pipeline.render.scripts import POLICY, policy, script_of
from reporting.present.brand import FONTS, Brand, Color

_IMAGE = re.compile(r'<img\b(?:[^>"]|"[^"]*")*?\bsrc="((?:\./)?figures/[^"]+\.svg)"(?:[^>"]|"[^"]*")*>')
_ALT = re.compile(r'\balt="([^"]*)"')
_WIDE = 400  # points; a chart of the full text width

# The ranges each shipped web font file covers, as its publisher states them.
_LATIN = "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,"
_LATIN += "U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD"
_LATIN_EXT = (
    "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB,"
)
_LATIN_EXT += "U+20AD-20C4,U+2113,U+2C60-2C7F,U+A720-A7FF"
_CYRILLIC = "U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116"
_GREEK = "U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF"
_UPRIGHT, _ALL = ((400, "normal"), (600, "normal")), ((400, "normal"), (400, "italic"), (600, "normal"))
_WEB_FONTS = [
    (f"source-sans-3-{part}-{weight}-{slant}.woff2", weight, slant, ranges)
    for part, ranges, faces in (
        ("latin", _LATIN, _ALL),
        ("latin-ext", _LATIN_EXT, _ALL),
        ("cyrillic", _CYRILLIC, _UPRIGHT),
        ("greek", _GREEK, _UPRIGHT),
    )
    for weight, slant in faces
]


@dataclass(frozen=True)
class Link:
    """A link in a page's navigation or footer; without `href` plain text."""

    title: str
    href: str = ""


@dataclass(frozen=True)
class Body:
    """A converted document: list of contents and body, both HTML."""

    toc: str
    html: str


def to_html(document: Document, brand: Brand) -> Body:
    """Convert `document`, its figures inline.

    Raises:
        RenderError: pandoc warned or a figure is missing.
    """
    options = ("--toc", "--toc-depth=3", "--template", str(THEME / "parts.html"), "--email-obfuscation=none")
    return parts_of(convert(document, "html5", options=options), document, brand)


def parts_of(made: str, document: Document, brand: Brand) -> Body:
    """What `parts.html` holds apart, its figures inline.

    Raises:
        RenderError: A figure is missing.
    """
    toc, _, body = made.partition("</nav>")
    toc, body = toc.partition("<nav>")[2], body.rpartition("<!-- end -->")[0]
    return Body(toc.strip(), inline_figures(body.strip(), document.path.parent, brand))


def inline_figures(body: str, folder: Path, brand: Brand) -> str:
    """Replace images of SVG files by their content, brand colours by the theme's variables.

    Raises:
        RenderError: A file is missing.
    """

    def replace(match: re.Match[str]) -> str:
        file = folder / html.unescape(match[1])
        if not file.is_file():
            raise RenderError(f"the figure {match[1]} is missing.", where=folder)
        alt = _ALT.search(match[0])
        return inline_svg(file.read_text(encoding="utf-8"), alt[1] if alt else "", brand)

    return _IMAGE.sub(replace, body)


def inline_svg(svg: str, alt: str, brand: Brand) -> str:
    """An SVG file's text as part of a page.

    Args:
        svg: As `present.svg.to_svg` wrote it.
        alt: Alternative text, escaped for an attribute.
        brand: Its light colours become the theme's variables.
    """
    width = float((re.search(r'width="([\d.]+)pt"', svg) or [0, 0])[1])
    kind = "wide" if width > _WIDE else "small"
    return (
        _themed(svg, brand).strip().replace("<svg ", f'<svg class="{kind}" role="img" aria-label="{alt}" ', 1)
    )


def _themed(svg: str, brand: Brand) -> str:
    roles = {color.light: name for name, color in reversed(_colors(brand).items())}

    def variable(match: re.Match[str]) -> str:
        role = roles.get(match[0].lower())
        return f"var(--{role})" if role else match[0]

    return re.sub(r"(?<=[ :])#[0-9a-fA-F]{6}\b(?=[;\"])", variable, svg)


def page(
    *,
    title: str,
    body: str,
    context: RunContext,
    description: str = "",
    toc: str = "",
    pages: Sequence[Link] = (),
    here: str = "",
    footer: Sequence[Link] = (),
    home: str = "",
    root: str = "",
    month: str | None = None,
    embedded: bool = False,
    extras: str = "",
    kind: str = "",
) -> str:
    """A whole page.

    Args:
        title: Plain text, as are `description` and the links' titles; `body` and `toc` are HTML.
        pages: The site's navigation; `here` is the one being read.
        footer: Links below; `home` is where the company's name leads.
        root: Prefix of the way to `assets/`.
        month: Shown beside the company; the context's by default, `""` for none.
        embedded: Carry style, script, fonts and logo in the page itself.
        extras: HTML for its head, see `scripts`.
        kind: Class of its body, for its own rules.
    """
    script = script_of("page.js")
    month = context.month.label if month is None else month
    cover = Markup("<strong>{}</strong> · {} · run {}").format(context.company, month, context.run_id)
    return (
        _templates()
        .get_template("page.html")
        .render(
            lang="en",
            title=title,
            description=description,
            company=context.company,
            month=month,
            cover=cover if month else "",
            colophon=_colophon(context) if month else "",
            body=Markup(body),
            toc=Markup(toc),
            pages=pages,
            here=here,
            footer=footer,
            home=home,
            root=root,
            logo=Markup(_logo(context.brand)),
            style=Markup(stylesheet(context.brand, embedded=True)) if embedded else "",
            script=Markup(script),
            policy=Markup(policy(script) if embedded else POLICY),
            extras=Markup(extras),
            kind=kind,
        )
    )


def _colophon(context: RunContext) -> str:
    snapshot = f" · snapshot {context.snapshot_hash[:16]}" if context.snapshot_hash else ""
    return f"Run {context.run_id}{snapshot}"


def stylesheet(brand: Brand, *, embedded: bool = False) -> str:
    """Brand variables, fonts and rules; with `embedded` the fonts' bytes too, else beside the sheet."""
    dark = variables(brand, "dark")
    return "\n".join(
        [
            font_faces(brand, embedded=embedded),
            f":root {{ color-scheme: light; {variables(brand, 'light')} }}",
            "@media screen and (prefers-color-scheme: dark) { "
            f":root:not([data-theme=light]) {{ color-scheme: dark; {dark} }} }}",
            f"@media screen {{ :root[data-theme=dark] {{ color-scheme: dark; {dark} }} }}",
            *((THEME / name).read_text(encoding="utf-8") for name in ("page.css", "content.css")),
        ]
    )


def variables(brand: Brand, side: str) -> str:
    """The brand as CSS variables, `light` or `dark`."""
    colors = " ".join(f"--{name}: {getattr(color, side)};" for name, color in _colors(brand).items())
    other = "dark" if side == "light" else "light"
    return f'--font: "{brand.font.family}"; --{side}-logo: inline; --{other}-logo: none; {colors}'


def _colors(brand: Brand) -> dict[str, Color]:
    return brand.variables() | brand.inks()


def font_faces(brand: Brand, *, embedded: bool = False) -> str:
    """`@font-face` rules; with `embedded` the fonts' bytes in them."""
    faces = []
    for file, weight, slant, ranges in web_fonts(brand):
        address = f"data:font/{file.suffix[1:]};base64,{_base64(file)}" if embedded else file.name
        limit = f" unicode-range: {ranges};" if ranges else ""
        faces.append(
            f'@font-face {{ font-family: "{brand.font.family}"; font-weight: {weight}; font-style: {slant}; '
            f"font-display: swap;{limit} src: url({address}); }}"
        )
    return "\n".join(faces)


def write_assets(brand: Brand, out: Path, sheet: str | None = None, name: str = "style.css") -> None:
    """Write a style sheet (the embedded renderer's by default) and its fonts to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for file, *_ in web_fonts(brand):
        (out / file.name).write_bytes(file.read_bytes())
    if brand.font.shipped:
        (out / "OFL.txt").write_bytes((FONTS / "OFL.txt").read_bytes())
    (out / name).write_text(sheet or stylesheet(brand), encoding="utf-8")
    (out / "page.js").write_text(script_of("page.js"), encoding="utf-8")


def web_fonts(brand: Brand) -> list[tuple[Path, int, str, str]]:
    """(file, weight, style, unicode ranges) of each face."""
    if brand.font.shipped:
        return [(FONTS / name, weight, slant, ranges) for name, weight, slant, ranges in _WEB_FONTS]
    font = brand.font
    faces = ((font.regular, 400, "normal"), (font.italic, 400, "italic"), (font.semibold, 600, "normal"))
    return [(file, weight, slant, "") for file, weight, slant in faces]


def _logo(brand: Brand) -> str:
    if brand.logo is None:
        return ""
    sides = ("",) if brand.logo.light == brand.logo.dark else ("light", "dark")
    return "".join(_logo_image(file, side) for file, side in zip(brand.logo.files, sides, strict=True))


def _logo_image(file: Path, side: str) -> str:
    kind = "svg+xml" if file.suffix == ".svg" else file.suffix[1:]
    shown = f' style="display: var(--{side}-logo)"' if side else ""
    return f'<img src="data:image/{kind};base64,{_base64(file)}" alt=""{shown}>'


@functools.cache
def _base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(THEME),
        autoescape=True,
        trim_blocks=False,
        undefined=jinja2.StrictUndefined,
    )
