-- The widths of a printed table's columns.
--
-- Where the cells don't fit side by side, Typst shares the lack of room equally. Here each column first gets what it
-- needs to read well (a column of short cells stays on one line) and a share of the rest by its length; then columns
-- give room to one another as long as that makes the table shorter, or its cells.

local space = 0.2
local breadth = {} -- of a character, in em of the shipped font
for wide, chars in pairs({ [0.27] = [[.,:;'!|()/-ijlI]], [0.35] = 'trf', [0.5] = '0123456789acegksvxyz', [0.84] = 'mwMW%@&' }) do
  for char in chars:gmatch('.') do breadth[char] = wide end
end

local function words_of(cell) -- the breadths of a cell's words
  local out = {}
  local text = pandoc.utils.stringify(cell.contents):gsub('\u{200b}', ' ')
  for word in text:gmatch('%S+') do
    local sum = 0
    for _, code in utf8.codes(word) do
      local char = utf8.char(code)
      sum = sum + (breadth[char] or char:match('%u') and 0.61 or 0.55)
    end
    out[#out + 1] = sum
  end
  return out
end

local function lines_in(words, width) -- of a cell set in a column so wide
  local lines, used = 1, 0
  for _, word in ipairs(words) do
    local with = used > 0 and used + space + word or word
    if used > 0 and with > width + 0.01 then lines, used = lines + 1, word else used = with end
  end
  return lines
end

local short, gutter = 7.6, 1.1 -- in em
local exchanges = 200
local deciding = 60 -- the rows that are looked at; a longer table is much alike all the way down

-- Of each column: the words of its cells, its natural width, the width down to which it reads well, its longest word.
local function measured(element)
  local rows = pandoc.List({})
  rows:extend(element.head.rows)
  local heads = #rows
  for _, body in ipairs(element.bodies) do rows:extend(body.body) end
  local columns = { heads = heads }
  for i = 1, #element.colspecs do
    local column = { words = {}, lines = {}, width = 0, least = 0 }
    local body = 0
    for r = 1, math.min(#rows, deciding) do
      local words, whole = words_of(rows[r].cells[i]), -space
      for _, word in ipairs(words) do
        whole = whole + space + word
        column.least = math.max(column.least, word)
      end
      column.words[r], column.lines[r] = words, 1
      column.width = math.max(column.width, whole)
      if r > heads then body = math.max(body, whole) end
    end
    column.readable = math.max(column.least, body <= short and body or 0)
    columns[i] = column
  end
  return columns, #rows
end

local function wrap(column, width)
  column.width = width
  for r, words in ipairs(column.words) do column.lines[r] = lines_in(words, width) end
end

local function sum(columns, key)
  local total = 0
  for _, column in ipairs(columns) do total = total + column[key] end
  return total
end

local function height(columns, r) -- of a row, in lines
  local most = 1
  for _, column in ipairs(columns) do most = math.max(most, column.lines[r]) end
  return most
end

local function cost(columns) -- the lines of the table, those of the head thrice, and a little for those of every cell
  local total = 0
  for r in ipairs(columns[1].words) do
    total = total + height(columns, r) * (r <= columns.heads and 3 or 1)
    for _, column in ipairs(columns) do total = total + 0.1 * column.lines[r] end
  end
  return total
end

local function exchange(columns, bound) -- room, wherever that pays; returns whether it did
  local before = cost(columns)
  for _, giver in ipairs(columns) do
    for _, taker in ipairs(columns) do
      for _, step in ipairs({ 0.5, 1, 2, 4 }) do
        if giver ~= taker and giver.width - step >= giver[bound] then
          local was, had = giver.width, taker.width
          wrap(giver, was - step)
          wrap(taker, had + step)
          if cost(columns) < before - 1e-9 then return true end
          wrap(giver, was)
          wrap(taker, had)
        end
      end
    end
  end
  return false
end

-- Typst's column widths for a pandoc Table on `room` em, and the number of lines the table will take.
return function(element, room)
  local columns, lines = measured(element)
  room = room - gutter * #columns
  local natural = sum(columns, 'width')
  if natural <= room then return #columns, lines end
  local bound = sum(columns, 'readable') <= room and 'readable' or 'least'
  local needed = sum(columns, bound)
  for _, column in ipairs(columns) do
    wrap(column, column[bound] + (room - needed) * (column.width - column[bound]) / (natural - needed))
  end
  for _ = 1, exchanges do
    if not exchange(columns, bound) then break end
  end
  local widths = {}
  for i, column in ipairs(columns) do widths[i] = string.format('%.2ffr', math.max(column.width, 1) + gutter) end
  for r in ipairs(columns[1].words) do lines = lines + height(columns, r) - 1 end
  return '(' .. table.concat(widths, ', ') .. ')', lines
end
