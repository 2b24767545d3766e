import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'sdp-transform';
import { agreeSections, parseOffer } from './index.ts';
import { answerTo, countedSsrcs, mustParse, offerers, readFixture } from './test-offers.ts';
import { mangled } from './test-mangled.ts';

const fixtures = offerers.map(readFixture);

test('no text makes the parser throw, and whatever it accepts gets an answer that answers each section', () => {
  fc.assert(fc.property(fc.oneof(mangled(fixtures), fc.string({ unit: 'binary', maxLength: 400 })), (sdp) => {
    const parsed = parseOffer(sdp);
    if (!parsed.ok) return;
    const { offer } = parsed;
    const sections = agreeSections(offer, [], countedSsrcs());
    const answer = parse(answerTo(offer, sections));
    assert.equal(answer.media.length, offer.sections.length);
    for (const [index, media] of answer.media.entries()) {
      const agreed = sections[index];
      assert.equal(media.type, offer.sections[index]?.media);
      assert.equal(media.port === 0, agreed === undefined);
      const offered = String(offer.sections[index]?.formats).split(' ');
      for (const format of agreed === undefined ? [] : String(media.payloads).split(' ')) assert.ok(offered.includes(format));
    }
  }), { numRuns: 500 });
});

test('lines of a stranger never become lines of ours', () => {
  fc.assert(fc.property(fc.constantFrom(...fixtures), fc.string({ unit: 'binary', maxLength: 30 }), (sdp, text) => {
    const parsed = parseOffer(sdp.replaceAll('useinbandfec=1', text).replaceAll(/a=mid:3/g, `a=mid:${text}`));
    if (!parsed.ok) return;
    const kinds = new Set(answerTo(parsed.offer).split('\r\n').map((line) => line.slice(0, 2)));
    assert.deepEqual([...kinds].filter((kind) => !['v=', 'o=', 's=', 't=', 'a=', 'm=', 'c=', ''].includes(kind)), []);
  }), { numRuns: 300 });
});

test('SSRCs of ours are used once', () => {
  for (const fixture of fixtures) {
    const used = agreeSections(mustParse(fixture), [], countedSsrcs()).flatMap((section) => [section?.send?.ssrc, section?.send?.rtxSsrc]).filter((ssrc) => ssrc !== undefined);
    assert.equal(new Set(used).size, used.length);
  }
});
