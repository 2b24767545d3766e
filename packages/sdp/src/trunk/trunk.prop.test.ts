import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'sdp-transform';
import { negotiationOf, readTrunkFixture, trunkFixtures } from './test-trunks.ts';

const fixtures = trunkFixtures.map(readTrunkFixture);

/** What a hostile or broken telephone makes of a real description. */
const mangled = fc.tuple(fc.constantFrom(...fixtures), fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), kind: fc.constantFrom('drop', 'double', 'cut', 'insert'), text: fc.string({ unit: 'binary', maxLength: 40 }) }), { minLength: 1, maxLength: 12 })).map(([sdp, edits]) => {
  const lines = sdp.split('\r\n');
  for (const { at, kind, text } of edits) {
    const index = Math.floor(at * (lines.length - 1));
    const line = lines[index] ?? '';
    if (kind === 'drop') lines.splice(index, 1);
    else if (kind === 'double') lines.splice(index, 0, line);
    else if (kind === 'cut') lines[index] = line.slice(0, Math.floor(line.length / 2)) + text;
    else lines.splice(index, 0, `a=${text}`);
  }
  return lines.join('\r\n');
});

test('no text makes a negotiation throw, and whatever is accepted gets an answer with each section', () => {
  fc.assert(fc.property(fc.oneof(mangled, fc.string({ unit: 'binary', maxLength: 400 })), (sdp) => {
    const negotiation = negotiationOf();
    const negotiated = negotiation.takeOffer(sdp);
    if (!('kind' in negotiated) || negotiated.kind !== 'agreed') return;
    const [offered, answered] = [parse(sdp).media, parse(String(negotiated.answer)).media];
    assert.equal(answered.length, offered.length);
    for (const [index, media] of answered.entries()) assert.equal(media.port === 0, index !== negotiated.trunk.index);
    const kinds = new Set(String(negotiated.answer).split('\r\n').map((line) => line.slice(0, 2)));
    assert.deepEqual([...kinds].filter((kind) => !['v=', 'o=', 's=', 't=', 'a=', 'm=', 'c=', ''].includes(kind)), []);
    assert.equal(parse(negotiation.offer('sendrecv')).media.length, offered.length);
  }), { numRuns: 500 });
});

test('no answer makes a negotiation throw', () => {
  fc.assert(fc.property(fc.oneof(mangled, fc.string({ unit: 'binary', maxLength: 400 })), fc.constantFrom('forbidden' as const, 'allowed' as const, 'required' as const), (sdp, srtp) => {
    const negotiation = negotiationOf({ srtp });
    negotiation.offer('sendrecv');
    const negotiated = negotiation.takeAnswer(sdp);
    if ('kind' in negotiated && negotiated.kind === 'agreed' && srtp === 'required') assert.notEqual(negotiated.trunk.security.kind, 'none');
  }), { numRuns: 300 });
});
