-- SPDX-License-Identifier: GPL-3.0-or-later
-- The plug-in in the user's language: locale/<language>/LC_MESSAGES/latent_darktable.mo.
local dt = require "darktable"

local words = {}

words.domain = "latent_darktable"

-- The folder that this file is in, with / at its end.
local function own_folder()
  local path = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
  return path or (dt.configuration.config_dir .. "/lua/latent/")
end

words.folder = own_folder()
dt.gettext.bindtextdomain(words.domain, words.folder .. "locale")

-- The text in the user's language.
function words.translate(text) return dt.gettext.dgettext(words.domain, text) end

-- The same for a count: one form for 1, another for the rest, and what the language has besides.
function words.translate_count(one, many, count)
  return dt.gettext.dngettext(words.domain, one, many, count)
end

-- Replaces {name} by values.name: translations may put them in another order.
function words.fill(text, values)
  return (text:gsub("{(%w+)}", function(name)
    local value = values[name]
    if value == nil then return nil end
    return tostring(value)
  end))
end

return words
