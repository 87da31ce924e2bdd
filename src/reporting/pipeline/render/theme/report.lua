-- One filter for both formats: numbers, cross-references, callouts, key figures, alt texts, table frames.
-- Under Quarto it runs before Quarto's own filters and does what it does under pandoc, so that pages are the same.
-- Metadata: `unprintable` = characters the printed font lacks; `figure-root` = where printed figures lie.

local folder = quarto and quarto.utils.resolve_path('.') or pandoc.path.directory(PANDOC_SCRIPT_FILE)
local column_widths = dofile(pandoc.path.join({ folder, 'columns.lua' }))
local typst = FORMAT:match('typst') ~= nil
local names = { fig = 'Figure', tbl = 'Table' }
local counts = { fig = 0, tbl = 0 }
local numbers = {}
local unprintable = {}
local figure_root = ''
local substitute = '\u{25a1}'
local substituted = ' stands for a character that the printed font does not have; the HTML page shows it.'

local function raw(text) return pandoc.RawBlock(typst and 'typst' or 'html', text) end

local function quoted(text) -- a Typst string
  return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"') .. '"'
end

local function attribute(text) -- an HTML attribute value
  return '"' .. text:gsub('&', '&amp;'):gsub('"', '&quot;'):gsub('<', '&lt;') .. '"'
end

local function text_of(text) -- text between HTML tags
  return (text:gsub('&', '&amp;'):gsub('<', '&lt;'):gsub('>', '&gt;'))
end

local function content(inlines) -- inlines as Typst content
  return '[' .. pandoc.write(pandoc.Pandoc({ pandoc.Plain(inlines) }), 'typst'):gsub('%s+$', '') .. ']'
end

local function number(element)
  local kind = element.identifier:match('^(%a+)%-')
  if names[kind] then
    counts[kind] = counts[kind] + 1
    numbers[element.identifier] = names[kind] .. '\u{a0}' .. counts[kind]
  end
end

