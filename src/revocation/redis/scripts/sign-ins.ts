/**
 * The directory's part of a list.
 *
 * - `signins`: a sign-in's id → its text: sid · subject · created · seen · until · the two generations it was sealed
 *   with · its label after a `=`, with a line feed between the parts. By the generations it ends with its subject, or
 *   with everything, without being touched.
 * - `ids`: sid → the sign-in's id. - `lasting`: the sign-ins' ids, by until.
 * - `places`: `<subject> NUL <created> NUL <id>`, in the order of the text.
 */
export const SIGN_INS = String.raw`
local function signInOf(key)
  local text = call('HGET', SIGNINS, key)
  if not text then return nil end
  local part = {}
  for each in string.gmatch(text, '[^\n]+') do part[#part + 1] = each end
  return { id = key, text = text, sid = part[1], subject = part[2], created = part[3], seen = part[4],
    deadline = part[5], all = part[6], generation = part[7], label = part[8] }
end

local function placeOf(row)
  return row.subject .. '\0' .. string.rep('0', 15 - #row.created) .. row.created .. '\0' .. row.id
end

local function store(row)
  call('HSET', SIGNINS, row.id, table.concat({ row.sid, row.subject, row.created, row.seen, row.deadline, row.all,
    row.generation, row.label }, '\n'))
  call('HSET', IDS, row.sid, row.id)
  call('ZADD', LASTING, row.deadline, row.id)
  call('ZADD', PLACES, 0, placeOf(row))
end

local function drop(key)
  local row = signInOf(key)
  if row then
    call('HDEL', IDS, row.sid)
    call('ZREM', PLACES, placeOf(row))
  end
  call('HDEL', SIGNINS, key)
  call('ZREM', LASTING, key)
end

local function leave(sid)
  local key = call('HGET', IDS, sid)
  if key then drop(key) end
end

-- The same sign-in goes on under another id.
local function move(sid, successor, sealedAll, generation)
  local key = call('HGET', IDS, sid)
  local row = key and signInOf(key)
  if not row then return end
  call('HDEL', IDS, sid)
  row.sid, row.all, row.generation = successor, sealedAll, generation
  store(row)
end

local known = {}
local function goesOn(row)
  if tonumber(row.deadline) < now() or tonumber(row.all) < all then return false end
  known[row.subject] = known[row.subject] or generationOf(row.subject)
  return tonumber(row.generation) >= known[row.subject]
end
`;
