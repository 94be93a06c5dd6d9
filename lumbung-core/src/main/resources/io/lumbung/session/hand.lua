-- Hands out sessions that are dead, each to one caller, who tells of them and then removes their entries. If it does not,
-- because it died, they are handed out again. A session that was used meanwhile is entered with its new end instead.
--   KEYS[1] when sessions of this slot die   KEYS[2] … the sessions
--   ARGV[1] for how many ms the caller has them   then their entries: MEMBER:USER, or DIED/MEMBER:USER if handed out before
-- Returns the entries that are the caller's now, with when they died. O(n log n) for n sessions, at most 100 at a time;
-- one slot.
local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)
local mine = {}
for i = 2, #KEYS do
  local dies = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if dies and tonumber(dies) <= now then
    local latest = string.match(redis.call('HGET', KEYS[i], 'm') or '', '^%d+ %d+ (%d+)')
    local left = latest and math.max(1, redis.call('PTTL', KEYS[i])) or 0
    if left > 0 then
      redis.call('ZADD', KEYS[1], string.format('%.0f', now + left), ARGV[i])
      local kept = latest - now + 86400000
      if redis.call('PTTL', KEYS[1]) < kept then redis.call('PEXPIRE', KEYS[1], string.format('%.0f', kept)) end
    else
      local entry = ARGV[i]
      if not string.find(entry, '^%d+/') then entry = string.format('%.0f', dies) .. '/' .. entry end
      redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[1]), entry)
      if entry ~= ARGV[i] then redis.call('ZREM', KEYS[1], ARGV[i]) end
      mine[#mine + 1] = entry
    end
  end
end
return mine
