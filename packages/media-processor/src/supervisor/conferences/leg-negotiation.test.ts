import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxSdpLength } from '@dialplane/calling-api';
import { LegNegotiation, type Negotiated } from './leg-negotiation.ts';
import { describe, offerOf } from './test-offers.ts';

const surroundings = { fingerprint: new Uint8Array(32), candidates: [{ address: '192.0.2.1', port: 3480 }], cname: 'dialplane', sectionsPerLeg: 64 };

function agree(negotiation: LegNegotiation, sdp: string, revision = 1): Extract<Negotiated, { kind: 'agreed' }> {
  const negotiated = negotiation.handle(describe(sdp, revision));
  assert.ok(negotiated.kind === 'agreed', JSON.stringify(negotiated));
  return negotiated;
}

test('what a media process learns of an offer is what the answer says', () => {
  const negotiation = new LegNegotiation(surroundings);
  const { answer, transport, sections } = agree(negotiation, offerOf('chromium'), 7);
  assert.deepEqual([answer.type, answer.revision, answer.answers], ['answer', 1, 7]);
  assert.deepEqual(answer.streams.map(({ mid, mediaStreamType }) => `${mid} ${mediaStreamType}`), ['0 Audio', '1 Audio', '2 Audio', '3 Video', '4 Video', '5 Video']);
  assert.deepEqual([transport.generation, transport.dtlsRole, transport.remote.usernameFragment, transport.remoteFingerprint.length], [1, 'server', 'nJyd', 32]);
  assert.ok(answer.sdp.includes(`a=ice-ufrag:${transport.local.usernameFragment}\r\na=ice-pwd:${transport.local.password}\r\n`));
  const ssrcs = Array.from(answer.sdp.matchAll(/a=ssrc:(\d+) cname:dialplane/g), ([, ssrc]) => Number(ssrc));
  assert.deepEqual(ssrcs, sections.flatMap(({ send }) => [send?.ssrc, send?.rtxSsrc].filter((ssrc) => ssrc !== undefined)));
  assert.deepEqual(sections[0]?.extensions, { mid: 4, rid: 0, repairedRid: 0, audioLevel: 1, absoluteSendTime: 0, transportSequence: 3 });
  assert.deepEqual(sections[3]?.receive, { mediaStreamType: 'Video', rids: ['q', 'h', 'f'], ssrcs: [] });
  assert.deepEqual(sections[3]?.codecs[0], { name: 'VP8', payloadType: 96, clockRate: 90_000, channels: 1, parameters: '', nack: true, rtxPayloadType: 97 });
  assert.equal(sections[4]?.receive, undefined);
});

test('a screen is what the client says it is', () => {
  const negotiated = new LegNegotiation(surroundings).handle(describe(offerOf('chromium'), 1, [{ mid: '3', mediaStreamType: 'ScreenSharing' }]));
  assert.ok(negotiated.kind === 'agreed');
  assert.equal(negotiated.sections[3]?.receive?.mediaStreamType, 'ScreenSharing');
});

test('the same peer connection keeps its transport, other credentials restart ICE, another session is another transport', () => {
  const negotiation = new LegNegotiation(surroundings);
  const first = agree(negotiation, offerOf('chromium'));
  const again = agree(negotiation, offerOf('chromium'), 2);
  assert.deepEqual(again.transport, first.transport);
  assert.equal(again.answer.revision, 2);

  const restarted = agree(negotiation, offerOf('chromium').replaceAll('a=ice-ufrag:nJyd', 'a=ice-ufrag:abcd'), 3);
  assert.equal(restarted.transport.generation, 1);
  assert.equal(restarted.transport.remote.usernameFragment, 'abcd');
  assert.notEqual(restarted.transport.local.usernameFragment, first.transport.local.usernameFragment);

  const other = agree(negotiation, offerOf('chromium').replace(/o=- \d+/, 'o=- 1'), 4);
  assert.equal(other.transport.generation, 2);
  assert.deepEqual(other.sections.map(({ send }) => send), first.sections.map(({ send }) => send));

  const otherCertificate = agree(negotiation, offerOf('chromium').replace(/o=- \d+/, 'o=- 1').replaceAll(/fingerprint:sha-256 ../g, 'fingerprint:sha-256 00'), 5);
  assert.equal(otherCertificate.transport.generation, 3);
});

test('the client that insists on waiting in DTLS is called', () => {
  const { transport, answer } = agree(new LegNegotiation(surroundings), offerOf('wrtc').replaceAll('setup:actpass', 'setup:passive'));
  assert.equal(transport.dtlsRole, 'client');
  assert.match(answer.sdp, /a=setup:active/);
});

test('an offer that cannot be answered leaves what was agreed', () => {
  const negotiation = new LegNegotiation(surroundings);
  const first = agree(negotiation, offerOf('chromium'));
  const refused = [
    describe('nonsense', 2),
    { ...describe(offerOf('chromium'), 2), type: 'answer' as const },
    describe(offerOf('chromium').slice(0, offerOf('chromium').lastIndexOf('m=video')), 2),
    describe(offerOf('chromium').replaceAll(/rtpmap:(\d+) [A-Za-z0-9]+/g, 'rtpmap:$1 odd'), 2),
  ].map((description) => negotiation.handle(description));
  assert.deepEqual(refused.map((negotiated) => (negotiated.kind === 'refused' ? negotiated.reason : 'agreed')), ['DESCRIPTION_INVALID', 'DESCRIPTION_INVALID', 'DESCRIPTION_INVALID', 'NO_COMMON_CODEC']);
  for (const negotiated of refused) assert.match(negotiated.kind === 'refused' ? negotiated.sentence : '', /\.$|\)$/);
  assert.deepEqual(agree(negotiation, offerOf('chromium'), 3).transport, first.transport);
});

test('more sections than a leg may have are refused', () => {
  const negotiated = new LegNegotiation({ ...surroundings, sectionsPerLeg: 5 }).handle(describe(offerOf('chromium')));
  assert.ok(negotiated.kind === 'refused' && negotiated.reason === 'DESCRIPTION_INVALID');
  assert.match(negotiated.sentence, /uses 6 m= sections; a leg has 5/);
});

test('a browser that shows 49 pictures is answered within the length of a description; a description of nothing but lines is refused', () => {
  const sections = offerOf('chromium').split(/\r\n(?=m=)/);
  const [session = '', ...others] = sections;
  const last = others.at(-1)?.trimEnd() ?? '';
  const mids = Array.from({ length: 49 }, (_none, index) => 100 + index);
  const sdp = [session.replace(/(a=group:BUNDLE .*)/, `$1 ${mids.join(' ')}`), ...others.map((section) => section.trimEnd()), ...mids.map((mid) => last.replace(/a=mid:\S+/, `a=mid:${mid}`)), ''].join('\r\n');
  const { answer, sections: agreed } = agree(new LegNegotiation(surroundings), sdp);
  assert.ok(sdp.length < maxSdpLength && answer.sdp.length < maxSdpLength, `${sdp.length}, ${answer.sdp.length}`);
  assert.equal(agreed.filter(({ kind, send }) => kind === 'video' && send !== undefined).length, 49 + 3);
  const negotiated = new LegNegotiation(surroundings).handle(describe(offerOf('chromium') + 'a=x\r\n'.repeat(60_000)));
  assert.ok(negotiated.kind === 'refused' && /more lines/.test(negotiated.sentence));
});
