/** The keys of a list, in the order in which every script gets them. */
const KEYS = ["list", "entries", "order", "until", "since", "once", "signins", "ids", "lasting", "places"] as const;

/** All of them carry one hash tag: a cluster keeps them together, so that a script may use them all. */
export const keysOf = (prefix: string): string[] => KEYS.map((name) => `{${prefix}}:${name}`);

export const channelOf = (prefix: string): string => `{${prefix}}:changes`;

/**
 * How every script begins: it finds the list whole, or begins a new one. ARGV: an id for a new list, the retention that
 * this process knows of, the skew, the channel of changes; then what the script itself takes.
 *
 * - `list`: a hash with the list's id, the global generation, the retention, the counter of changes, and how many of
 *   each kind there are. By these a lost part is noticed, and is as bad as a lost list.
 * - `entries`: `s:<sid>`, `u:<subject>`, `k:<key id>` → text, see `changes`.
 * - `order`: the same names, by the counter at their last change.
 * - `until`, `since`: the same names, by their deadline, or where that is not known by when they were made, so that a
 *   retention that grows needs nothing rewritten. Keys are in neither.
 * - `once`: ids that were used, by their deadline.
 */
export const BASE = String.raw`
local LIST, ENTRIES, ORDER, UNTIL, SINCE, ONCE = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local SIGNINS, IDS, LASTING, PLACES = KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local call = redis.call

-- Removes nothing, but is a write: a replica, or a master that is cut off from its replicas, refuses it, and must not
-- answer a check from what it has.
local refused = redis.pcall('HDEL', LIST, '')
if type(refused) == 'table' and refused.err
  and (string.find(refused.err, 'READONLY', 1, true) or string.find(refused.err, 'NOREPLICAS', 1, true)) then
  return refused
end

local instant
local function now()
  if not instant then
    local time = call('TIME')
    instant = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  end
  return instant
end

-- A server that was restarted, or that took over, has another one. Not everybody may ask.
local function incarnation()
  local info = redis.pcall('INFO', 'replication')
  if type(info) ~= 'string' then return '' end
  local at = string.find(info, 'master_replid:', 1, true)
  return at and string.sub(info, at + 14, at + 53) or ''
end

local stored = call('HMGET', LIST,
  'id', 'all', 'retention', 'changes', 'sessions', 'superseded', 'subjects', 'keys', 'once')
local id, all, retention, changes = stored[1], tonumber(stored[2]), tonumber(stored[3]), tonumber(stored[4])
local sessions, superseded = tonumber(stored[5]), tonumber(stored[6])
local subjects, keys, once = tonumber(stored[7]), tonumber(stored[8]), tonumber(stored[9])
local before = changes

local function save()
  call('HSET', LIST, 'id', id, 'all', all, 'retention', retention, 'changes', changes, 'sessions', sessions,
    'superseded', superseded, 'subjects', subjects, 'keys', keys, 'once', once)
  -- A hint: a user who may not publish can revoke all the same.
  if changes ~= before then redis.pcall('PUBLISH', ARGV[4], '') end
end

local function isWhole()
  if not (id and all and retention and changes and sessions and superseded and subjects and keys and once) then
    return false
  end
  local size = call('HLEN', ENTRIES)
  return size == sessions + subjects + keys and call('ZCARD', ORDER) == size
    and call('ZCARD', UNTIL) + call('ZCARD', SINCE) == sessions + subjects and call('ZCARD', ONCE) == once
end

if not isWhole() then
  call('UNLINK', unpack(KEYS))
  id, all, retention = ARGV[1], math.max((all or 0) + 1, now()), math.max(retention or 0, tonumber(ARGV[2]))
  changes, sessions, superseded, subjects, keys, once = 1, 0, 0, 0, 0, 0
  save()
  before = changes
end

local function generationOf(subject)
  local text = call('HGET', ENTRIES, 'u:' .. subject)
  return text and tonumber(string.match(text, '^%d+')) or 0
end
`;
