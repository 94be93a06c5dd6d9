-- Runs one of a feature's scripts, as shipped, with a clock and with expiries that the caller moves: the script gets a
-- redis.call of its own. Expiries are kept beside the keys, so that the server's real clock has no part in it.
--   KEYS the script's   ARGV[1] its name   ARGV[2] what the clock says, in µs
--   ARGV[3] 'go' | 'look': at another moment than the present, and expired keys are only hidden   then the script's ARGV
-- Returns {its reply, 1 if the keys are as before, writes, TIME asked, what was published, expiry of each key in ms
-- (-1 none, -2 no key)}. Scripts are pasted in where the first comment below this header stands.
--SCRIPTS
local clock, looking = tonumber(ARGV[2]), ARGV[3] == 'look'
local ms, hidden, expiries, real = math.floor(clock / 1000), {}, 'expiries', redis
local writes, times, published = 0, 0, {}

local function expiry(key)
  local at = real.call('HGET', expiries, key)
  return at and tonumber(at)
end
local function expireAt(key, at)
  real.call('HSET', expiries, key, string.format('%.0f', tonumber(at)))
end
local function expire(key, after) expireAt(key, ms + tonumber(after)) end
local function state(key)
  return (real.call('DUMP', key) or '') .. '|' .. (real.call('HGET', expiries, key) or '')
end

for _, key in ipairs(KEYS) do
  local at = expiry(key)
  if at and ms > at then
    if looking then
      hidden[key] = true
    else
      real.call('DEL', key)
      real.call('HDEL', expiries, key)
    end
  end
end

local reads = {GET = false, LLEN = 0, LINDEX = false, EXISTS = 0, TYPE = {ok = 'none'}}
local own = {}
function own.call(command, ...)
  local words = {...}
  local key = words[1]
  if command == 'TIME' then
    times = times + 1
    return {string.format('%.0f', math.floor(clock / 1000000)), string.format('%.0f', clock % 1000000)}
  elseif command == 'PUBLISH' then
    published[#published + 1] = words[1] .. ' ' .. words[2]
    return 0
  elseif command == 'MGET' then
    local all = real.call('MGET', ...)
    for i, one in ipairs(words) do if hidden[one] then all[i] = false end end
    return all
  elseif command == 'PTTL' then
    if hidden[key] or real.call('EXISTS', key) == 0 then return -2 end
    local at = expiry(key)
    return at and math.max(0, at - ms) or -1
  elseif command == 'ZRANGE' or command == 'ZSCORE' or command == 'ZCARD'
    or command == 'ZCOUNT' or command == 'ZRANGEBYSCORE' then
    return real.call(command, ...)
  elseif reads[command] ~= nil then
    if hidden[key] then return reads[command] end
    return real.call(command, ...)
  end
  writes = writes + 1
  if command == 'SET' then
    local option = {}
    for i = 3, #words do option[words[i]] = words[i + 1] or true end
    if option['NX'] and real.call('EXISTS', key) == 1 then return false end
    real.call('SET', key, words[2])
    if option['PX'] then
      expire(key, option['PX'])
    elseif option['PXAT'] then
      expireAt(key, option['PXAT'])
    elseif not option['KEEPTTL'] then
      real.call('HDEL', expiries, key)
    end
    return {ok = 'OK'}
  elseif command == 'PSETEX' then
    real.call('SET', key, words[3])
    expire(key, words[2])
    return {ok = 'OK'}
  elseif command == 'PEXPIRE' or command == 'PEXPIREAT' then
    if real.call('EXISTS', key) == 0 then return 0 end
    if command == 'PEXPIRE' then expire(key, words[2]) else expireAt(key, words[2]) end
    return 1
  end
  local reply = real.call(command, ...)
  for _, one in ipairs(KEYS) do
    if real.call('EXISTS', one) == 0 then real.call('HDEL', expiries, one) end
  end
  return reply
end

local before, args, same = {}, {}, 1
for i, key in ipairs(KEYS) do before[i] = state(key) end
for i = 4, #ARGV do args[i - 3] = ARGV[i] end
own.error_reply = real.error_reply
local answer = {scripts[ARGV[1]](KEYS, args, own), 0, 0, 0, 0}
for i, key in ipairs(KEYS) do
  if state(key) ~= before[i] then same = 0 end
  answer[5 + i] = real.call('EXISTS', key) == 0 and -2 or expiry(key) or -1
end
answer[2], answer[3], answer[4], answer[5] = same, writes, times, published
return answer
