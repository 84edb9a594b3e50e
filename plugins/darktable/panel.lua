-- SPDX-License-Identifier: GPL-3.0-or-later
--[[
Latent in darktable: denoise raw files, mask objects, and denoise or enlarge finished edits at export.

Additional software: the program latent (docs/darktable.md of Latent says how to install it), and a
POSIX shell: Linux, BSD, macOS.

Usage: copy or link this folder to ~/.config/darktable/lua/latent and add a line to
~/.config/darktable/luarc:

    require "latent/panel"

API 9.0.0 (darktable 4.2) or newer.
]]
local dt = require "darktable"
local core = require "latent/core"
local masks = require "latent/masks"
local settings = require "latent/settings"
local words = require "latent/words"

local tr = words.translate

local kName = "latent"
local kLeastApi = { 9, 0, 0 }

local panel = { widgets = {}, installed = false, busy = false }

local function api_is_new_enough()
  local at = dt.configuration
  local own = { at.api_version_major, at.api_version_minor, at.api_version_patch }
  for i, least in ipairs(kLeastApi) do
    if own[i] ~= least then return own[i] > least end
  end
  return true
end

-- Without a window there is nothing to do: widgets would wait for one for ever.
if not dt.configuration.has_gui then return panel end

if not api_is_new_enough() then
  dt.print_error("latent: this darktable has Lua API " .. dt.configuration.api_version_string
    .. "; 9.0.0 (darktable 4.2) is needed")
  return panel
end

-- ---------------------------------------------------------------- widgets that remember

-- Widgets whose value is read when something begins: sliders have no callback in API 9.0.
local readers = {}

local function slider(name, label, tooltip)
  local known = settings.known[name]
  local widget = dt.new_widget("slider") {
    label = label, tooltip = tooltip, soft_min = known.least, soft_max = known.most,
    hard_min = known.least, hard_max = known.most, step = 1, digits = 0, value = settings.read(name),
  }
  readers[name] = function() return math.floor(widget.value + 0.5) end
  return widget
end

-- `choices` are pairs of the value and what the user reads.
local function combobox(name, label, tooltip, choices)
  local selected, texts = 1, {}
  for i, choice in ipairs(choices) do
    texts[i] = choice[2]
    if choice[1] == settings.read(name) then selected = i end
  end
  local widget = dt.new_widget("combobox") {
    label = label, tooltip = tooltip, selected = selected, table.unpack(texts),
  }
  readers[name] = function() return choices[math.max(1, widget.selected)][1] end
  return widget
end

local function check(name, label, tooltip)
  local widget = dt.new_widget("check_button") { label = label, tooltip = tooltip, value = settings.read(name) }
  readers[name] = function() return widget.value end
  return widget
end

local function entry(name, tooltip, placeholder)
  local widget = dt.new_widget("entry") { text = settings.read(name), tooltip = tooltip, placeholder = placeholder }
  readers[name] = function() return widget.text or "" end
  return widget
end

local function heading(text) return dt.new_widget("section_label") { label = text } end

local function label(text) return dt.new_widget("label") { label = text, halign = "start", ellipsize = "end" } end

local function column(children)
  children.orientation = "vertical"
  return dt.new_widget("box")(children)
end

-- Keeps what the widgets show.
local function remember()
  for name, read in pairs(readers) do
    local well, why = pcall(function() settings.write(name, read()) end)
    if not well then dt.print_log("latent: " .. tostring(why)) end
  end
end

-- ---------------------------------------------------------------- work

-- Runs `work(hooks)` with a job that shows how far it is and can be cancelled, and says in a toast
-- how it went.
local function with_job(text, work)
  local cancelled = false
  local job = dt.gui.create_job(text, true, function(own)
    cancelled = true
    own.valid = false
  end)
  local hooks = {
    cancelled = function() return cancelled or dt.control.ending end,
    progress = function(fraction)
      if job.valid then job.percent = math.max(0, math.min(1, fraction)) end
    end,
  }
  local well, outcome = pcall(work, hooks)
  if job.valid then job.valid = false end
  if not well then
    dt.print_error("latent: " .. tostring(outcome))
    dt.print_toast("latent: " .. tostring(outcome))
    return nil
  end
  dt.print_toast(core.summary(outcome))
  return outcome
