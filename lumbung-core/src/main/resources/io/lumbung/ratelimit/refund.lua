-- Gives back what one taking took, as far as it still counts.
--   KEYS[1] … KEYS[n] the limits it was taken from
--   ARGV[1] permits   ARGV[2] channel   ARGV[3] message: who refused this subject lately may admit it again
--   then for each limit its kind, its window (of GCRA: the time of one permit) and the reset that taking answered, in µs
-- Returns in how many limits something was given back. O(limits + length of a log), one slot.
local time = redis.call('TIME') local now = time[1] * 1000000 + time[2]
local cost, given = tonumber(ARGV[1]), 0
for i = 1, #KEYS do
  local kind, window, reset = ARGV[1 + 3 * i], tonumber(ARGV[2 + 3 * i]), tonumber(ARGV[3 + 3 * i])
  local back = false
  local log = redis.call('TYPE', KEYS[i]).ok == 'list'
  if log ~= (kind == 'L') then
    -- Nothing, or what a limit of another kind counts now.
    back = false
  elseif kind == 'L' then
    back = redis.call('LREM', KEYS[i], cost, string.format('%.0f', reset - window)) > 0
  elseif kind == 'C' then
    local s, w, c, p = string.match(redis.call('GET', KEYS[i]) or '', '^(%d+):(%d+):(%d+):(%d+)$')
    if s and tonumber(w) == window then
      s, c, p = s * w, tonumber(c), tonumber(p)
      if s + 2 * window == reset then
        c, back = math.max(0, c - cost), c > 0
      elseif s + window == reset then
        p, back = math.max(0, p - cost), p > 0
      end
    end
    if back then
      redis.call('SET', KEYS[i], string.format('%.0f:%.0f:%.0f:%.0f', s / window, window, c, p), 'KEEPTTL')
    end
  elseif kind == 'G' then
    -- What has come back by itself since then is not given a second time.
    local tat = tonumber(redis.call('GET', KEYS[i]) or 0) or 0
    local debt = math.min(window * cost, reset - now)
    if tat > now and debt > 0 then
      back = true
      tat = tat - debt
      if tat > now then
        redis.call('SET', KEYS[i], string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000))
      else
        redis.call('DEL', KEYS[i])
      end
    end
  else
    local e, count = string.match(redis.call('GET', KEYS[i]) or '', '^(%d+):(%d+)$')
    if e and tonumber(e) == reset and tonumber(count) > 0 then
      back = true
      redis.call('SET', KEYS[i], string.format('%s:%.0f', e, math.max(0, tonumber(count) - cost)), 'KEEPTTL')
    end
  end
  if back then given = given + 1 end
end
if given > 0 then redis.call('PUBLISH', ARGV[2], ARGV[3]) end
return given
