-- SPDX-License-Identifier: GPL-3.0-or-later
-- The action "object mask": latent mask for each image, by a click in the middle or by prompts that
-- were stored (docs/masks.md of Latent).
local dt = require "darktable"
local core = require "latent/core"
local json = require "latent/json"
local process = require "latent/process"
local settings = require "latent/settings"
local words = require "latent/words"

local tr = words.translate
local fill = words.fill

local masks = {}

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

-- The options of latent that name the object; nil and a sentence where the prompts are not there.
function masks.prompt_options(image)
  local from = settings.read("prompts")
  if from == "middle" then return { "--click", "50%,50%" } end
  if from == "stored" then
    local path = core.file_of(image) .. ".prompts.json"
    if exists(path) then return { "--prompts", path } end
    return nil, fill(tr("there are no stored prompts {path}"), { path = path })
  end
  local path = settings.read("prompts_file")
  if exists(path) then return { "--prompts", path, "--prompts-anyway" } end
  return nil, fill(tr("the file of prompts {path} is not there"), { path = path })
end

-- "photo_03.nef.xmp" of photo.nef: the sidecar of its version 3.
local function sidecar_of(image, number)
  local base, extension = image.filename:match("^(.*)(%.[^.]*)$")
  return string.format("%s/%s_%02d%s.xmp", image.path, base or image.filename, number, extension or "")
end

-- The first number that no version of the image has, in the library or as a sidecar.
local function free_number(image)
  local most = image.duplicate_index or 0
  for _, member in ipairs(image:get_group_members()) do
    if member.path == image.path and member.filename == image.filename then
      most = math.max(most, member.duplicate_index or 0)
    end
  end
  local number = most + 1
  while exists(sidecar_of(image, number)) do number = number + 1 end
  return number
end

local function copy_file(from, to)
  return os.execute("cp -- " .. process.quoted(from) .. " " .. process.quoted(to)) == true
end

-- Runs latent mask; gives its report, or nil and a sentence.
local function run_mask(program, image, options, target, hooks)
  local folder = process.temporary_folder()
  if not folder then return nil, tr("No temporary folder can be made.") end
  local arguments = { program, "mask", core.file_of(image) }
  for _, option in ipairs(options) do arguments[#arguments + 1] = option end
  for _, option in ipairs({ "--refine", settings.read("mask_refine"), "-o", target, "--json" }) do
    arguments[#arguments + 1] = option
  end
  if settings.read("if_exists") == "overwrite" and not target:match("%.xmp$") then
    arguments[#arguments + 1] = "--overwrite"
  end
  local report
  local code, cancelled, errors = process.run(arguments, folder, function(line) report = json.decode(line) end,
    hooks.cancelled)
  process.remove_folder(folder)
  if cancelled then return nil, nil, true end
  if code == 0 and type(report) == "table" then return report end
  return nil, errors:match("latent: ([^\n]+)") or errors:match("[^\n]+") or tr("latent mask failed")
end

-- A new version of the image in the library, whose edit has the mask; the image itself stays as it
-- is. The edit is the one of the image's sidecar.
local function as_version(program, image, options, hooks, outcome)
  local number = free_number(image)
  local sidecar = sidecar_of(image, number)
  local edit = image.sidecar
  local has_edit = edit and exists(edit) and copy_file(edit, sidecar)
  local report, why, cancelled = run_mask(program, image, options, sidecar, hooks)
  if not report then
    if has_edit then os.remove(sidecar) end
    return nil, why, cancelled
  end
  if not has_edit then
    outcome.notices[#outcome.notices + 1] = fill(
      tr("{name} has no sidecar file with its edit: the new version has the mask and no edit"),
      { name = image.filename })
  end
  dt.database.import(core.file_of(image))
  for _, member in ipairs(image:get_group_members()) do
    if member.filename == image.filename and member.duplicate_index == number then
      return sidecar, nil, nil, member
    end
  end
  return nil, fill(tr("the mask is in {path}, but darktable did not read it; import the photograph again"),
    { path = sidecar })
end

-- A picture of the mask beside the image, or in the folder of the settings.
local function as_picture(program, image, options, hooks, ending)
  local folder = core.folder_for(image)
  if folder then os.execute("mkdir -p " .. process.quoted(folder)) end
  local base = (folder or image.path) .. "/" .. (image.filename:match("^(.*)%.[^.]*$") or image.filename) .. "_mask"
  local target = base .. "." .. ending
  local rule = settings.read("if_exists")
  local number = 0
  while rule == "number" and exists(target) do
    number = number + 1
    target = base .. "_" .. number .. "." .. ending
  end
  if rule == "skip" and exists(target) then return nil, nil, nil, nil, target end
  local report, why, cancelled = run_mask(program, image, options, target, hooks)
  if not report then return nil, why, cancelled end
  return target
end

local function one(program, image, hooks, outcome)
  local options, missing = masks.prompt_options(image)
  if not options then return nil, missing end
  local result = settings.read("mask_result")
  if result == "version" then return as_version(program, image, options, hooks, outcome) end
  return as_picture(program, image, options, hooks, result)
end

-- The action "object mask" for images of the library; the outcome is that of core.run_task().
function masks.make(images, hooks)
  hooks = hooks or {}
  local outcome = core.new_outcome()
  local program, missing = core.find_program()
  if not program then
    outcome.problem = missing
    return outcome
  end
  for index, image in ipairs(images) do
    if hooks.progress then hooks.progress((index - 1) / #images, image.filename) end
    local well, path, why, cancelled, version, there = pcall(one, program, image, hooks, outcome)
    if not well then
      core.add_failure(outcome, image.filename, tostring(path))
    elseif cancelled then
      outcome.cancelled = true
      break
    elseif there then
      outcome.skipped[#outcome.skipped + 1] = {
        item = { image = image }, why = fill(tr("{path} is there"), { path = there }),
      }
    elseif not path then
      core.add_failure(outcome, image.filename, why)
    else
      outcome.done[#outcome.done + 1] = { item = { image = image }, path = path, image = version }
    end
  end
  return outcome
end

return masks
