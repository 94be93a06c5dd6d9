-- Destroys sessions.
--   KEYS[1] their user's index, if ARGV[1] is 1   then the sessions
--   the last key, if ARGV[2] is 1: when sessions of this slot die
--   ARGV[1] 1 if an index is given, else 0   ARGV[2] 1 if deaths are to be told, else 0
--   ARGV[3] whose they must be, '' for anybody's   then the sessions' members
-- Returns {existed, member, …}: how many of them existed, and the members of those that go by another id since they were
-- rotated: they are still to be destroyed. O(n log n) for n sessions, at most 500 at a time; one slot.
local reply, indexes, told = {0}, tonumber(ARGV[1]), tonumber(ARGV[2])
for i = 1 + indexes, #KEYS - told do
  local member = ARGV[3 + i - indexes]
  local known = redis.call('HMGET', KEYS[i], 'to', 'm', 'u')
  local owner = known[3] or ''
  if known[1] then
    -- It may lead to what is somebody else's by now; if not, it leads nowhere, and not for long.
    if ARGV[3] == '' then redis.call('DEL', KEYS[i]) end
    reply[#reply + 1] = known[1]
  elseif known[2] and (ARGV[3] == '' or ARGV[3] == owner) then
    redis.call('DEL', KEYS[i])
    if told == 1 then redis.call('ZREM', KEYS[#KEYS], member .. ':' .. owner) end
    reply[1] = reply[1] + 1
  end
  if indexes == 1 then redis.call('ZREM', KEYS[1], member) end
end
return reply
