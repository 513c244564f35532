/**
 * What changes the list. The texts of entries, with a line feed between the parts, which no name contains:
 * `s:` `r` (revoked) or `x` (superseded) and since · until or `-` · the successors; `u:` generation · since; `k:` since.
 */
export const CHANGES = String.raw`
-- How many linked successors an entry has at most: sign-ins with one old cookie over and over must not make it grow.
local MAX_SUCCESSORS = 16

local function changed(name)
  changes = changes + 1
  call('ZADD', ORDER, changes, name)
end

local function entryOf(sid)
  local text = call('HGET', ENTRIES, 's:' .. sid)
  if not text then return nil end
  local parts = {}
  for part in string.gmatch(text, '[^\n]+') do parts[#parts + 1] = part end
  local entry = { state = string.sub(text, 1, 1), deadline = tonumber(parts[2]), successors = {} }
  for i = 3, #parts do entry.successors[i - 2] = parts[i] end
  return entry
end

local function put(sid, old, state, deadline, successors)
  local name = 's:' .. sid
  local text = { state .. now(), deadline and string.format('%.0f', deadline) or '-' }
  for _, successor in ipairs(successors) do text[#text + 1] = successor end
  if not old then sessions = sessions + 1 end
  if old and old.state == 'x' then superseded = superseded - 1 end
  if state == 'x' then superseded = superseded + 1 end
  call('HSET', ENTRIES, name, table.concat(text, '\n'))
  if old then call('ZREM', deadline and SINCE or UNTIL, name) end
  call('ZADD', deadline and UNTIL or SINCE, deadline or now(), name)
  changed(name)
end

-- Ends a session and the chain of what took its place. A successor may be a later login's, with a deadline of its own.
local function revoke(sid, deadline)
  local ids = { sid }
  local at = 1
  while at <= #ids do
    leave(ids[at])
    local old = entryOf(ids[at])
    if not (old and old.state == 'r') then
      local known = at == 1 and deadline
      put(ids[at], old, 'r', known and math.max(known, old and old.deadline or 0) or nil, {})
      for _, successor in ipairs(old and old.successors or {}) do ids[#ids + 1] = successor end
    end
    at = at + 1
  end
  return ids
end

local function hasSuccessor(entry, successor)
  for _, each in ipairs(entry and entry.successors or {}) do
    if each == successor then return true end
  end
  return false
end

-- A link to what has ended is none: told again, it would push out another.
local function needsLink(old, successor)
  if successor == '' or hasSuccessor(old, successor) then return false end
  local entry = entryOf(successor)
  return not (entry and entry.state == 'r')
end

-- Ends the oldest successor, where another one makes too many. To be called before anything leads to the new one.
local function makeRoom(sid, successor)
  local old = entryOf(sid)
  if old and #old.successors >= MAX_SUCCESSORS and needsLink(old, successor) then revoke(old.successors[1]) end
end

-- Marks an id as superseded, with what took its place where the two are linked. False where it is revoked.
local function supersede(sid, deadline, successor)
  local old = entryOf(sid)
  if old and old.state == 'r' then return false end
  local successors, known = old and old.successors or {}, not needsLink(old, successor)
  deadline = math.max(deadline, old and old.deadline or 0)
  -- The same thing said again is no change.
  if old and known and deadline == old.deadline then return true end
  if not known then
    if #successors >= MAX_SUCCESSORS then table.remove(successors, 1) end
    successors[#successors + 1] = successor
  end
  put(sid, old, 'x', deadline, successors)
  return true
end

local function setGeneration(subject, generation)
  local name = 'u:' .. subject
  if call('HSET', ENTRIES, name, string.format('%.0f\n%.0f', generation, now())) == 1 then subjects = subjects + 1 end
  call('ZADD', SINCE, now(), name)
  changed(name)
end

local function revokeSubject(subject)
  local generation = math.max(generationOf(subject) + 1, now())
  setGeneration(subject, generation)
  return generation
end

local function revokeKey(name)
  if call('HSETNX', ENTRIES, 'k:' .. name, now()) == 0 then return end
  keys = keys + 1
  changed('k:' .. name)
end

local function use(name, deadline)
  if call('ZADD', ONCE, 'NX', deadline, name) == 0 then return 0 end
  once = once + 1
  return 1
end

-- Removes what expired, by the retention of now. No more than 1000 at a time: Lua's stack holds no more than a few
-- thousand values.
local function removeExpired(limit, ofSignIns)
  local skew, removed = tonumber(ARGV[3]), 0
  for _, index in ipairs({ { UNTIL, now() - skew }, { SINCE, now() - skew - retention } }) do
    local names = call('ZRANGEBYSCORE', index[1], '-inf', '(' .. index[2], 'LIMIT', 0, limit - removed)
    if #names > 0 then
      for i, text in ipairs(call('HMGET', ENTRIES, unpack(names))) do
        if string.sub(names[i], 1, 1) == 'u' then subjects = subjects - 1 else sessions = sessions - 1 end
        if text and string.sub(text, 1, 1) == 'x' then superseded = superseded - 1 end
      end
      call('HDEL', ENTRIES, unpack(names))
      call('ZREM', index[1], unpack(names))
      call('ZREM', ORDER, unpack(names))
      removed = removed + #names
    end
  end
  local used = call('ZRANGEBYSCORE', ONCE, '-inf', '(' .. (now() - skew), 'LIMIT', 0, limit - removed)
  if #used > 0 then call('ZREM', ONCE, unpack(used)) end
  once = once - #used
  local gone = call('ZRANGEBYSCORE', LASTING, '-inf', '(' .. now(), 'LIMIT', 0, ofSignIns)
  for _, signIn in ipairs(gone) do drop(signIn) end
  return removed + #used
end

-- How every change ends. Looking for what expired costs as much as the change: now and then is often enough.
local function done()
  if math.floor(changes / 16) ~= math.floor(before / 16) then removeExpired(320, 320) end
  save()
end
`;
