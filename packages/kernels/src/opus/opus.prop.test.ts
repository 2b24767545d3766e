import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { audioFailure, decodedPart } from '../audio/audio-codec.ts';
import { mutantRuns, mutantsOf, readCorpus } from '../audio/test-mutants.ts';
import { nativeTest } from '../test-kernels.ts';
import { decodePacket, frameSamples, testOpus } from './test-opus.ts';

const corpus = readCorpus(join(import.meta.dirname, 'corpus/packets.hex'));
const longest = 5760;

nativeTest('opus', 'whatever is sent is decoded or refused, and the decoder goes on', () => {
  const opus = testOpus();
  const decoder = opus.openDecoder(48_000);
  const good = corpus[0] ?? new Uint8Array();
  const seen = new Set<string>();
  fc.assert(fc.property(mutantsOf(corpus), fc.constantFrom(...Object.values(decodedPart)), (packet, part) => {
    const { result, level, samples } = decodePacket(opus, decoder, packet, part);
    assert.ok((result > 0 && result <= longest) || result === audioFailure.malformed || result === audioFailure.doesNotFit, `${result}`);
    assert.ok(level >= 0 && level <= 127, `${level}`);
    assert.ok(samples.every((sample) => Number.isFinite(sample)));
    seen.add(result > 0 ? 'decoded' : 'refused');
    assert.equal(decodePacket(opus, decoder, good).result, frameSamples);
  }), mutantRuns);
  assert.deepEqual([...seen].toSorted(), ['decoded', 'refused']);
});
