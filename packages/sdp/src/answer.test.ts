import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreeSections, parseOffer, type AgreedSection } from './index.ts';
import { answerTo, countedSsrcs, mustParse, offerers, opusSection, readFixture, smallOffer, transport } from './test-offers.ts';

const videoSection = [
  'm=video 9 UDP/TLS/RTP/SAVPF 98 99 96 97 100', 'c=IN IP4 0.0.0.0', 'a=mid:cam', 'a=sendrecv', 'a=rtcp-mux', 'a=rtcp-rsize',
  'a=rtpmap:98 H264/90000', 'a=fmtp:98 packetization-mode=1;profile-level-id=42e01f', 'a=rtpmap:99 rtx/90000', 'a=fmtp:99 apt=98',
  'a=rtpmap:96 VP8/90000', 'a=rtpmap:97 rtx/90000', 'a=fmtp:97 apt=96', 'a=rtpmap:100 red/90000',
  'a=rtcp-fb:96 nack', 'a=rtcp-fb:96 nack pli', 'a=rtcp-fb:96 goog-remb', 'a=rtcp-fb:96 transport-cc', 'a=rtcp-fb:96 ccm tmmbr',
  'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid', 'a=extmap:5/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', 'a=extmap:6 urn:3gpp:video-orientation',
  'a=rid:q send', 'a=rid:f send', 'a=simulcast:send q;~f,x',
];

