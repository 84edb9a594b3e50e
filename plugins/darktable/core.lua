-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the plug-in does, without a window: finds the program, hands it jobs, reads its events, and
-- brings the results into the library. panel.lua is the window to it.
local dt = require "darktable"
local json = require "latent/json"
local process = require "latent/process"
local results = require "latent/results"
local settings = require "latent/settings"
local words = require "latent/words"

local tr, tr_count = words.translate, words.translate_count
local fill = words.fill

local core = {}

-- Where the program is looked for besides PATH.
local function usual_places()
  local home = os.getenv("HOME") or ""
  return {
    home .. "/.local/bin/latent", "/usr/local/bin/latent", "/usr/bin/latent",
    "/opt/latent/bin/latent", "/opt/homebrew/bin/latent",
  }
end

-- The path of the program: the one that the user set, or the first that is found on PATH and in the
-- usual places. Else nil and a sentence that says what helps.
function core.find_program()
  local set = settings.read("program")
  if set ~= "" then
    if process.is_program(set) then return set end
    return nil, fill(tr("{path} is not a program. Set the path of latent in the preferences, page Lua options."),
      { path = set })
  end
  for folder in (os.getenv("PATH") or ""):gmatch("[^:]+") do
    if process.is_program(folder .. "/latent") then return folder .. "/latent" end
  end
  for _, path in ipairs(usual_places()) do
    if process.is_program(path) then return path end
  end
  return nil, tr("The program latent was not found. Install it, or set its path in the preferences, page Lua options.")
end

-- "latent 0.1.0" of a program that answers; nil and a sentence else.
function core.version_of(program)
  local answer = process.answer({ program, "--version" })
  local version = answer and answer:match("^latent [%w.+-]+")
  if version then return version end
  return nil, fill(tr("{path} does not start, or is another program."), { path = program })
end

local function file_of(image) return image.path .. "/" .. image.filename end

local function name_of(path) return path:match("[^/]+$") or path end

-- A path as a job writes it: a name that is not UTF-8 as a URI.
function core.path_text(path)
  if utf8.len(path) then return path end
  return "file://" .. path:gsub("[^%w/._~-]", function(byte)
    return string.format("%%%02X", byte:byte())
  end)
end

