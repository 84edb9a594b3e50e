-- SPDX-License-Identifier: GPL-3.0-or-later
-- Programs that run beside darktable: their lines are read as they come, and they can be stopped.
-- For systems with a POSIX shell.
local dt = require "darktable"

local process = {}

-- Waits without holding up darktable. Tests without a window put another one here, because
-- darktable-cli ends while it waits.
process.sleep = function(milliseconds) dt.control.sleep(milliseconds) end

local kPollMs = 100
local kPatienceMs = 20000 -- after which a program that was told to end is ended

-- The text as one word of the shell.
function process.quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function command_of(arguments)
  local parts = {}
  for _, argument in ipairs(arguments) do parts[#parts + 1] = process.quoted(argument) end
  return table.concat(parts, " ")
end

local function first_line(path)
  local file = io.open(path, "r")
  if not file then return nil end
  local line = file:read("l")
  file:close()
  return line
end

-- Whether that is a file that can be run.
function process.is_program(path)
  return os.execute("test -f " .. process.quoted(path) .. " && test -x " .. process.quoted(path)) == true
end

-- A new folder that only this user can read; nil where none can be made.
function process.temporary_folder()
  local template = dt.configuration.tmp_dir .. "/latent-darktable.XXXXXX"
  local pipe = io.popen("mktemp -d " .. process.quoted(template) .. " 2>/dev/null", "r")
  local path = pipe and pipe:read("l")
  if pipe then pipe:close() end
  return path
end

function process.remove_folder(path)
  if path and path:find("latent-darktable.", 1, true) then
    os.execute("rm -rf " .. process.quoted(path))
  end
end

-- Starts a program beside darktable; its streams go into files of `folder`.
function process.start(arguments, folder)
  local running = {
    output = folder .. "/stdout", errors = folder .. "/stderr",
    code_file = folder .. "/code", pid_file = folder .. "/pid", at = 0, rest = "",
  }
  local script = string.format(
    "( %s >%s 2>%s </dev/null & child=$!; echo $child >%s; wait $child; echo $? >%s.new; mv %s.new %s )"
      .. " >/dev/null 2>&1 &",
    command_of(arguments), process.quoted(running.output), process.quoted(running.errors),
    process.quoted(running.pid_file), process.quoted(running.code_file),
    process.quoted(running.code_file), process.quoted(running.code_file))
  os.execute(script)
  return running
end

-- The whole lines that were written since the last call.
function process.new_lines(running)
  local file = io.open(running.output, "rb")
  if not file then return {} end
  file:seek("set", running.at)
  local block = file:read("a") or ""
  file:close()
  running.at = running.at + #block
  local text = running.rest .. block
  local lines, from = {}, 1
  while true do
    local stop = text:find("\n", from, true)
    if not stop then break end
    lines[#lines + 1] = text:sub(from, stop - 1)
    from = stop + 1
  end
  running.rest = text:sub(from)
  return lines
end

-- The exit code once the program has ended, else nil.
function process.code(running)
  local line = first_line(running.code_file)
  return line and math.tointeger(tonumber(line))
end

-- What it wrote to standard error, at most `limit` bytes.
function process.errors_of(running, limit)
  local file = io.open(running.errors, "rb")
  if not file then return "" end
  local text = file:read(limit or 2000) or ""
  file:close()
  return text
end

local function signal(running, name)
  local pid = first_line(running.pid_file)
  if pid and pid:match("^%d+$") then os.execute("kill -" .. name .. " " .. pid .. " 2>/dev/null") end
end

-- Runs a program to its end. `on_line` gets every line of its standard output; where `is_cancelled`
-- gives true the program is told to end, and waited for.
--
-- Gives the exit code, and whether it was cancelled.
function process.run(arguments, folder, on_line, is_cancelled)
  local running = process.start(arguments, folder)
  local told, waited = false, 0
  while true do
    local code = process.code(running)
    for _, line in ipairs(process.new_lines(running)) do on_line(line) end
    if code then return code, told, process.errors_of(running) end
    if is_cancelled and not told and is_cancelled() then
      signal(running, "TERM")
      told = true
    end
    if told then
      waited = waited + kPollMs
      if waited > kPatienceMs then signal(running, "KILL") end
    end
    process.sleep(kPollMs)
  end
end

-- What a short program writes; nil where it fails.
function process.answer(arguments)
  local pipe = io.popen(command_of(arguments) .. " 2>/dev/null </dev/null", "r")
  if not pipe then return nil end
  local text = pipe:read("a")
  local well = pipe:close()
  return well and text or nil
end

return process
