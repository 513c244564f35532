import { changing, reading } from "./operation.js";

/** sid, subject, keys … → state, the subject's generation, the places of the keys that are revoked */
export const CHECK = reading(String.raw`
local names = { 's:' .. ARGV[5], 'u:' .. ARGV[6] }
for i = 7, #ARGV do names[i - 4] = 'k:' .. ARGV[i] end
local found = call('HMGET', ENTRIES, unpack(names))
local answer = { id, incarnation(), all, found[1] and string.sub(found[1], 1, 1) or '',
  found[2] and tonumber(string.match(found[2], '^%d+')) or 0 }
for i = 3, #names do
  if found[i] then answer[#answer + 1] = i - 3 end
end
return answer
`);

/** sid, subject, sign-in (id, at, until, label), replaced (sid, until, linked) … → generation, the places of those marked */
export const ISSUE = changing(String.raw`
local sid, subject, signIn = ARGV[5], ARGV[6], ARGV[7]
local generation = generationOf(subject)
local answer = { id, incarnation(), all, generation }
for i = 11, #ARGV, 3 do makeRoom(ARGV[i], ARGV[i + 2] == '1' and sid or '') end
for i = 11, #ARGV, 3 do
  leave(ARGV[i])
  if supersede(ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2] == '1' and sid or '') then
    answer[#answer + 1] = (i - 11) / 3
  end
end
if signIn ~= '' then
  leave(sid)
  drop(signIn)
  store({ id = signIn, sid = sid, subject = subject, created = ARGV[8], seen = ARGV[8], deadline = ARGV[9],
    all = all, generation = generation, label = ARGV[10] })
end
if #ARGV > 10 or signIn ~= '' then done() end
return answer
`);

/**
 * sid, next, subject, the sealed generations, until, whether to end the others → what became of it, the generation
 *
 * ioredis sends a command again whose answer was lost. Nobody else knows `next`, so a step to it that was taken is this
 * one. Not where it ended the others: it is not known by which generation.
 */
export const REGENERATE = changing(String.raw`
local sid, successor, subject = ARGV[5], ARGV[6], ARGV[7]
local old, generation = entryOf(sid), generationOf(subject)
local outcome, taken = 'live', ARGV[11] ~= '1' and hasSuccessor(old, successor)
if old and not taken then outcome = old.state == 'r' and 'revoked' or 'superseded'
elseif all > tonumber(ARGV[8]) or generation > tonumber(ARGV[9]) then outcome = 'revoked' end
if outcome == 'live' and not taken then
  supersede(sid, tonumber(ARGV[10]), successor)
  if ARGV[11] == '1' and subject ~= '' then generation = revokeSubject(subject) end
  move(sid, successor, all, generation)
  done()
end
return { id, incarnation(), all, outcome, generation }
`);

/** sid, until or nothing → the ids that ended, so that this process can tell them again; of a long chain the first */
export const REVOKE_SESSION = changing(String.raw`
local answer = { id, incarnation(), all }
for i, sid in ipairs(revoke(ARGV[5], tonumber(ARGV[6]))) do
  if i <= 100 then answer[#answer + 1] = sid end
end
done()
return answer
`);

/** subject → the generation */
export const REVOKE_SUBJECT = changing(String.raw`
local generation = revokeSubject(ARGV[5])
done()
return { id, incarnation(), all, generation }
`);

export const REVOKE_ALL = changing(String.raw`
all = math.max(all + 1, now())
changes = changes + 1
done()
return { id, incarnation(), all }
`);

/** keys … */
export const REVOKE_KEYS = changing(String.raw`
for i = 5, #ARGV do revokeKey(ARGV[i]) end
done()
return { id, incarnation(), all }
`);

/** id, until → 1 for the first use */
export const USE_ONCE = changing(String.raw`
local first = use(ARGV[5], ARGV[6])
done()
return { id, incarnation(), all, first }
`);

export const ANNOUNCE = changing(
  String.raw`
if tonumber(ARGV[2]) > retention then
  retention = tonumber(ARGV[2])
  done()
end
return { id, incarnation(), all }
`,
  false,
);

/** limit, a cursor's list, incarnation, counter → retention, counter, 1 for more, then name, text … */
export const LIST = reading(String.raw`
local limit, from = tonumber(ARGV[5]), tonumber(ARGV[8])
local server = incarnation()
if ARGV[6] ~= id or ARGV[7] ~= server or not from or from > changes then from = 0 end
local found = call('ZRANGEBYSCORE', ORDER, '(' .. from, '+inf', 'WITHSCORES', 'LIMIT', 0, limit + 1)
local count = math.min(#found / 2, limit)
local more = #found / 2 > limit
local answer = { id, server, all, retention, more and tonumber(found[count * 2]) or changes, more and 1 or 0 }
for first = 1, count, 1000 do
  local names = {}
  for i = first, math.min(first + 999, count) do names[#names + 1] = found[i * 2 - 1] end
  for i, text in ipairs(call('HMGET', ENTRIES, unpack(names))) do
    answer[#answer + 1] = names[i]
    answer[#answer + 1] = text or ''
  end
end
return answer
`);

/** → how many of each, the retention */
export const STATS = reading(String.raw`
return { id, incarnation(), all, sessions, superseded, subjects, keys, retention }
`);

/** limit, at most 1000 → how many were removed, how many sign-ins that ended are left */
export const PRUNE = changing(
  String.raw`
local removed = removeExpired(tonumber(ARGV[5]), 1000)
save()
return { id, incarnation(), all, removed, call('ZCOUNT', LASTING, '-inf', '(' .. now()) }
`,
  false,
);

/** → the eviction policy, where that may be asked */
export const HELLO = reading(String.raw`
local info = redis.pcall('INFO', 'memory')
local policy = type(info) == 'string' and string.match(info, 'maxmemory_policy:([%w-]+)')
return { id, incarnation(), all, policy or '' }
`);

/**
 * What a process remembers of what it told, six texts each: kind, name, number, successor, the generations of a sign-in
 * that moved. Merged with what is there: generations become at least what they were, and what took the place of an id
 * that is revoked by now is revoked too.
 */
export const RESTORE = changing(
  String.raw`
local restore = {
  revoked = function(sid, deadline) revoke(sid, tonumber(deadline)) end,
  superseded = function(sid, deadline, successor, movedAll, movedGeneration)
    makeRoom(sid, successor)
    if supersede(sid, tonumber(deadline), successor) then
      if movedAll == '' then leave(sid) else move(sid, successor, movedAll, movedGeneration) end
    elseif successor ~= '' then revoke(successor) end
  end,
  subject = function(subject, generation, _, list)
    -- A list that was begun anew has signed out everybody of before; who signed in since is to stay. In the same list
    -- there may be sessions with this generation: the next one has to be larger.
    if list ~= id and tonumber(generation) <= all then return end
    if generationOf(subject) < tonumber(generation) then setGeneration(subject, tonumber(generation)) end
  end,
  all = function(_, generation)
    if all >= tonumber(generation) then return end
    all = tonumber(generation)
    changes = changes + 1
  end,
  once = use,
  key = revokeKey,
}
for i = 5, #ARGV, 6 do
  restore[ARGV[i]](ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5])
end
retention = math.max(retention, tonumber(ARGV[2]))
done()
return { id, incarnation(), all }
`,
  false,
);
