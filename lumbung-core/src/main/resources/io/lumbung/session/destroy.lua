-- Destroys sessions.
--   KEYS[1] their user's index, unless ARGV[1] is 0   then the sessions
--   ARGV[1] 1 if an index is given, else 0   then the sessions' members
-- Returns {existed, member, …}: how many of them existed, and the members of those that go by another id since they were
-- rotated: they are still to be destroyed. O(n log n) for n sessions, at most 500 at a time; one slot.
local reply, indexes = {0}, tonumber(ARGV[1])
for i = 1 + indexes, #KEYS do
  local to = redis.call('HGET', KEYS[i], 'to')
  local deleted = redis.call('DEL', KEYS[i])
  if indexes == 1 then redis.call('ZREM', KEYS[1], ARGV[i]) end
  if to then
    reply[#reply + 1] = to
  else
    reply[1] = reply[1] + deleted
  end
end
return reply
