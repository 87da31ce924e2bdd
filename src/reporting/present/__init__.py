"""How things look: report blocks, number formats, Markdown escaping, chart style and brand."""
