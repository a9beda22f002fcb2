-- Gets the paths of the file LENDING_PATHS one after another, beginning somewhere, as whoever LENDING_TOKEN is, or as nobody.
local paths = {}
for line in io.lines(os.getenv("LENDING_PATHS")) do paths[#paths + 1] = line end
local token = os.getenv("LENDING_TOKEN")
local headers = token ~= "" and { Authorization = "Bearer " .. token } or {}
math.randomseed(os.time())
local at = math.random(#paths)

function request()
   at = at % #paths + 1
   return wrk.format("GET", paths[at], headers)
end
