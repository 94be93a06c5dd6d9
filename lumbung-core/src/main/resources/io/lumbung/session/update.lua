-- Changes attributes of a session that still exists; never creates one.
--   KEYS[1] the session
--   ARGV[1] the version it must have, '' for any   ARGV[2] id of this change, no number   ARGV[3] most bytes of all
--   attributes
--   ARGV[4] how many are set   then their fields and values   then the fields that are removed
-- Returns {'U', version} changed, now or by an earlier copy of this call | {'G'} there is no such session
--       | {'C', version} another version: nothing changed | {'L', bytes} too large: nothing changed
--       | {'M', member} it goes by another id since it was rotated
-- O(changes), one key.
local known = redis.call('HMGET', KEYS[1], 'm', 'o', 'to')
if known[3] then return {'M', known[3]} end
local life, version, bytes = string.match(known[1] or '', '^(%d+ %d+ %d+ %d+) (%d+) (%d+)$')
if not life then return {'G'} end
local done = known[2] or ''
local at = string.find(' ' .. done, ' ' .. ARGV[2] .. ' ', 1, true)
if at then return {'U', tonumber(string.match(done, '%d+', at + #ARGV[2]))} end
if ARGV[1] ~= '' and ARGV[1] ~= version then return {'C', tonumber(version)} end
local sets = tonumber(ARGV[4])
bytes = tonumber(bytes)
local removed = 5 + 2 * sets
local function size(field)
  local length = redis.call('HSTRLEN', KEYS[1], field)
  return length > 0 and length + #field or 0
end
for i = 5, removed - 1, 2 do bytes = bytes - size(ARGV[i]) + #ARGV[i] + #ARGV[i + 1] end
for i = removed, #ARGV do bytes = bytes - size(ARGV[i]) end
if bytes > tonumber(ARGV[3]) then return {'L', bytes} end
for i = 5, removed - 1, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = removed, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
version = version + 1
-- The last three, so that a copy is known also when others came between.
done = ARGV[2] .. ' ' .. string.format('%.0f', version) .. ' ' .. done
done = string.match(done, '^%S+ %d+ %S+ %d+ %S+ %d+') or done
redis.call('HSET', KEYS[1], 'o', done, 'm', life .. string.format(' %.0f %.0f', version, bytes))
return {'U', version}
