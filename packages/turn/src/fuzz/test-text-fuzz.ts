import assert from 'node:assert/strict';
import { formatStunUri, formatTransportAddress, longTermKey, opaqueString, parseIpAddress, parseStunUri, parseTransportAddress } from '@dialplane/stun';
import { nodeCrypto } from '@dialplane/kernels';
import { formatTurnUri, parseTurnUri } from '../index.ts';
import { Dice } from './test-dice.ts';

const samples = [
  'stun:example.org',
  'stuns:[2001:db8::1]:5349',
  'turn:192.0.2.1:3478?transport=udp',
  'TURNS:turn.example.org?transport=TCP',
  'turn:%20.example',
  '192.0.2.1:3478',
  '[2001:db8::ffff:192.0.2.1]:65535',
  '2001:db8::1',
  '::ffff:192.0.2.1',
  '1700000000:0123456789abcdef',
  '\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9',
  'pass word\u00a0with\u2003spaces',
  'e\u0301\u1112\u1161\u11ab',
  '\u200d\u00ad\ud800',
];
const fragments = [...':?[]%.@/#', '::', 'turn:', 'transport=', '65536', '00', '256', 'ffff', 'fffff', '\u0000', '\ud83d\ude00', '\udc00', ' ', 'a'.repeat(70_000), '%41'.repeat(20_000), '\u0301'.repeat(1000)];

/** Feeds mutants of texts to every parser of text; what is read must be written and read again as the same. Counts by parser what was read. */
export function fuzzTexts(seed: number, mutants: number): ReadonlyMap<string, number> {
  const dice = new Dice(seed);
  const read = new Map<string, number>();
  const note = (parser: string, isRead: boolean): void => void read.set(parser, (read.get(parser) ?? 0) + (isRead ? 1 : 0));
  for (let count = 0; count < mutants; count += 1) {
    const text = count < samples.length ? (samples[count] ?? '') : mutateText(dice);
    const stun = parseStunUri(text);
    if (stun !== undefined) assert.deepEqual(parseStunUri(formatStunUri(stun)), stun);
    const turn = parseTurnUri(text);
    if (turn !== undefined) assert.deepEqual(parseTurnUri(formatTurnUri(turn)), turn);
    const address = parseTransportAddress(text);
    if (address !== undefined) assert.deepEqual(parseTransportAddress(formatTransportAddress(address)), address);
    const opaque = opaqueString(text);
    if (opaque !== undefined) assert.equal(opaqueString(opaque), opaque);
    longTermKey(nodeCrypto, 'md5', { username: text, realm: text, password: text });
    note('stun', stun !== undefined);
    note('turn', turn !== undefined);
    note('address', address !== undefined);
    note('ip', parseIpAddress(text) !== undefined);
    note('opaque', opaque !== undefined);
  }
  return read;
}

function mutateText(dice: Dice): string {
  let text = dice.pick(samples);
  for (let changes = 1 + dice.below(3); changes > 0; changes -= 1) {
    const at = dice.below(text.length + 1);
    const rest = dice.pick([at, at, at + 1, at + 3, text.length]);
    const inserted = dice.happens(0.3) ? '' : dice.happens(0.98) ? dice.pick(fragments.slice(0, -3)) : dice.pick(fragments);
    text = text.slice(0, at) + inserted + text.slice(rest);
  }
  return text;
}
