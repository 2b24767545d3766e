import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'sdp-transform';
import { mangled } from '../test-mangled.ts';
import { negotiationOf, readTrunkFixture, trunkFixtures } from './test-trunks.ts';

const fixtures = trunkFixtures.map(readTrunkFixture);

test('no text makes a negotiation throw, and whatever is accepted gets an answer with each section', () => {
  fc.assert(fc.property(fc.oneof(mangled(fixtures), fc.string({ unit: 'binary', maxLength: 400 })), (sdp) => {
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
  fc.assert(fc.property(fc.oneof(mangled(fixtures), fc.string({ unit: 'binary', maxLength: 400 })), fc.constantFrom('forbidden' as const, 'allowed' as const, 'required' as const), (sdp, srtp) => {
    const negotiation = negotiationOf({ srtp });
    negotiation.offer('sendrecv');
    const negotiated = negotiation.takeAnswer(sdp);
    if ('kind' in negotiated && negotiated.kind === 'agreed' && srtp === 'required') assert.notEqual(negotiated.trunk.security.kind, 'none');
  }), { numRuns: 300 });
});