local function identify(element) -- Quarto reads a table's label only later: take it from the caption's end
  local last = element.caption.long[#element.caption.long]
  local word = element.identifier == '' and last and last.content and last.content[#last.content]
  local id = word and word.t == 'Str' and word.text:match('^{#(tbl%-[%w-]+)}$')
  if not id then return nil end
  last.content:remove()
  element.identifier = id
  return element
end

local function refer(cite)
  local id = cite.citations[1].id
  if not numbers[id] then return nil end
  if typst then return pandoc.RawInline('typst', '#ref(<' .. id .. '>)') end
  return pandoc.Link({ pandoc.Str(numbers[id]) }, '#' .. id, '', { class = 'reference' })
end

local function caption_of(element)
  local inlines = pandoc.utils.blocks_to_inlines(element.caption.long)
  if typst or not numbers[element.identifier] then return inlines end
  local head = { pandoc.Span({ pandoc.Str(numbers[element.identifier] .. ':') }, { class = 'number' }), pandoc.Space() }
  return pandoc.List(head) .. inlines
end

local function settings(meta)
  if meta.unprintable then
    for _, code in utf8.codes(pandoc.utils.stringify(meta.unprintable)) do unprintable[utf8.char(code)] = true end
  end
  if meta['figure-root'] then figure_root = pandoc.utils.stringify(meta['figure-root']) end
end

local function printable(str)
  local out, changed = {}, false
  for _, code in utf8.codes(str.text) do
    local char = utf8.char(code)
    changed = changed or unprintable[char]
    out[#out + 1] = unprintable[char] and substitute or char
  end
  return changed and pandoc.Str(table.concat(out)) or nil
end

local function literal(str) -- words that Typst might read as markup (`...`, `-5`, `+`, `1.`) become strings
  local plain = str.text:find("^[%w,;:()%%'\128-\255]*%.?$") and not str.text:find('^%d+%.$')
  return not plain and pandoc.RawInline('typst', '#' .. quoted(str.text) .. ';') or nil
end

local function explain(document)
  if next(unprintable) then
    document.blocks:insert(pandoc.Para({ pandoc.Str(substitute .. substituted) }))
  end
  return document
end

local function figure(element)
  local image
  element:walk({ Image = function(found) image = found end })
  if not image then return nil end
  local alt = image.attributes['fig-alt'] or ''
  if typst then
    local source = figure_root .. image.src
    local width = ''
    local file = io.open(source)
    if file then
      local points = file:read(400):match('width="([%d.]+)pt"')
      file:close()
      if points then width = ', width: calc.min(' .. points .. 'pt, 166mm)' end
    end
    return raw('#figure(image(' .. quoted(source) .. ', alt: ' .. quoted(alt) .. width .. '), caption: '
      .. content(caption_of(element)) .. ') <' .. element.identifier .. '>')
  end
  return {
    raw('<figure id="' .. element.identifier .. '">'),
    raw('<div class="chart" tabindex="0" role="group" aria-label=' .. attribute(numbers[element.identifier])
      .. '><img src=' .. attribute(image.src) .. ' alt=' .. attribute(alt) .. '></div>'),
    raw('<figcaption>'), pandoc.Plain(caption_of(element)), raw('</figcaption></figure>'),
  }
end

local function automatic_widths(element)
  for i, spec in ipairs(element.colspecs) do element.colspecs[i] = { spec[1], nil } end
  return element
end

local function breakable(str) -- Typst has no place to break a very long word
  if #str.text <= 24 then return nil end
  local out, run = {}, 0
  for _, code in utf8.codes(str.text) do
    out[#out + 1] = utf8.char(code)
    run = run + 1
    if run % 12 == 0 then out[#out + 1] = '\u{200b}' end
  end
  return pandoc.Str(table.concat(out))
end

local function measured(element) -- while its cells are still text
  local columns = #element.colspecs
  local points = columns < 8 and 9 or columns < 11 and 8 or 7
  element = element:walk({ Str = breakable })
  local widths, lines = column_widths(element, 470 / points)
  element.attributes = { points = tostring(points), widths = tostring(widths), lines = tostring(lines) }
  return element
end

local function printed_table(element) -- pandoc's cells in a figure of ours; a short table is kept on one page
  local caption, id = content(caption_of(element)), element.identifier
  element.identifier, element.caption = '', { long = {} }
  local about = element.attributes
  element.attr = {}
  local cells = pandoc.write(pandoc.Pandoc({ element }), 'typst'):match('#(table%(.*%))%]')
  cells = cells:gsub('columns: %d+,', 'columns: ' .. about.widths .. ',', 1)
  return raw(string.format('#report-table(%s, size: %spt, whole: %s, caption: %s) <%s>', cells, about.points,
    tostring(tonumber(about.lines) <= 18), caption, id))
end

local function frame(element)
  automatic_widths(element)
  if typst then return printed_table(element) end
  local id = element.identifier
  local caption = caption_of(element)
  element.identifier = ''
  element.caption = { long = {} }
  element.attributes['aria-labelledby'] = id .. '-caption'
  return {
    raw('<figure class="table" id="' .. id .. '"><figcaption id="' .. id .. '-caption">'),
    pandoc.Plain(caption),
    raw('</figcaption><div class="scroll" tabindex="0" role="region" aria-labelledby="' .. id .. '-caption">'),
    element,
    raw('</div></figure>'),
  }
end

local function callout(div, style)
  local title = pandoc.List({})
  local first = div.content[1]
  if first and first.t == 'Header' then
    title = first.content
    div.content:remove(1)
  end
  if typst then
    return { raw('#callout(' .. quoted(style) .. ', ' .. content(title) .. ')[') } .. div.content .. { raw(']') }
  end
  return { raw('<aside class="callout ' .. style .. '" aria-label=' .. attribute(pandoc.utils.stringify(title)) .. '>'),
    pandoc.Div({ pandoc.Plain(title) }, { class = 'callout-title' }) } .. div.content .. { raw('</aside>') }
end

local function pairs_of(text) -- "0,500 83,120" as a list of {0, 500}, {83, 120}
  local out = {}
  for x, y in (text or ''):gmatch('(-?%d+),(-?%d+)') do out[#out + 1] = { tonumber(x), tonumber(y) } end
  return out
end

local function spark(span) -- decoration: the words beside it say the same
  if typst or not span.classes:includes('key-spark') then return nil end
  local points, usual = pairs_of(span.attributes.points), pairs_of(span.attributes.usual)[1]
  local line = {}
  for i, point in ipairs(points) do line[i] = point[1] / 10 .. ',' .. 21 - point[2] * 18 / 1000 end
  local range = usual and '<rect class="usual" x="97" width="6" y="' .. 20 - usual[2] * 18 / 1000 .. '" height="'
    .. (usual[2] - usual[1]) * 18 / 1000 + 2 .. '"/>' or ''
  local last = points[#points]
  return pandoc.RawInline('html', '<svg class="key-spark" viewBox="0 0 106 24" aria-hidden="true">' .. range
    .. '<polyline points="' .. table.concat(line, ' ') .. '"/><circle cx="' .. last[1] / 10 .. '" cy="'
    .. 21 - last[2] * 18 / 1000 .. '" r="2"/></svg>')
end

local function printed_spark(span)
  local points, usual = {}, pairs_of(span.attributes.usual)[1]
  for i, point in ipairs(pairs_of(span.attributes.points)) do points[i] = '(' .. point[1] .. ', ' .. point[2] .. '),' end
  return 'spark(usual: ' .. (usual and '(' .. usual[1] .. ', ' .. usual[2] .. ')' or 'none') .. ', ' .. '('
    .. table.concat(points, ' ') .. '))'
end

local function keep_together(document)
  -- A paragraph stays on the page of the figure or table it leads to, and one under a heading of that paragraph's.
  local out, blocks = pandoc.List({}), document.blocks
  local function leads(i)
    local block, following = blocks[i], blocks[i + 1]
    if not following or block.t ~= 'Para' then return false end
    local opens = i > 1 and blocks[i - 1].t == 'Header'
    return following.t == 'Figure' or following.t == 'Table' or opens and leads(i + 1)
  end
  for i, block in ipairs(blocks) do
    local leads = leads(i)
    if leads then out:insert(raw('#block(sticky: true)[')) end
    out:insert(block)
    if leads then out:insert(raw(']')) end
  end
  document.blocks = out
  return document
end

local function key_figures(div)
  if not typst then return nil end
  local tiles = {}
  for _, tile in ipairs(div.content) do
    local parts = { 'tone: ' .. quoted(tile.classes[2] or '') }
    tile:walk({ Span = function(span)
      local part = span.classes[1] and span.classes[1]:match('^key%-(%a+)$')
      if part == 'spark' then parts[#parts + 1] = 'spark: ' .. printed_spark(span)
      elseif part then parts[#parts + 1] = part .. ': ' .. content(span.content) end
      if span.classes:includes('key-words') then parts[#parts + 1] = 'words: true' end
    end })
    tiles[#tiles + 1] = '(' .. table.concat(parts, ', ') .. ')'
  end
  return raw('#key-figures(' .. table.concat(tiles, ', ') .. ',)')
end

local function glossary(list)
  local cells = {}
  for _, entry in ipairs(list.content) do
    local term, meaning = entry[1], pandoc.utils.blocks_to_inlines(entry[2][1])
    cells[#cells + 1] = content({ pandoc.Strong(term) }) .. ', ' .. content(meaning)
  end
  return raw('#glossary(' .. table.concat(cells, ', ') .. ')')
end

local function box(div)
  if div.classes:includes('key-figures') then return key_figures(div) end
  local style = div.classes[1] and div.classes[1]:match('^callout%-(%a+)$')
  if style then return callout(div, style) end
end

local function words_of(text)
  local out = {}
  for word in text:gmatch('%S+') do out[#out + 1] = word end
  return out
end

local function terms_of(document) -- the words explained at the document's end, and the document without them
  local terms = {}
  document.blocks = document.blocks:walk({ Div = function(div)
    if not div.classes:includes('terms') then return nil end
    div:walk({ DefinitionList = function(list)
      for _, entry in ipairs(list.content) do
        local term = pandoc.utils.stringify(entry[1])
        terms[#terms + 1] = { words = words_of(term), id = 'term-' .. term:lower():gsub('[^%w]+', '-'),
          meaning = pandoc.utils.stringify(entry[2][1]) }
      end
    end })
    return {}
  end })
  return terms
end

local function stands_at(inlines, i, words) -- the last inline of the term if it begins here, and what follows in it
  local at = i
  for k, word in ipairs(words) do
    local found = inlines[at]
    if not found or found.t ~= 'Str' then return nil end
    local text = k == 1 and found.text:gsub('^%(', '') or found.text
    if k < #words then
      local blank = inlines[at + 1]
      if text ~= word or not blank or not (blank.t == 'Space' or blank.t == 'SoftBreak') then return nil end
      at = at + 2
    else
      local rest = text:sub(#word + 1)
      if text:sub(1, #word) ~= word or rest:find('^[%w-]') then return nil end
      return at, rest
    end
  end
end

local function explained(terms, told) -- marks the first use of each term in a section
  return function(inlines)
    local out, i, changed = pandoc.List({}), 1, false
    while i <= #inlines do
      local last
      for _, term in ipairs(terms) do
        local at, rest = stands_at(inlines, i, term.words)
        if at and not told[term.id] then
          told[term.id], term.used, changed, last = true, true, true, at
          if inlines[i].text:sub(1, 1) == '(' then out:insert(pandoc.Str('(')) end
          out:insert(pandoc.RawInline('html', '<button type="button" class="term" popovertarget="' .. term.id .. '">'
            .. table.concat(term.words, ' ') .. '</button>'))
          if rest ~= '' then out:insert(pandoc.Str(rest)) end
          break
        end
      end
      if not last then out:insert(inlines[i]) end
      i = (last or i) + 1
    end
    return changed and out or nil
  end
end

local function define(document)
  local terms, told = terms_of(document), {}
  if #terms == 0 or typst then return document end
  for i, block in ipairs(document.blocks) do
    if block.t == 'Header' and block.level == 2 then
      for id in pairs(told) do told[id] = nil end
    elseif block.t == 'Para' or block.t == 'Plain' or block.t == 'BulletList' then
      document.blocks[i] = block:walk({ Inlines = explained(terms, told) })
    end
  end
  for _, term in ipairs(terms) do
    if term.used then
      document.blocks:insert(raw('<div popover id="' .. term.id .. '" class="meaning"><strong>'
        .. table.concat(term.words, ' ') .. '</strong> ' .. text_of(term.meaning) .. '</div>'))
    end
  end
  return document
end

if not typst then
  return { { Pandoc = define }, { Table = identify }, { Figure = number, Table = number }, { Cite = refer },
    { Div = box, Figure = figure, Table = frame, Span = spark } }
end
return {
  { Pandoc = define },
  { Meta = settings },
  { Str = printable, Table = identify },
  { Figure = number, Table = number, Pandoc = explain },
  { Pandoc = keep_together },
  { Cite = refer },
  { Table = measured },
  { Str = literal },
  { DefinitionList = glossary, Div = box, Figure = figure, Table = frame },
}
