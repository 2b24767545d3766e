import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { mutantRuns, mutantsOf, readCorpus } from '../audio/test-mutants.ts';
import { nativeTest } from '../test-kernels.ts';
import { testVpx } from './test-vpx.ts';
import { pictureBytes } from './vpx.ts';

const corpus = readCorpus(join(import.meta.dirname, 'corpus/frames.hex'));

nativeTest('vpx', 'whatever is sent is decoded or refused, inside its room, and a key frame brings the picture back', () => {
  const vpx = testVpx();
  const decoder = vpx.openDecoder(64, 64);
  const [keyFrame = new Uint8Array()] = corpus;
  const room = new Uint8Array(pictureBytes(64, 64) + 1);
  const seen = new Set<string>();
  fc.assert(fc.property(mutantsOf(corpus), (frame) => {
    const { result, width, height } = vpx.decode(decoder, frame, room.subarray(0, -1));
    assert.ok((result >= -4 && result <= 0 && result !== -1) || (result === pictureBytes(width, height) && width <= 64 && height <= 64), `${result} for ${width}x${height}`);
    assert.equal(room.at(-1), 0);
    seen.add(result > 0 ? 'decoded' : 'refused');
    assert.ok(vpx.decode(decoder, keyFrame, room).result > 0);
  }), mutantRuns);
  assert.deepEqual([...seen].toSorted(), ['decoded', 'refused']);
});