test('an answer, line by line', () => {
  const offer = mustParse(smallOffer(opusSection, videoSection, ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0', 'a=mid:d', 'a=sctp-port:5000']));
  const hash = Array.from(transport.fingerprint, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
  const transportLines = ['a=ice-ufrag:ufrag', 'a=ice-pwd:a-password-of-the-server', `a=fingerprint:sha-256 ${hash}`];
  assert.deepEqual(answerTo(offer).split('\r\n'), [
    'v=0', 'o=- 42 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=ice-lite', 'a=msid-semantic: WMS *', 'a=group:BUNDLE 0 cam',
    'm=audio 3480 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 192.0.2.1', 'a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=setup:passive', 'a=mid:0', 'a=msid:- section-0', 'a=sendrecv', ...transportLines,
    'a=candidate:1 1 udp 2130706431 192.0.2.1 3480 typ host', 'a=candidate:2 1 udp 2130706175 2001:db8::1 3480 typ host', 'a=end-of-candidates',
    'a=ice-options:ice2', 'a=ssrc:1 cname:dialplane', 'a=rtcp-mux',
    'm=video 3480 UDP/TLS/RTP/SAVPF 96 97 98 99', 'c=IN IP4 192.0.2.1', 'a=rtpmap:96 VP8/90000', 'a=rtpmap:98 H264/90000', 'a=rtpmap:97 rtx/90000', 'a=rtpmap:99 rtx/90000',
    'a=fmtp:98 packetization-mode=1;profile-level-id=42e01f', 'a=fmtp:97 apt=96', 'a=fmtp:99 apt=98', 'a=rtcp-fb:96 nack', 'a=rtcp-fb:96 nack pli', 'a=rtcp-fb:96 transport-cc',
    'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid', 'a=extmap:5/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
    'a=setup:passive', 'a=mid:cam', 'a=msid:- section-cam', 'a=sendrecv', ...transportLines, 'a=ice-options:ice2',
    'a=ssrc:2 cname:dialplane', 'a=ssrc:3 cname:dialplane', 'a=ssrc-group:FID 2 3', 'a=rtcp-mux', 'a=rtcp-rsize', 'a=rid:q recv', 'a=rid:f recv', 'a=simulcast:recv q;f',
    'm=application 0 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0', 'a=mid:d', 'a=inactive',
    '',
  ]);
});

const summaryOf = (section: AgreedSection | undefined): string =>
  section === undefined ? 'refused' : `${section.direction} ${section.codecs.map(({ name, payloadType }) => `${name}/${payloadType}`).join(' ')} ${section.receive === undefined ? '' : 'in '}${section.send === undefined ? '' : 'out'}`;

test('what real clients offer is agreed: the codecs that can be mixed first, each other one once', () => {
  const agreed = Object.fromEntries(offerers.map((name) => [name, agreeSections(mustParse(readFixture(name)), [], countedSsrcs()).map(summaryOf)]));
  assert.deepEqual([agreed['chromium']?.[0], agreed['chromium']?.[3], agreed['chromium']?.[4]], [
    'sendrecv opus/111 red/63 G722/9 PCMU/0 PCMA/8 telephone-event/110 telephone-event/126 in out', 'sendrecv VP8/96 H264/108 AV1/45 VP9/98 in out', 'sendonly VP8/96 VP9/98 H264/108 AV1/45 out',
  ]);
  assert.deepEqual([agreed['firefox']?.[0], agreed['firefox']?.[3]], ['sendrecv opus/109 G722/9 PCMU/0 PCMA/8 telephone-event/101 in out', 'sendrecv VP8/120 VP9/121 AV1/99 in out']);
  assert.deepEqual(agreed['werift'], ['sendrecv opus/96 PCMU/0 in out', 'sendonly opus/96 PCMU/0 out', 'sendrecv VP8/98 in out', 'sendonly VP8/98 out']);
});

test('sound that is repeated (RED) goes with Opus, before it where the client wants to send it, and is none by itself', () => {
  const agreed = (formats: string, parameters: string): string =>
    summaryOf(agreeSections(mustParse(smallOffer([...opusSection.map((line) => line.replace(/AVPF .*/, `AVPF ${formats}`)), 'a=rtpmap:63 red/48000/2', `a=fmtp:63 ${parameters}`])), [], countedSsrcs())[0]);
  assert.equal(agreed('111 63', '111/111'), 'sendrecv opus/111 red/63 in out');
  assert.equal(agreed('63 111', '111/111/111'), 'sendrecv red/63 opus/111 in out');
  assert.deepEqual(['0/0', '111/0', '111', ''].map((parameters) => agreed('111 63', parameters)), Array(4).fill('sendrecv opus/111 in out'));
  assert.equal(agreed('63', '111/111'), 'refused');
});

test('a section without a codec in common is refused, and the bundle goes on without it', () => {
  const isac = ['m=audio 9 UDP/TLS/RTP/SAVPF 103', 'a=mid:0', 'a=rtcp-mux', 'a=rtpmap:103 ISAC/16000'];
  const main = videoSection.map((line) => line.replace(/42e01f/, '640028').replace('VP8', 'VP7'));
  const offer = mustParse(smallOffer(isac, main, opusSection.map((line) => line.replace('mid:0', 'mid:2'))));
  const sections = agreeSections(offer, [], countedSsrcs());
  assert.deepEqual(sections.map(summaryOf), ['refused', 'refused', 'sendrecv opus/111 in out']);
  const answer = answerTo(offer, sections);
  assert.match(answer, /a=group:BUNDLE 2\r\nm=audio 0 UDP\/TLS\/RTP\/SAVPF 103\r\nc=IN IP4 0\.0\.0\.0\r\na=mid:0\r\na=inactive\r\nm=video 0 /);
  assert.equal(answer.split('a=candidate:').length, 3);
});

test('a section that goes on keeps its SSRCs, whatever comes and goes beside it', () => {
  const video = (mid: string, port: number): string[] => videoSection.map((line) => line.replace('mid:cam', `mid:${mid}`).replace('m=video 9', `m=video ${port}`));
  const first = agreeSections(mustParse(smallOffer(opusSection, video('a', 9), video('b', 9))), [], countedSsrcs());
  const previous = first.flatMap((section) => section ?? []);
  const again = agreeSections(mustParse(smallOffer(opusSection, video('a', 0), video('b', 9), video('c', 9))), previous, countedSsrcs(100));
  assert.deepEqual(again.map((section) => section?.send), [{ ssrc: 1 }, undefined, { ssrc: 4, rtxSsrc: 5 }, { ssrc: 100, rtxSsrc: 101 }]);
  const held = agreeSections(mustParse(smallOffer(opusSection.map((line) => line.replace('sendrecv', 'sendonly')))), previous, countedSsrcs(100));
  assert.deepEqual(held.map((section) => [section?.direction, section?.send]), [['recvonly', undefined]]);
});

test('one section needs no bundle, and gets none', () => {
  const parsed = parseOffer(smallOffer(opusSection).replace(/a=group.*\r\n/, ''));
  assert.ok(parsed.ok);
  assert.doesNotMatch(answerTo(parsed.offer), /BUNDLE/);
});

test('an orientation that senders apply themselves and a receiver estimate beside transport-wide feedback are not agreed', () => {
  const [, video] = agreeSections(mustParse(smallOffer(opusSection, [...videoSection, 'a=extmap:7 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time'])), [], countedSsrcs());
  assert.deepEqual(video?.extensions.map(({ name, id }) => [name, id]), [['mid', 4], ['rid', 5], ['absoluteSendTime', 7]]);
  const [, chromium] = agreeSections(mustParse(smallOffer(opusSection, [...videoSection, 'a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01', 'a=extmap:7 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time'])), [], countedSsrcs());
  assert.deepEqual(chromium?.extensions.map(({ name }) => name), ['mid', 'rid', 'transportSequence']);
});
