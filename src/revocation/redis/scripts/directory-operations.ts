import { changing, readingSignIns } from "./operation.js";

/** sid, seen, until */
export const TOUCH = changing(
  String.raw`
local key = call('HGET', IDS, ARGV[5])
local row = key and signInOf(key)
if row then
  if tonumber(ARGV[6]) > tonumber(row.seen) then row.seen = ARGV[6] end
  if tonumber(ARGV[7]) > tonumber(row.deadline) then row.deadline = ARGV[7] end
  store(row)
end
return { id, incarnation(), all }
`,
  false,
);

/** subject or nothing, the place before, at most so many → the place to go on after or nothing, then id, text … */
export const SIGN_INS_OF = readingSignIns(String.raw`
local subject, after, limit = ARGV[5], ARGV[6], tonumber(ARGV[7])
local from, to = '-', '+'
if subject ~= '' then from, to = '[' .. subject .. '\0', '(' .. subject .. '\1' end
if after ~= '' then from = '(' .. after end
local places = call('ZRANGEBYLEX', PLACES, from, to, 'LIMIT', 0, 1000)
local answer = { id, incarnation(), all, #places == 1000 and places[1000] or '' }
for _, place in ipairs(places) do
  local row = signInOf(string.match(place, '[^%z]+$'))
  if row and goesOn(row) then
    answer[#answer + 1] = row.id
    answer[#answer + 1] = row.text
    limit = limit - 1
    if limit == 0 then
      answer[4] = place
      break
    end
  end
end
return answer
`);

/** subject or nothing, the place before → the place to go on after or nothing, how many go on before it */
export const COUNT = readingSignIns(String.raw`
local subject, after = ARGV[5], ARGV[6]
local from, to = '-', '+'
if subject ~= '' then from, to = '[' .. subject .. '\0', '(' .. subject .. '\1' end
if after ~= '' then from = '(' .. after end
local places = call('ZRANGEBYLEX', PLACES, from, to, 'LIMIT', 0, 1000)
local count = 0
for _, place in ipairs(places) do
  local row = signInOf(string.match(place, '[^%z]+$'))
  if row and goesOn(row) then count = count + 1 end
end
return { id, incarnation(), all, #places == 1000 and places[1000] or '', count }
`);

/** id → its text, where it goes on */
export const FIND = readingSignIns(String.raw`
local row = signInOf(ARGV[5])
return { id, incarnation(), all, row and goesOn(row) and row.text or '' }
`);
