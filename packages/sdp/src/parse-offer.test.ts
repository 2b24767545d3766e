import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeSdpFault, maxSections, parseOffer, type OfferedSection, type SdpFaultCode } from './index.ts';
import { mustParse, offerers, opusSection, readFixture, smallOffer } from './test-offers.ts';

const summaryOf = (section: OfferedSection): string =>
  section.kind === 'unusable'
    ? `unusable ${section.media}`
    : `${section.mid} ${section.kind} ${section.direction} ${[...new Set(section.codecs.map(({ name }) => name))].join(',')} rids ${section.rids.join(',')} ssrcs ${section.ssrcs.length}`;

test('real offers are read', () => {
  assert.deepEqual(Object.fromEntries(offerers.map((name) => [name, mustParse(readFixture(name)).sections.map(summaryOf)])), {
    chromium: [
      '0 audio sendrecv opus,red,G722,PCMU,PCMA,CN,telephone-event rids  ssrcs 1',
      '1 audio recvonly opus,red,G722,PCMU,PCMA,CN,telephone-event rids  ssrcs 0',
      '2 audio recvonly opus,red,G722,PCMU,PCMA,CN,telephone-event rids  ssrcs 0',
      '3 video sendrecv VP8,H264,AV1,VP9 rids q,h,f ssrcs 0',
      '4 video recvonly VP8,VP9,H264,AV1 rids  ssrcs 0',
      '5 video recvonly VP8,VP9,H264,AV1 rids  ssrcs 0',
    ],
    firefox: [
      '0 audio sendrecv opus,G722,PCMU,PCMA,telephone-event rids  ssrcs 1',
      '1 audio recvonly opus,G722,PCMU,PCMA,telephone-event rids  ssrcs 1',
      '2 audio recvonly opus,G722,PCMU,PCMA,telephone-event rids  ssrcs 1',
      '3 video sendrecv VP8,VP9,AV1 rids q,h,f ssrcs 3',
      '4 video recvonly VP8,VP9,AV1 rids  ssrcs 1',
      '5 video recvonly VP8,VP9,AV1 rids  ssrcs 1',
    ],
    wrtc: [
      '0 audio sendrecv opus,red,ISAC,G722,ILBC,PCMU,PCMA,CN,telephone-event rids  ssrcs 1',
      '1 audio recvonly opus,red,ISAC,G722,ILBC,PCMU,PCMA,CN,telephone-event rids  ssrcs 0',
      '2 video sendrecv VP8,AV1,VP9 rids  ssrcs 1',
      '3 video recvonly VP8,VP9,AV1 rids  ssrcs 0',
    ],
    werift: ['0 audio sendrecv OPUS,PCMU rids  ssrcs 1', '1 audio recvonly OPUS,PCMU rids  ssrcs 1', '2 video sendrecv VP8 rids  ssrcs 1', '3 video recvonly VP8 rids  ssrcs 1'],
  });
});

test('the transport is found wherever its lines stand, and numbers stay text', () => {
  const { sessionId, transport } = mustParse(readFixture('firefox'));
  assert.equal(sessionId, '4557655695506364516');
  assert.deepEqual([transport.usernameFragment, transport.password.length, transport.setup, transport.fingerprint.length, transport.fingerprint[0]], ['9469305f', 32, 'actpass', 32, 0xfb]);
  const numeric = mustParse(smallOffer(opusSection).replace('a=ice-ufrag:abcd', 'a=ice-ufrag:12345678').replace(/a=ice-pwd:p+/, 'a=ice-pwd:1234567890123456789012'));
  assert.deepEqual([numeric.transport.usernameFragment, numeric.transport.password, numeric.sections[0]?.mid], ['12345678', '1234567890123456789012', '0']);
});