-- The path that an event shows: bytes that are no text are shown there as \xNN.
function core.shown_path(text)
  local file = io.open(text, "rb")
  if file then
    file:close()
    return text
  end
  return (text:gsub("\\x(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- The text of a job (docs/job.md of Latent).
function core.job_text(job)
  local sources = {}
  for i, path in ipairs(job.sources) do sources[i] = core.path_text(path) end
  local output = { if_exists = job.if_exists, format = job.format }
  if job.folder then output.folder = core.path_text(job.folder) end
  if job.file then output.file = core.path_text(job.file) end
  return json.encode({
    latent_job = 1, task = job.task, sources = json.array(sources),
    settings = job.settings, output = output,
  })
end

-- Where results of that image go: nil stands for its own folder. A relative folder lies below it.
function core.folder_for(image)
  local folder = settings.read("folder"):gsub("%$%(FILE_FOLDER%)", function() return image.path end)
  if folder == "" or folder == image.path then return nil end
  if folder:sub(1, 1) == "~" then folder = (os.getenv("HOME") or "") .. folder:sub(2) end
  if folder:sub(1, 1) == "/" then return folder end
  return image.path .. "/" .. folder
end

-- How a run went, for core.summary().
local function new_outcome() return { done = {}, skipped = {}, failed = {}, notices = {}, cancelled = false } end

local function add_failure(outcome, name, why)
  outcome.failed[#outcome.failed + 1] = { name = name, why = why }
  dt.print_log("latent: " .. name .. ": " .. why)
end

-- Takes one event of `latent run --json` for the items of a job.
local function take_event(event, items, state, outcome, hooks)
  if event.event == "start" then
    state.current = items[event.index + 1]
    state.begun = event.index
  elseif event.event == "progress" then
    state.fraction = event.fraction
  elseif event.event == "done" then
    outcome.done[#outcome.done + 1] = { item = state.current, path = core.shown_path(event.output) }
    for _, notice in ipairs(event.notices or {}) do
      outcome.notices[#outcome.notices + 1] = notice
      dt.print_log("latent: " .. notice)
    end
    state.told = state.current
  elseif event.event == "skipped" then
    local there = type(event.output) == "string" and core.shown_path(event.output) or nil
    outcome.skipped[#outcome.skipped + 1] = { item = state.current, path = there, why = event.message }
    state.told = state.current
  elseif event.event == "error" then
    if type(event.file) == "string" and state.current then
      add_failure(outcome, name_of(file_of(state.current.image)), event.message)
      state.told = state.current
    else
      state.problem = event.message
      if event.code == "not_found" and event.message:find("model", 1, true) then
        state.problem = state.problem .. ". " .. tr("In a terminal, latent models enable ID chooses one.")
      end
    end
  end
  local share = (state.begun or 0) + (event.event == "progress" and event.fraction or 0)
  if hooks.progress then hooks.progress(share, state.current and name_of(file_of(state.current.image))) end
end

local function write_file(path, text)
  local file, why = io.open(path, "wb")
  if not file then error(why, 0) end
  file:write(text)
  file:close()
end

-- The sentence of a program that ended without one in its events.
local function last_words(errors, code)
  local line = errors:match("latent: ([^\n]+)") or errors:match("[^\n]+")
  return line or fill(tr("latent ended with code {code} and said nothing."), { code = code })
end

-- Runs one job; what is done is added to `outcome`.
function core.run_job(program, job, items, outcome, hooks)
  local folder = process.temporary_folder()
  if not folder then error(tr("No temporary folder can be made."), 0) end
  local state = {}
  local well, why = pcall(function()
    write_file(folder .. "/job.json", core.job_text(job))
    local code, cancelled, errors = process.run({ program, "run", "--json", folder .. "/job.json" }, folder,
      function(line)
        local event = json.decode(line)
        if type(event) == "table" and event.event then take_event(event, items, state, outcome, hooks) end
      end, hooks.cancelled)
    outcome.cancelled = outcome.cancelled or cancelled
    if state.problem or (code ~= 0 and code ~= 1 and not cancelled) or (code == 1 and not state.begun) then
      outcome.problem = outcome.problem or state.problem or last_words(errors, code)
    end
  end)
  process.remove_folder(folder)
  if not well then outcome.problem = outcome.problem or tostring(why) end
end

-- The items by the folder that their results go to, in the order of their first.
local function by_folder(items)
  local groups, index = {}, {}
  for _, item in ipairs(items) do
    local key = item.folder or ""
    if not index[key] then
      groups[#groups + 1] = { folder = item.folder, items = {} }
      index[key] = groups[#groups]
    end
    table.insert(index[key].items, item)
  end
  return groups
end

-- Imports what was made, each image by itself: one that fails is named and the rest go on.
local function bring_in_all(outcome)
  if not settings.read("import") then return end
  local options = { copy = settings.read("copy"), leader = settings.read("leader"), tag = settings.read("tag") }
  local made = {}
  for _, each in ipairs(outcome.done) do made[#made + 1] = each end
  for _, each in ipairs(outcome.skipped) do
    if each.path then made[#made + 1] = each end
  end
  for _, each in ipairs(made) do
    local well, result = pcall(results.bring_in, each.item.image, each.path, options)
    if well then
      each.image = result
    else
      add_failure(outcome, name_of(each.path), tostring(result))
    end
  end
end

-- Does a task for items {image, source, folder}, a job for each folder of results, and adds how it
-- went to `outcome`. `hooks` may have progress(fraction of all, name of the image under way) and
-- cancelled(), which gives whether to stop.
function core.run_jobs(program, task, task_settings, format, items, outcome, hooks)
  local before = 0
  for _, group in ipairs(by_folder(items)) do
    local sources = {}
    for i, item in ipairs(group.items) do sources[i] = item.source end
    local job = {
      task = task, sources = sources, settings = task_settings, folder = group.folder, format = format,
      if_exists = settings.read("if_exists"),
    }
    local started = before
    core.run_job(program, job, group.items, outcome, {
      cancelled = hooks.cancelled,
      progress = hooks.progress and function(share, name) hooks.progress((started + share) / #items, name) end,
    })
    before = before + #group.items
    if outcome.cancelled or outcome.problem then break end
  end
end

-- Does a task for items as run_jobs(), and brings the results into the library.
--
-- Gives the outcome: lists done {item, path, image}, skipped, failed {name, why}, notices; cancelled;
-- and problem, the sentence of what kept all from being done.
function core.run_task(task, task_settings, format, items, hooks)
  local outcome = new_outcome()
  local program, missing = core.find_program()
  if not program then
    outcome.problem = missing
    return outcome
  end
  core.run_jobs(program, task, task_settings, format, items, outcome, hooks or {})
  bring_in_all(outcome)
  return outcome
end

-- The action "raw denoise" for images of the library.
function core.raw_denoise(images, hooks)
  local items = {}
  for _, image in ipairs(images) do
    items[#items + 1] = { image = image, source = file_of(image), folder = core.folder_for(image) }
  end
  return core.run_task("rawdenoise", { strength = settings.read("raw_strength") }, "dng", items, hooks)
end

-- What the storages ask of Latent, by their task.
local storage_settings = {
  denoise = function()
    return {
      strength = settings.read("denoise_strength"), luma = settings.read("denoise_luma"),
      chroma = settings.read("denoise_chroma"),
    }
  end,
  upscale = function()
    return {
      scale = math.tointeger(tonumber(settings.read("upscale_scale"))),
      denoise = settings.read("upscale_denoise"),
    }
  end,
}

-- Whether that format of darktable's export can be read by Latent.
function core.takes_format(extension)
  for _, each in ipairs({ "tif", "tiff", "png", "jpg", "jpeg", "exr", "jxl" }) do
    if each == extension then return true end
  end
  return false
end

-- Takes one exported file out of darktable's temporary folder, where another version of the same
-- image would replace it.
function core.keep_export(kept, image, path)
  kept.folder = kept.folder or process.temporary_folder()
  if not kept.folder then error(tr("No temporary folder can be made."), 0) end
  local number = #kept + 1
  local own = kept.folder .. "/" .. number
  os.execute("mkdir " .. process.quoted(own))
  local base, extension = name_of(path):match("^(.*)%.([^.]*)$")
  local version = image.duplicate_index or 0
  if version > 0 then base = string.format("%s_%02d", base, version) end
  local target = own .. "/" .. base .. "." .. extension
  os.execute("mv -f " .. process.quoted(path) .. " " .. process.quoted(target))
  kept[number] = { image = image, source = target, folder = core.folder_for(image) or image.path }
end

-- Does the task of a storage for what keep_export() took.
function core.finish_export(task, kept, hooks)
  local outcome = core.run_task(task, storage_settings[task](), settings.read("format"), kept, hooks)
  process.remove_folder(kept.folder)
  return outcome
end

-- How it went, in a few lines for a toast.
function core.summary(outcome)
  local lines = {}
  if outcome.problem then lines[#lines + 1] = outcome.problem end
  if #outcome.done > 0 then
    local form = tr_count("{count} image done", "{count} images done", #outcome.done)
    lines[#lines + 1] = fill(form, { count = #outcome.done })
  end
  if #outcome.skipped > 0 then
    local form = tr_count("{count} image skipped: {why}", "{count} images skipped, the first: {why}",
      #outcome.skipped)
    lines[#lines + 1] = fill(form, { count = #outcome.skipped, why = outcome.skipped[1].why })
  end
  local shown = 0
  for _, failure in ipairs(outcome.failed) do
    shown = shown + 1
    if shown > 3 then break end
    lines[#lines + 1] = fill(tr("{name} failed: {why}"), failure)
  end
  if #outcome.failed > 3 then
    lines[#lines + 1] = fill(tr("and {count} more failed; darktable -d lua shows all"), { count = #outcome.failed - 3 })
  end
  if outcome.cancelled then lines[#lines + 1] = tr("cancelled; what was done before is kept") end
  if #lines == 0 then lines[1] = tr("nothing to do: no image is selected") end
  return "latent: " .. table.concat(lines, "\n")
end

core.new_outcome = new_outcome
core.add_failure = add_failure
core.file_of = file_of
core.name_of = name_of

return core
