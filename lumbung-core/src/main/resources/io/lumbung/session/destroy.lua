-- Destroys sessions of one user, or of nobody.
--   KEYS[1] the user's index, if ARGV[1] is 1   then the sessions
--   the last key, if ARGV[2] is 1: when sessions of this slot die
--   ARGV[1] 1 if the index is in this slot and given, else 0   ARGV[2] 1 if deaths are to be told, else 0
--   ARGV[3] the user, '' for nobody   then the sessions' members
-- Returns the members of those it destroyed. What is somebody else's by now stays. A name that only leads to another, since
-- a rotation, stays unless that one ended here: whoever repeats the call must find it. O(n log n) for n sessions, one slot.
local ended, gone, indexes, told = {}, {}, tonumber(ARGV[1]), tonumber(ARGV[2])
for i = 1 + indexes, #KEYS - told do
  local member = ARGV[3 + i - indexes]
  local known = redis.call('HMGET', KEYS[i], 'to', 'm', 'u')
  local owner = known[3] or ''
  if known[1] then
    if gone[known[1]] then redis.call('DEL', KEYS[i]) end
  elseif known[2] and ARGV[3] == owner then
    redis.call('DEL', KEYS[i])
    if told == 1 then redis.call('ZREM', KEYS[#KEYS], member .. ':' .. owner) end
    ended[#ended + 1] = member
    gone[member] = true
  end
  if indexes == 1 then redis.call('ZREM', KEYS[1], member) end
end
return ended
