import { readFileSync } from 'node:fs';
import fc from 'fast-check';

/** A file of hexadecimal lines; those that begin with `#` say what follows. */
export function readCorpus(file: string): readonly Uint8Array[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' || line.startsWith('#') ? [] : [Uint8Array.from(Buffer.from(line, 'hex'))]));
}

/** What an attacker makes of a packet: changed bits and bytes, a piece of it, more behind it, another one in the middle of it. */
export function mutantsOf(corpus: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const original = fc.constantFrom(...corpus);
  const change = fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat(7) }),
    fc.record({ kind: fc.constant('set' as const), at: fc.nat(), value: fc.nat(255) }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
    fc.record({ kind: fc.constant('append' as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
    fc.record({ kind: fc.constant('cross' as const), at: fc.nat(), bytes: original }),
  );
  type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;
  const changed = (bytes: Uint8Array, step: Change): Uint8Array => {
    const at = 'at' in step && bytes.length > 0 ? step.at % bytes.length : 0;
    if (step.kind === 'flip') return bytes.map((byte, index) => (index === at ? byte ^ (1 << step.bit) : byte));
    if (step.kind === 'set') return bytes.map((byte, index) => (index === at ? step.value : byte));
    if (step.kind === 'cut') return bytes.slice(0, at);
    if (step.kind === 'append') return Uint8Array.of(...bytes, ...step.bytes);
    return Uint8Array.of(...bytes.subarray(0, at), ...step.bytes);
  };
  return fc.tuple(original, fc.array(change, { maxLength: 6 })).map(([bytes, steps]) => {
    let mutant = bytes;
    for (const step of steps) mutant = changed(mutant, step);
    return mutant.slice(0, 1500);
  });
}

/** More: `PROPERTY_RUNS=100000`. */
export const mutantRuns = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 3000) };
