-- Members, one after another, borrow a book and bring it back. What is under way when a round ends is sent again, under its key,
-- at the beginning of the next. LENDING_TOKEN, LENDING_BOOKS (a file of ids), LENDING_MEMBERS (how many), LENDING_STATE (a file) and
-- LENDING_BY_MEMBER come from the environment.
local state = os.getenv("LENDING_STATE")
local by_member = os.getenv("LENDING_BY_MEMBER") ~= ""
local members = tonumber(os.getenv("LENDING_MEMBERS"))
local most = 256
local books, taken, pending, again, free = {}, {}, {}, {}, {}
local member, book, number = 0, 0, 0
local run = string.format("%d-%d", os.time(), math.floor(os.clock() * 1000000))
local headers = { ["Content-Type"] = "application/json", Authorization = "Bearer " .. os.getenv("LENDING_TOKEN") }
local threads = {}

for line in io.lines(os.getenv("LENDING_BOOKS")) do books[#books + 1] = line end
for slot = 1, most do free[slot] = slot end

-- What a thread has under way is in globals, which are all that can be read of it in the end.
local function remember(command, line)
   _G["slot" .. command.slot] = line
end

local function begin(who, command)
   command.slot = command.slot or table.remove(free)
   pending[who], taken[command.book] = command, true
   remember(command, table.concat({ who, command.book, command.key, command.path, command.body }, "\t"))
end

local function send(who)
   local command = pending[who]
   headers["Idempotency-Key"] = command.key
   return wrk.format("POST", command.path, headers, command.body)
end

local function key()
   number = number + 1
   return run .. "-" .. number
end

local function next_free(count, last, busy)
   repeat last = last % count + 1 until not busy(last)
   return last
end

for line in io.lines(state) do
   local who, id, idempotency, path, body = line:match("([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)")
   begin(who, { key = idempotency, path = path, body = body, book = id })
   again[#again + 1] = who
end

function request()
   local who = table.remove(again)
   if not who then
      member = next_free(members, member, function(at) return pending["m" .. at] end)
      book = next_free(#books, book, function(at) return taken[books[at]] end)
      who = "m" .. member
      begin(who, { key = key(), path = "/lending/loans", book = books[book], body = string.format('{"book":"%s","member":"%s"}', books[book], who) })
   end
   return send(who)
end

function response(status, _, body)
   local who = body:match('"member":"([^"]+)"')
   local done = who and pending[who]
   if not done then return end
   if status == 201 then
      local path = "/lending/loans/" .. body:match('"id":"([^"]+)"') .. "/return"
      begin(who, { key = key(), path = by_member and path .. "?member=" .. who or path, book = done.book, body = "", slot = done.slot })
      again[#again + 1] = who
   elseif status == 200 then
      remember(done, nil)
      free[#free + 1] = done.slot
      pending[who], taken[done.book] = nil, nil
   end
end

function setup(thread) threads[#threads + 1] = thread end

function done()
   local file = io.open(state, "w")
   for _, thread in ipairs(threads) do
      for slot = 1, most do
         local line = thread:get("slot" .. slot)
         if line then file:write(line, "\n") end
      end
   end
   file:close()
end
