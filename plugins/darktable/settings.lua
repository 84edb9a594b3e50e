-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the user chose, kept in darktable's own preferences (darktablerc, namespace "latent").
local dt = require "darktable"

local settings = {}

settings.namespace = "latent"

-- Every setting: its default, and what it may be.
settings.known = {
  raw_strength = { default = 100, least = 0, most = 100 },
  denoise_strength = { default = 100, least = 0, most = 100 },
  denoise_luma = { default = 100, least = 0, most = 100 },
  denoise_chroma = { default = 100, least = 0, most = 100 },
  upscale_scale = { default = "2", words = { "2", "4" } },
  upscale_denoise = { default = 0, least = 0, most = 100 },
  format = { default = "tif", words = { "tif", "png", "jpg", "exr", "jxl" } },
  prompts = { default = "middle", words = { "middle", "stored", "file" } },
  prompts_file = { default = "" },
  mask_result = { default = "version", words = { "version", "png", "pfm" } },
  mask_refine = { default = "edge", words = { "none", "edge", "hair" } },
  folder = { default = "" },
  if_exists = { default = "number", words = { "number", "skip", "overwrite" } },
  import = { default = true },
  copy = { default = true },
  leader = { default = "source", words = { "source", "always", "never" } },
  tag = { default = "" },
  program = { default = "" },
}

local function is_one_of(word, words)
  for _, each in ipairs(words) do
    if each == word then return true end
  end
  return false
end

-- The value of what is stored as text; nil where the setting may not have it.
local function value_of(known, text)
  if type(known.default) == "boolean" then
    if text == "true" or text == "false" then return text == "true" end
    return nil
  end
  if known.least then
    local number = tonumber(text)
    if number and number >= known.least and number <= known.most then return number end
    return nil
  end
  if known.words and not is_one_of(text, known.words) then return nil end
  return text
end

-- What is stored under that name; the default where nothing is, or where it is out of range.
function settings.read(name)
  local known = settings.known[name]
  local text = dt.preferences.read(settings.namespace, name, "string")
  if text == nil or text == "" then return known.default end
  local value = value_of(known, text)
  if value == nil then return known.default end
  return value
end

-- Every setting by its name.
function settings.all()
  local values = {}
  for name in pairs(settings.known) do values[name] = settings.read(name) end
  return values
end

-- Keeps a value; one that the setting may not have is an error.
function settings.write(name, value)
  local known = settings.known[name]
  local text = tostring(value)
  if text ~= "" and value_of(known, text) == nil then
    error(string.format("the setting %s cannot be %s", name, text))
  end
  dt.preferences.write(settings.namespace, name, "string", text)
end

return settings
