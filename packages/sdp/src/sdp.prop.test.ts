import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'sdp-transform';
import { agreeSections, parseOffer } from './index.ts';
import { answerTo, countedSsrcs, mustParse, offerers, readFixture } from './test-offers.ts';

const fixtures = offerers.map(readFixture);

/** What a hostile or broken client makes of a real offer. */
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

test('no text makes the parser throw, and whatever it accepts gets an answer that answers each section', () => {
  fc.assert(fc.property(fc.oneof(mangled, fc.string({ unit: 'binary', maxLength: 400 })), (sdp) => {
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
