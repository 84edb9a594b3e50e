-- SPDX-License-Identifier: GPL-3.0-or-later
-- Brings results into the library: imported, grouped with their source, with what the user had
-- said of it.
local dt = require "darktable"

local results = {}

local copied = {
  "rating", "red", "yellow", "green", "blue", "purple",
  "title", "description", "creator", "rights", "publisher", "notes",
  "longitude", "latitude", "elevation",
}

-- Places that are not set are NaN in darktable.
local function is_set(value) return value ~= nil and value == value and value ~= "" end

-- Rating, colour labels, texts, place and tags of `source` for `result`. What this version of
-- darktable does not know is left out. Tags of darktable itself stay where they belong.
function results.copy_metadata(source, result)
  for _, field in ipairs(copied) do
    local there, value = pcall(function() return source[field] end)
    if there and is_set(value) then
      pcall(function() result[field] = value end)
    end
  end
  for _, tag in ipairs(source:get_tags()) do
    if not tag.name:find("^darktable|") then result:attach_tag(tag) end
  end
end

local function leads_its_group(image)
  local leader = image.group_leader
  return leader == nil or leader.id == image.id
end

-- Puts `result` into the group of `source`. `leader` says who leads it: "source" leaves the lead to
-- the result where the source led, as darktable itself does; "always" gives it to the result,
-- "never" leaves it.
function results.group(source, result, leader)
  local led = leads_its_group(source)
  result:group_with(source.group_leader or source)
  if leader == "always" or (leader == "source" and led) then result:make_group_leader() end
end

-- Imports the file `path` that was made of `source`. Throws what darktable throws.
--
-- options   copy (metadata), leader, tag ("": none)
function results.bring_in(source, path, options)
  local result = dt.database.import(path)
  if not result then error(path .. " was written, but darktable did not import it", 0) end
  if options.copy then results.copy_metadata(source, result) end
  if options.tag ~= "" then result:attach_tag(dt.tags.create(options.tag)) end
  results.group(source, result, options.leader)
  return result
end

return results
