import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readAll } from './test-rtp-readers.ts';

export interface CorpusPacket {
  readonly file: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

const folder = join(import.meta.dirname, 'corpus');

/** The corpus: files of hexadecimal lines, each below a line `# name`; a line `## …` is about the whole file. */
export const corpus: readonly CorpusPacket[] = readdirSync(folder).flatMap((file) =>
  [...readFileSync(join(folder, file), 'utf8').matchAll(/^# (.*)\n([0-9a-f]+)$/gm)].map(([, name = '', hex = '']) => ({ file, name, bytes: Uint8Array.from(Buffer.from(hex, 'hex')) })),
);

/** One change of a packet; places are parts of its length, so that they mean something for each. */
type Change =
  | { readonly kind: 'flip' | 'set' | 'word'; readonly place: number; readonly value: number }
  | { readonly kind: 'cut'; readonly place: number }
  | { readonly kind: 'insert' | 'append'; readonly place: number; readonly bytes: Uint8Array }
  | { readonly kind: 'join'; readonly place: number; readonly other: number };

const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom('flip', 'set', 'word'), place: part, value: fc.oneof(fc.constantFrom(0, 1, 0x0f, 0x10, 0x7f, 0x80, 0xff, 0x3fff, 0x8000, 0xffff), fc.nat(0xffff)) }),
  fc.record({ kind: fc.constant('cut'), place: part }),
  fc.record({ kind: fc.constantFrom('insert', 'append'), place: part, bytes: fc.uint8Array({ minLength: 1, maxLength: 24 }) }),
  fc.record({ kind: fc.constant('join'), place: part, other: fc.nat(10_000) }),
);

/** Packets of the corpus with up to four changes; half of what begins like RTCP has a length that is right again. */
export const mutants: fc.Arbitrary<Uint8Array> = fc
  .record({ entry: fc.constantFrom(...corpus), changes: fc.array(change, { minLength: 1, maxLength: 4 }), mendsLength: fc.boolean() })
  .map(({ entry, changes, mendsLength }) => {
    const mutant = changes.reduce(apply, entry.bytes);
    const second = mutant[1] ?? 0;
    if (!mendsLength || second < 200 || second > 207) return mutant;
    const aligned = mutant.slice(0, mutant.length & ~3);
    if (aligned.length >= 4) new DataView(aligned.buffer).setUint16(2, aligned.length / 4 - 1);
    return aligned;
  });

function apply(bytes: Uint8Array, step: Change): Uint8Array {
  const at = Math.floor(step.place * (bytes.length + 1));
  switch (step.kind) {
    case 'cut':
      return bytes.subarray(0, at);
    case 'insert':
      return Uint8Array.from([...bytes.subarray(0, at), ...step.bytes, ...bytes.subarray(at)]);
    case 'append':
      return Uint8Array.from([...bytes, ...step.bytes]);
    case 'join':
      return Uint8Array.from([...bytes.subarray(0, at), ...(corpus[step.other % corpus.length]?.bytes ?? [])]);
    default:
      return overwrite(bytes, at, step.kind, step.value);
  }
}

function overwrite(bytes: Uint8Array, at: number, kind: 'flip' | 'set' | 'word', value: number): Uint8Array {
  const changed = bytes.slice();
  if (at >= changed.length) return changed;
  changed[at] = kind === 'flip' ? (changed[at] ?? 0) ^ (1 << (value & 7)) : kind === 'word' ? value >>> 8 : value;
  if (kind === 'word' && at + 1 < changed.length) changed[at + 1] = value;
  return changed;
}

/** Reads bytes with other bytes around them: an answer that depends on those comes from reading past the end. */
export function checkReaders(bytes: Uint8Array): readonly unknown[] {
  const inside = (around: number): readonly unknown[] => {
    const slab = new Uint8Array(bytes.length + 128).fill(around);
    slab.set(bytes, 64);
    return readAll(slab, 64, bytes.length);
  };
  const read = inside(0xff);
  assert.deepEqual(inside(0), read);
  assert.deepEqual(inside(0x90), read);
  return read;
}