test('retransmissions go with their codec and SSRC, feedback for every payload type is read', () => {
  const video = mustParse(readFixture('firefox')).sections[3];
  assert.ok(video?.kind === 'video');
  assert.deepEqual(video.codecs[0], {
    payloadType: 120, name: 'VP8', clockRate: 90_000, channels: 1, parameters: 'max-fs=12288;max-fr=60', rtxPayloadType: 124,
    feedback: ['nack', 'nack pli', 'ccm fir', 'goog-remb', 'transport-cc'],
  });
  assert.deepEqual(video.ssrcs[0], { ssrc: 885823556, rtxSsrc: 787417597 });
  assert.deepEqual(video.extensions.find(({ uri }) => uri.endsWith(':rtp-stream-id')), { id: 9, uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', direction: 'sendonly' });
  const wildcard = mustParse(smallOffer([...opusSection, 'a=rtcp-fb:* nack'])).sections[0];
  assert.deepEqual(wildcard?.kind === 'audio' && wildcard.codecs[0]?.feedback, ['nack']);
});

test('sections that cannot be used leave the others alone', () => {
  const video = ['m=video 0 UDP/TLS/RTP/SAVPF 96', 'a=mid:1', 'a=rtcp-mux', 'a=rtpmap:96 VP8/90000'];
  const data = ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=mid:2', 'a=sctp-port:5000'];
  const unmuxed = ['m=audio 9 UDP/TLS/RTP/SAVPF 0', 'a=mid:3'];
  const plain = ['m=audio 9 RTP/AVP 0', 'a=mid:4', 'a=rtcp-mux'];
  const outside = ['m=audio 9 UDP/TLS/RTP/SAVPF 0', 'a=mid:5', 'a=rtcp-mux'];
  const sdp = smallOffer(opusSection, video, data, unmuxed, plain, outside).replace('BUNDLE 0 1 2 3 4 5', 'BUNDLE 0 1 2 3 4');
  assert.deepEqual(mustParse(sdp).sections.map(({ kind }) => kind), ['audio', 'unusable', 'unusable', 'unusable', 'unusable', 'unusable']);
  assert.equal(mustParse(smallOffer(opusSection, [...video, 'a=bundle-only'])).sections[1]?.kind, 'video');
});

test('an offer that is useless as a whole says why and where', () => {
  const good = smallOffer(opusSection);
  const two = smallOffer(opusSection, opusSection.map((line) => line.replace('a=mid:0', 'a=mid:1')));
  const cases: ReadonlyArray<readonly [string, SdpFaultCode, number | 'session']> = [
    ['', 'NOT_A_DESCRIPTION', 'session'],
    ['{"type":"offer"}', 'NOT_A_DESCRIPTION', 'session'],
    [good.slice(0, good.indexOf('m=')), 'NO_SECTIONS', 'session'],
    [good + `${opusSection.join('\r\n')}\r\n`.repeat(maxSections), 'TOO_MANY_SECTIONS', 'session'],
    [two.replace('a=mid:1', 'a=mid:0'), 'MID_INVALID', 0],
    [good.replaceAll('a=mid:0', 'a=mid:seventeen-letters').replace('BUNDLE 0', 'BUNDLE seventeen-letters'), 'MID_INVALID', 0],
    [two.replace('a=group', 'a=groups'), 'BUNDLE_MISSING', 'session'],
    [good.replace(/a=ice-ufrag.*/, ''), 'ICE_MISSING', 'session'],
    [good.replace(/a=ice-pwd:p+/, 'a=ice-pwd:short'), 'ICE_MISSING', 'session'],
    [good.replace('s=-', 's=-\r\na=ice-lite'), 'ICE_LITE', 'session'],
    [good.replace(/a=fingerprint.*/, ''), 'FINGERPRINT_MISSING', 'session'],
    [good.replace('sha-256', 'sha-1'), 'FINGERPRINT_UNSUPPORTED', 'session'],
    [good.replace('00:01', '00:1'), 'FINGERPRINT_UNSUPPORTED', 'session'],
    [good.replace('actpass', 'holdconn'), 'SETUP_INVALID', 'session'],
  ];
  for (const [sdp, code, at] of cases) {
    const parsed = parseOffer(sdp);
    assert.ok(!parsed.ok, code);
    assert.deepEqual([parsed.code, parsed.at], [code, at]);
    assert.match(describeSdpFault(parsed), at === 'session' ? /\.$/ : /section 0/);
  }
});