end

-- An action on the selected images; one at a time.
local function act(text, work)
  if panel.busy then
    dt.print_toast(tr("latent: the last action is still running; wait for it, or cancel its job"))
    return
  end
  panel.busy = true
  local well, why = pcall(function()
    remember()
    local images = dt.gui.action_images
    if #images == 0 then
      dt.print_toast(core.summary(core.new_outcome()))
      return
    end
    with_job(text, function(hooks) return work(images, hooks) end)
  end)
  panel.busy = false
  if not well then dt.print_error("latent: " .. tostring(why)) end
end

function panel.raw_denoise() act(tr("latent: raw denoise"), core.raw_denoise) end

function panel.object_mask() act(tr("latent: object mask"), masks.make) end

-- Says whether the program is there.
function panel.status()
  local program, missing = core.find_program()
  if not program then return missing end
  local version, wrong = core.version_of(program)
  return version and (version .. ", " .. program) or wrong
end

-- ---------------------------------------------------------------- storages

local function storage_widget(task)
  local children = {}
  if task == "denoise" then
    children[1] = slider("denoise_strength", tr("strength"), tr("100 removes all the noise that was found"))
    children[2] = slider("denoise_luma", tr("brightness noise"), tr("share of the grain to remove"))
    children[3] = slider("denoise_chroma", tr("colour noise"), tr("share of the blotches to remove"))
  else
    children[1] = combobox("upscale_scale", tr("scale"), tr("factor for width and height"),
      { { "2", "2x" }, { "4", "4x" } })
    children[2] = slider("upscale_denoise", tr("denoise first"), tr("strength; 0 leaves the noise as it is"))
  end
  children[#children + 1] = label(tr("export as 16-bit TIFF; size unlimited"))
  return column(children)
end

local function register_storage(task, name)
  dt.register_storage(kName .. "_" .. task, name,
    function(_, image, _, filename, number, total, _, extra)
      extra.kept = extra.kept or {}
      local well, why = pcall(core.keep_export, extra.kept, image, filename)
      if not well then
        extra.failed = extra.failed or {}
        table.insert(extra.failed, { name = image.filename, why = tostring(why) })
      end
      dt.print(string.format("%s %d/%d", name, number, total))
    end,
    function(_, _, extra)
      if not extra.kept then return end
      local outcome = with_job(name, function(hooks) return core.finish_export(task, extra.kept, hooks) end)
      for _, failure in ipairs(extra.failed or {}) do
        dt.print_toast(string.format("latent: %s: %s", failure.name, failure.why))
      end
      return outcome
    end,
    function(_, format) return core.takes_format(format.extension) end,
    function(_, _, _, _, _)
      remember()
      return nil
    end,
    storage_widget(task))
end

-- ---------------------------------------------------------------- the panel

local function build()
  local widgets = panel.widgets
  widgets.status = label(panel.status())
  return column {
    heading(tr("raw denoise")),
    slider("raw_strength", tr("strength"), tr("100 removes all the noise that was found; the result is a DNG")),
    dt.new_widget("button") {
      label = tr("denoise raw files"), tooltip = tr("makes a DNG of each selected raw file, before you edit it"),
      clicked_callback = panel.raw_denoise,
    },
    heading(tr("object mask")),
    combobox("prompts", tr("object"), tr("what says which object is meant"), {
      { "middle", tr("in the middle of the image") },
      { "stored", tr("stored prompts beside the image") },
      { "file", tr("prompts of the file below") },
    }),
    entry("prompts_file", tr("a file of prompts, used for every image"), tr("prompts.json")),
    combobox("mask_refine", tr("edge"), tr("how the outline follows the picture"), {
      { "edge", tr("along edges") }, { "hair", tr("hair and fur") }, { "none", tr("as found") },
    }),
    combobox("mask_result", tr("result"), tr("a path can be edited; a picture keeps hair"), {
      { "version", tr("new version with a path") },
      { "png", tr("PNG beside the image") },
      { "pfm", tr("PFM for external raster masks") },
    }),
    dt.new_widget("button") {
      label = tr("mask objects"), tooltip = tr("makes a mask for each selected image"),
      clicked_callback = panel.object_mask,
    },
    heading(tr("results")),
    entry("folder", tr("empty: beside the image; a relative folder lies below it"), tr("folder of the image")),
    combobox("if_exists", tr("if it exists"), tr("what to do where the result is there already"), {
      { "number", tr("use the next number") }, { "skip", tr("leave it") }, { "overwrite", tr("replace it") },
    }),
    combobox("format", tr("format of edits"), tr("of finished edits that are denoised or enlarged at export"), {
      { "tif", "TIFF" }, { "png", "PNG" }, { "jpg", "JPEG" }, { "exr", "OpenEXR" }, { "jxl", "JPEG XL" },
    }),
    check("import", tr("add to the library"), tr("imports the result and groups it with its image")),
    check("copy", tr("copy rating, labels, tags, texts, place"), tr("from the image to its result")),
    combobox("leader", tr("leads the group"), tr("which image of the group is shown"), {
      { "source", tr("result, if the image did") }, { "always", tr("the result") }, { "never", tr("as before") },
    }),
    entry("tag", tr("a tag for every result; empty: none"), tr("tag, for example latent|result")),
    dt.new_widget("button") {
      label = tr("look for the program"), tooltip = tr("after you installed it or changed its path"),
      clicked_callback = function() widgets.status.label = panel.status() end,
    },
    widgets.status,
  }
end

local function install()
  if panel.installed then return end
  dt.register_lib(kName, "latent", true, true,
    { [dt.gui.views.lighttable] = { "DT_UI_CONTAINER_PANEL_RIGHT_CENTER", 100 } }, panel.content, nil, nil)
  panel.installed = true
end

-- darktable runs this file beside its own start. A call that needs a window waits for ever if it comes
-- before the window's event loop runs; there is no way to ask for that, so the panel comes a little
-- later.
local kStartMs = 2000

local function start()
  dt.control.sleep(kStartMs)
  dt.preferences.register(settings.namespace, "program", "file", tr("latent: path of the program"),
    tr("the program latent; empty: it is looked for on PATH and in the usual folders"), "")

  panel.content = build()
  register_storage("denoise", tr("latent: denoise"))
  register_storage("upscale", tr("latent: enlarge"))
  dt.register_event(kName .. "_raw", "shortcut", panel.raw_denoise, tr("latent: raw denoise"))
  dt.register_event(kName .. "_mask", "shortcut", panel.object_mask, tr("latent: object mask"))

  if dt.gui.current_view().id == "lighttable" then
    install()
  else
    dt.register_event(kName .. "_view", "view-changed", function(_, _, new_view)
      if new_view.id == "lighttable" then install() end
    end)
  end
end

dt.control.dispatch(start)

-- For a script manager: a panel can be hidden, not removed.
panel.metadata = {
  name = "latent", purpose = tr("denoise, enlarge and mask photographs with Latent"),
  author = "the authors of Latent", help = "docs/darktable.md",
}

function panel.destroy()
  if panel.installed then dt.gui.libs[kName].visible = false end
  for _, task in ipairs({ "denoise", "upscale" }) do dt.destroy_storage(kName .. "_" .. task) end
  dt.destroy_event(kName .. "_raw", "shortcut")
  dt.destroy_event(kName .. "_mask", "shortcut")
end

panel.destroy_method = "hide"
function panel.restart()
  dt.gui.libs[kName].visible = true
  register_storage("denoise", tr("latent: denoise"))
  register_storage("upscale", tr("latent: enlarge"))
  dt.register_event(kName .. "_raw", "shortcut", panel.raw_denoise, tr("latent: raw denoise"))
  dt.register_event(kName .. "_mask", "shortcut", panel.object_mask, tr("latent: object mask"))
end
panel.show = function() dt.gui.libs[kName].visible = true end

return panel
