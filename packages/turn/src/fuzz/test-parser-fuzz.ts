import assert from 'node:assert/strict';
import { corpus } from './test-corpus.ts';
import { Dice } from './test-dice.ts';
import { mutate } from './test-mutator.ts';
import { readAll, readInside, shapeOf } from './test-readers.ts';

/** What a run of the parsers' fuzzer looked at. */
export interface ParserFuzzReport {
  readonly mutants: number;
  /** Kinds of behaviour seen: see {@link shapeOf}. */
  readonly shapes: number;
  readonly longestPool: number;
}

/** Mutants that were kept to start from, at most: the newest replace the oldest, so that memory does not grow with the length of a run. */
const poolLimit = 3000;

/**
 * Feeds mutants of the corpus to every parser. Guided by behaviour: a mutant that makes the readers answer in a way not seen before becomes one to
 * start from. Every answer has to be the same whatever bytes lie around the message. A failure names the bytes.
 */
export function fuzzParsers(seed: number, mutants: number): ParserFuzzReport {
  const dice = new Dice(seed);
  const pool = corpus.map(({ bytes }) => bytes);
  const shapes = new Set<string>();
  for (let count = 0; count < mutants; count += 1) {
    const bytes = mutate(dice.pick(pool), dice.pick(pool), dice);
    try {
      const read = readInside(bytes, 0xff);
      assert.equal(JSON.stringify(readInside(bytes, 0)), JSON.stringify(read));
      const shape = shapeOf(read);
      if (bytes.length > 4096 || shapes.has(shape)) continue;
      shapes.add(shape);
      if (pool.length < poolLimit) pool.push(bytes);
      else pool[corpus.length + (shapes.size % (poolLimit - corpus.length))] = bytes;
    } catch (error) {
      throw new Error(`seed ${seed}, mutant ${count}: ${Buffer.from(bytes).toString('hex')}`, { cause: error });
    }
  }
  return { mutants, shapes: shapes.size, longestPool: pool.length };
}

/** The reasons for which parts of the corpus are refused, for a test to see that it has one of each. */
export function parseErrorsMet(): ReadonlySet<unknown> {
  return new Set(corpus.flatMap(({ bytes }) => {
    const [message] = readAll(bytes);
    return Array.isArray(message) && message.length === 2 ? [message[0]] : [];
  }));
}
