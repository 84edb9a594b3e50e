-- SPDX-License-Identifier: GPL-3.0-or-later
-- JSON (RFC 8259) as far as jobs and events of Latent need it: objects, arrays, texts, numbers,
-- true, false, null. darktable brings no JSON library of its own.
local json = {}

-- What null is read as, so that a key that is null differs from one that is not there.
json.null = setmetatable({}, { __tostring = function() return "null" end })

local kMaxDepth = 64

local escapes = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f",
  ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
}

local function quoted(text)
  return '"' .. text:gsub('[%c"\\\127]', function(byte)
    return escapes[byte] or string.format("\\u%04x", byte:byte())
  end) .. '"'
end

local function number_text(value)
  if value ~= value or value == math.huge or value == -math.huge then
    error("JSON has no number " .. tostring(value))
  end
  if math.type(value) == "integer" then return string.format("%d", value) end
  -- The decimal point of the C locale, whatever the user's language.
  return (string.format("%.17g", value):gsub(",", "."))
end

local function is_array(value)
  return #value > 0 or getmetatable(value) == json.array_mark
end

json.array_mark = {}

-- Marks a table as an array, also where it is empty.
function json.array(values) return setmetatable(values or {}, json.array_mark) end

local function encode(value)
  local kind = type(value)
  if value == json.null then return "null" end
  if kind == "string" then return quoted(value) end
  if kind == "number" then return number_text(value) end
  if kind == "boolean" then return tostring(value) end
  if kind ~= "table" then error("JSON has no " .. kind) end
  local parts = {}
  if is_array(value) then
    for _, each in ipairs(value) do parts[#parts + 1] = encode(each) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do parts[#parts + 1] = quoted(key) .. ":" .. encode(value[key]) end
  return "{" .. table.concat(parts, ",") .. "}"
end

-- The text of a table of texts, numbers, booleans, json.null and such tables; keys are sorted.
function json.encode(value) return encode(value) end

local unescapes = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}

local Reader = {}
Reader.__index = Reader

function Reader:fail(what) error(string.format("%s at byte %d", what, self.at), 0) end

function Reader:skip_space() self.at = self.text:find("[^ \t\r\n]", self.at) or #self.text + 1 end

function Reader:take(word)
  if self.text:sub(self.at, self.at + #word - 1) ~= word then return false end
  self.at = self.at + #word
  return true
end

function Reader:hex()
  local digits = self.text:match("^%x%x%x%x", self.at)
  if not digits then self:fail("no four hex digits") end
  self.at = self.at + 4
  return tonumber(digits, 16)
end

function Reader:escaped()
  local letter = self.text:sub(self.at, self.at)
  self.at = self.at + 1
  if letter ~= "u" then return unescapes[letter] or self:fail("no escape") end
  local code = self:hex()
  if code >= 0xD800 and code < 0xDC00 and self:take("\\u") then
    local low = self:hex()
    if low < 0xDC00 or low > 0xDFFF then self:fail("half a surrogate pair") end
    code = 0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00)
  end
  return utf8.char(code)
end

function Reader:string()
  local parts = {}
  while true do
    local stop = self.text:find('["\\%c]', self.at)
    if not stop then self:fail("a text without an end") end
    parts[#parts + 1] = self.text:sub(self.at, stop - 1)
    local byte = self.text:sub(stop, stop)
    self.at = stop + 1
    if byte == '"' then return table.concat(parts) end
    if byte ~= "\\" then
      if byte ~= "\127" then self:fail("a control character in a text") end
      parts[#parts + 1] = byte
    else
      parts[#parts + 1] = self:escaped()
    end
  end
end

function Reader:number()
  local digits = self.text:match("^-?%d+%.?%d*[eE]?[+-]?%d*", self.at)
  local value = digits and tonumber(digits)
  if not value then self:fail("no value") end
  self.at = self.at + #digits
  return value
end

function Reader:list(close, one)
  self:skip_space()
  if self:take(close) then return end
  repeat
    one()
    self:skip_space()
    if self:take(close) then return end
  until not self:take(",")
  self:fail("no , or " .. close)
end

function Reader:value(depth)
  if depth > kMaxDepth then self:fail("too deep") end
  self:skip_space()
  if self:take('"') then return self:string() end
  if self:take("true") then return true end
  if self:take("false") then return false end
  if self:take("null") then return json.null end
  local result = {}
  if self:take("[") then
    self:list("]", function() result[#result + 1] = self:value(depth + 1) end)
    return json.array(result)
  end
  if self:take("{") then
    self:list("}", function()
      self:skip_space()
      if not self:take('"') then self:fail("no key") end
      local key = self:string()
      self:skip_space()
      if not self:take(":") then self:fail("no :") end
      result[key] = self:value(depth + 1)
    end)
    return result
  end
  return self:number()
end

-- The value of a JSON text; nil and a sentence where it is none.
function json.decode(text)
  local reader = setmetatable({ text = text, at = 1 }, Reader)
  local well, value = pcall(function()
    local read = reader:value(1)
    reader:skip_space()
    if reader.at <= #text then reader:fail("something behind the value") end
    return read
  end)
  if not well then return nil, tostring(value) end
  return value
end

return json
