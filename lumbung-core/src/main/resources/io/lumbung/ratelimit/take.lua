-- Takes permits from every limit of one rule, or from none of them.
--   KEYS[1] … KEYS[n] the limits   KEYS[n + 1] what holds for this subject instead of them
--   ARGV[1] permits wanted   ARGV[2] 'T' take | 'P' only say what taking would do: writes nothing
--   then for each limit its kind and numbers, all times in µs:
--     'L' permits, window           sliding log: a list of the moments of what was taken, newest first
--     'C' permits, window           sliding counter: 'number of the window:window:count:count of the one before'
--     'G' permits, period, burst    GCRA: the theoretical arrival time
--     'Q' permits, start, end, next calendar quota: 'end:count'; the period the caller believes in, the end of the next
-- Returns {1, now, 0, 0, left, reset, left, reset, …} taken: what is left of each limit, when it is whole again
--       | {0, now, i, wait, left, reset, …} refused by limit i, admitted after so many µs of quiet; nothing changed,
--         except that what no taking explains is cut, see below
--       | {2, now} taken without counting | {3, now, 0, wait} blocked for so long
--       | {4, now, i, wait} more than limit i can ever give as it is overridden for so long
--       | {5, now} the caller believes in another period; nothing changed
-- The first two carry the text of an override at the end, if there is one; nobody is told to wait beyond its end. Who wants
-- 0 permits is only refused by a block.
-- Checks everything before the first write. O(limits + permits wanted + log n), one slot.
local time = redis.call('TIME') local now = time[1] * 1000000 + time[2]
-- A clock that steps back by up to this stands still; after a larger step what lies ahead is forgotten, or cut to one
-- window, so nobody is locked out for the length of the step.
local STEP = 1000000
local cost, taking, n = tonumber(ARGV[1]), ARGV[2] == 'T', #KEYS - 1

