-- SPDX-License-Identifier: GPL-3.0-or-later
-- The action "object mask": jobs of the task mask, by a click in the middle or by prompts that were
-- stored (docs/masks.md of Latent).
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

-- The settings of a job that name the object; nil and a sentence where the prompts are not there.
function masks.job_settings()
  local from = settings.read("prompts")
  local refine = settings.read("mask_refine")
  if from == "middle" then return { clicks = json.array({ "50%,50%" }), refine = refine } end
  if from == "stored" then return { prompts = "beside", refine = refine } end
  local path = settings.read("prompts_file")
  if exists(path) then
    return { prompts = core.path_text(path), prompts_anyway = true, refine = refine }
  end
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

-- The version `number` of an image, once darktable has read its sidecar.
local function version_of(image, number)
  dt.database.import(core.file_of(image))
  for _, member in ipairs(image:get_group_members()) do
    if member.filename == image.filename and member.duplicate_index == number then return member end
  end
  return nil
end

-- A new version of the image in the library, whose edit has the mask; the image itself stays as it
-- is. The edit is the one of the image's sidecar: the program adds the mask to it.
local function as_version(program, image, job_settings, outcome, hooks)
  local number = free_number(image)
  local sidecar = sidecar_of(image, number)
  local edit = image.sidecar
  local has_edit = edit and exists(edit) and copy_file(edit, sidecar)
  local before = #outcome.done
  core.run_job(program, {
    task = "mask", sources = { core.file_of(image) }, settings = job_settings, file = sidecar,
    format = "xmp", if_exists = "overwrite",
  }, { { image = image } }, outcome, hooks)
  local made = outcome.done[before + 1]
  if not made then
    if has_edit then os.remove(sidecar) end
    return
  end
  if not has_edit then
    outcome.notices[#outcome.notices + 1] = fill(
      tr("{name} has no sidecar file with its edit: the new version has the mask and no edit"),
      { name = image.filename })
  end
  made.image = version_of(image, number)
  if not made.image then
    table.remove(outcome.done)
    error(fill(tr("the mask is in {path}, but darktable did not read it; import the photograph again"),
      { path = sidecar }), 0)
  end
end

-- New versions of the images, one after the other: each has a sidecar of its own.
local function as_versions(program, images, job_settings, outcome, hooks)
  for index, image in ipairs(images) do
    local well, why = pcall(as_version, program, image, job_settings, outcome, {
      cancelled = hooks.cancelled,
      progress = hooks.progress and function(share)
        hooks.progress((index - 1 + math.min(share, 1)) / #images, image.filename)
      end,
    })
    if not well then core.add_failure(outcome, image.filename, tostring(why)) end
    if outcome.cancelled or outcome.problem then break end
  end
end

-- Pictures of masks beside the images, or in the folder of the settings.
local function as_pictures(program, images, job_settings, ending, outcome, hooks)
  local items = {}
  for i, image in ipairs(images) do
    items[i] = { image = image, source = core.file_of(image), folder = core.folder_for(image) }
  end
  core.run_jobs(program, "mask", job_settings, ending, items, outcome, hooks)
end

-- The action "object mask" for images of the library; the outcome is that of core.run_task().
function masks.make(images, hooks)
  hooks = hooks or {}
  local outcome = core.new_outcome()
  local program, missing = core.find_program()
  local job_settings
  if program then job_settings, missing = masks.job_settings() end
  if not job_settings then
    outcome.problem = missing
    return outcome
  end
  local result = settings.read("mask_result")
  if result == "version" then
    as_versions(program, images, job_settings, outcome, hooks)
  else
    as_pictures(program, images, job_settings, result, outcome, hooks)
  end
  return outcome
end

return masks