-- What is no string reads as nothing here: a log, or what a limit of another kind left behind.
local states = redis.call('MGET', unpack(KEYS))
local own, override, ends = states[#KEYS], nil, nil
if own == 'E' then return {2, now} end
if own then
  -- A key lives until its last millisecond is over. One that somebody wrote by hand may live for ever.
  local left = redis.call('PTTL', KEYS[#KEYS])
  ends = left < 0 and 366 * 86400000000 or (left + 1) * 1000 - now % 1000
end
if own == 'B' then return {3, now, 0, ends} end
if own then override = string.gmatch(own, '(%u)(%d+):(%d+):(%d+)') end

local reply, plans, who, longest, arg = {1, now, 0, 0}, {}, 0, 0, 3
for i = 1, n do
  local kind, permits, window, burst = ARGV[arg], tonumber(ARGV[arg + 1]), tonumber(ARGV[arg + 2]), nil
  local first = arg
  arg = arg + 3
  if kind == 'G' then
    burst = tonumber(ARGV[arg])
    arg = arg + 1
  elseif kind == 'Q' then
    arg = arg + 2
  end
  if override then
    local k, p, w, b = override()
    if k == kind then
      permits = tonumber(p)
      if kind ~= 'Q' then window = tonumber(w) end
      if kind == 'G' then burst = tonumber(b) end
    end
    if cost > (burst or permits) then return {4, now, i, ends} end
  end

  if kind ~= 'L' and not states[i] then
    -- Nothing, or the log of another kind of limit; all else is somebody else's.
    local found = redis.call('TYPE', KEYS[i]).ok
    if found ~= 'none' and found ~= 'list' then
      return redis.error_reply('WRONGTYPE Operation against a key holding a ' .. found)
    end
  end
  local wait, left, reset, after, plan
  if kind == 'L' then
    -- What another kind of limit left is worth nothing here.
    local len, t, newest = states[i] and 0 or redis.call('LLEN', KEYS[i]), now, 0
    local used = len
    if len > 0 then
      newest = tonumber(redis.call('LINDEX', KEYS[i], 0))
      if newest > now + STEP then
        used = 0
      else
        if newest > now then t = newest end
        local edge = t - window
        if tonumber(redis.call('LINDEX', KEYS[i], -1)) <= edge then
          -- How many of the oldest are out of the window: in growing steps from the end, then by halves.
          local out, within = 1, 2
          while within <= len and tonumber(redis.call('LINDEX', KEYS[i], -within)) <= edge do
            out = within
            within = within * 2
          end
          if within > len then within = len + 1 end
          while within - out > 1 do
            local middle = math.floor((out + within) / 2)
            if tonumber(redis.call('LINDEX', KEYS[i], -middle)) <= edge then out = middle else within = middle end
          end
          used = len - out
        end
      end
    end
    left = permits - used
    reset = used > 0 and newest + window or now
    wait = 0
    if used + cost > permits then wait = tonumber(redis.call('LINDEX', KEYS[i], permits - cost)) + window - now end
    after = t + window
    plan = {kind, t, window, used, states[i] and 1 or len}
    if newest > now + STEP then plan.cut = {} end
  elseif kind == 'C' then
    local count, before, t = 0, 0, now
    local s, w, c, p = string.match(states[i] or '', '^(%d+):(%d+):(%d+):(%d+)$')
    if s then
      s, w, c, p = s * w, tonumber(w), tonumber(c), tonumber(p)
      if s > now and s <= now + STEP then t = s end
    end
    -- What was counted by a shorter window goes on by it until something is taken, by a longer one was used just now.
    local frame = s and s <= t and w < window and w or window
    local start, cut = t - t % frame, nil
    if s and s > t then
      cut = {}
    elseif s and w > frame then
      if t - s < w then
        count = c + math.ceil(p * (w - t + s) / w)
      elseif t - s < 2 * w then
        count = math.ceil(c * (2 * w - t + s) / w)
      end
      cut = {string.format('%.0f:%.0f:%.0f:0', start / window, window, count), start + 2 * window}
    elseif s == start then
      count, before = c, p
    elseif s and s + frame == start then
      before = c
    end
    local gone = t - start
    local weighted = before * (frame - gone)
    left = permits - count - math.ceil(weighted / frame)
    reset = count > 0 and start + 2 * frame or before > 0 and start + frame or now
    wait = 0
    if weighted + (count + cost) * frame > permits * frame then
      if count + cost <= permits then
        wait = t - now + frame - gone - math.floor((permits - count - cost) * frame / before)
      else
        wait = t - now + 2 * frame - gone - math.floor((permits - cost) * frame / count)
      end
    end
    if frame ~= window then
      count, before, start = count + math.ceil(weighted / frame), 0, t - t % window
    end
    after = start + 2 * window
    plan = {kind, start, window, count, before}
    plan.cut = cut
  elseif kind == 'G' then
    local every = math.ceil(window / permits)
    local most = now + every * burst
    local tat, cut = tonumber(states[i] or 0) or now, nil
    if tat < now then tat = now end
    if tat > most then tat, cut = most, {string.format('%.0f', most), most} end
    left = math.floor((most - tat) / every)
    reset = tat
    wait = tat + every * cost - most
    after = tat + every * cost
    plan = {kind, after}
    plan.cut = cut
  else
    local finish, next = tonumber(ARGV[first + 3]), tonumber(ARGV[first + 4])
    if now < window or now >= next then return {5, now} end
    local e, count = string.match(states[i] or '', '^(%d+):(%d+)$')
    e = tonumber(e or 0)
    if now >= finish or e == next and now >= finish - STEP then finish = next end
    -- A count of another calendar that still runs goes on in this one, and ends when the first of the two does.
    count = e > now and tonumber(count) or 0
    left = permits - count
    reset = count > 0 and math.min(e, finish) or now
    wait = count + cost > permits and reset - now or 0
    after = finish
    plan = {kind, finish, count}
    if e > finish then plan.cut = {string.format('%.0f:%.0f', finish, count), finish} end
  end
  if cost > 0 and wait > longest then who, longest = i, wait end
  if left < 0 then left = 0 end
  plans[i], plan.after = plan, after
  reply[3 + 2 * i], reply[4 + 2 * i] = left, reset
end
if own then reply[5 + 2 * n] = own end

if who > 0 then
  reply[1], reply[3], reply[4] = 0, who, ends and math.min(longest, ends) or longest
else
  for i = 1, n do
    reply[3 + 2 * i] = reply[3 + 2 * i] - cost
    if cost > 0 then reply[4 + 2 * i] = plans[i].after end
  end
end
if not taking then return reply end

-- PSETEX, because Lua reuses the memory of the last command's word in this place: SET would keep a value in what a key needed.
for i = 1, n do
  local plan = plans[i]
  local kind = plan[1]
  if who > 0 then
    -- What no taking explains, because the clock stepped back or the limit became shorter: cut, or each refusal would name
    -- a new wait, or what is ahead would count again when the clock gets there.
    local cut = plan.cut
    if cut and cut[1] then
      redis.call('PSETEX', KEYS[i], math.ceil((cut[2] - now) / 1000), cut[1])
    elseif cut then
      redis.call('DEL', KEYS[i])
    end
  elseif kind == 'L' then
    local t, window, used, len = plan[2], plan[3], plan[4], plan[5]
    if used == 0 and len > 0 then
      redis.call('DEL', KEYS[i])
    elseif used < len then
      redis.call('LTRIM', KEYS[i], 0, used - 1)
    end
    local moment = string.format('%.0f', t)
    if cost == 1 then
      redis.call('LPUSH', KEYS[i], moment)
    else
      for from = 1, cost, 1000 do
        local some = {}
        for m = 1, math.min(1000, cost - from + 1) do some[m] = moment end
        redis.call('LPUSH', KEYS[i], unpack(some))
      end
    end
    redis.call('PEXPIRE', KEYS[i], math.ceil((t + window - now) / 1000))
  elseif kind == 'C' then
    local state = string.format('%.0f:%.0f:%.0f:%.0f', plan[2] / plan[3], plan[3], plan[4] + cost, plan[5])
    redis.call('PSETEX', KEYS[i], math.ceil((plan[2] + 2 * plan[3] - now) / 1000), state)
  elseif kind == 'G' then
    redis.call('PSETEX', KEYS[i], math.ceil((plan[2] - now) / 1000), string.format('%.0f', plan[2]))
  else
    redis.call('PSETEX', KEYS[i], math.ceil((plan[2] - now) / 1000),
      string.format('%.0f:%.0f', plan[2], plan[3] + cost))
  end
end
return reply
