import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { MediaDescription } from '@dialplane/calling-api';
import type { RtpLegRequest } from '@dialplane/media-api';
import { TestTelephone } from '../../plane/test-telephone.ts';
import { TestMediaProcessor } from '../test-media-processor.ts';
import { rtpengineTest, TestRtpengine } from './test-rtpengine.ts';

const plainSdp = (port: number): string => `v=0\r\no=- ${port} 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n`;
const portIn = (sdp: string): number => Number(/^m=audio (\d+)/m.exec(sdp)?.[1]);
const description = (type: 'offer' | 'answer', sdp: string): MediaDescription => ({ type, sdp, revision: 1, streams: [] });

/** A telephone behind rtpengine, and another one in the conference that it is to talk with. */
class Conversation {
  readonly media: TestMediaProcessor;
  readonly engine: TestRtpengine;
  readonly far: TestTelephone;
  readonly near: TestTelephone;

  private constructor(media: TestMediaProcessor, engine: TestRtpengine, far: TestTelephone, near: TestTelephone) {
    this.media = media;
    this.engine = engine;
    this.far = far;
    this.near = near;
  }

  static async start(t: TestContext): Promise<Conversation> {
    const media = await TestMediaProcessor.start(t, { trunkPorts: { first: 24_000, last: 29_999 } });
    await media.openConference('a');
    return new Conversation(media, await TestRtpengine.start(t), await TestTelephone.open(t), await TestTelephone.open(t));
  }

  openLeg(legId: string, offer: string | undefined, settings: Pick<RtpLegRequest, 'srtp' | 'keying' | 'ice'>): void {
    const request = { kind: 'rtp', dtmf: 'info', codecs: ['PCMU'], towards: '127.0.0.1', ...settings, ...(offer !== undefined && { offer: description('offer', offer) }) } as const;
    this.media.send({ kind: 'openLeg', conferenceId: 'a', legId, identifier: `4:${legId}`, isMuted: false, request });
  }

  async described(legId: string): Promise<string> {
    return (await this.media.next('legDescribed', (event) => event.legId === legId)).description.sdp;
  }

  /** Until each has heard several packets that are the other's, as they were said. */
  async talk(t: TestContext, farPort: number): Promise<void> {
    this.openLeg('near', plainSdp(this.near.port), { srtp: 'forbidden' });
    const nearPort = portIn(await this.described('near'));
    let number = 0;
    const speaking = setInterval(() => {
      number += 1;
      const saying = (mark: number) => ({ ssrc: mark, payloadType: 0, sequenceNumber: number, timestamp: number * 160, payload: new Uint8Array(160).fill(mark) });
      this.far.say(farPort, [saying(0x21)]);
      this.near.say(nearPort, [saying(0x42)]);
    }, 20);
    t.after(() => clearInterval(speaking));
    const hears = (telephone: TestTelephone, mark: number) => telephone.until(() => telephone.heard.filter(({ payload }) => payload.length === 160 && payload.every((byte) => byte === mark)).length > 5);
    await Promise.all([hears(this.near, 0x21), hears(this.far, 0x42)]);
  }
}

const call = { 'call-id': 'call', 'from-tag': 'a', ICE: 'remove', replace: ['origin'] } as const;

const theirs = [
  ['keys in the description', 'RTP/SAVP', {}, /a=crypto:1 AEAD_AES_256_GCM/],
  ['AES-256 in counter mode', 'RTP/SAVP', { SDES: ['no-AEAD_AES_256_GCM', 'no-AEAD_AES_128_GCM'] }, /a=crypto:\d+ AES_256_CM_HMAC_SHA1_80/],
  ['tags of 32 bits', 'RTP/SAVP', { SDES: ['AEAD_AES_256_GCM', 'AEAD_AES_128_GCM', 'AES_256_CM_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_80'].map((suite) => `no-${suite}`) }, /a=crypto:\d+ AES_CM_128_HMAC_SHA1_32/],
  ['DTLS', 'UDP/TLS/RTP/SAVP', {}, /a=setup:passive/],
] as const;

for (const [name, protocol, settings, expected] of theirs) {
  rtpengineTest(`rtpengine offers SRTP, and each hears the other: ${name}`, async (t) => {
    const conversation = await Conversation.start(t);
    const { engine, far } = conversation;
    const offered = await engine.pass({ command: 'offer', ...call, ...settings, 'transport-protocol': protocol, sdp: plainSdp(far.port) });
    conversation.openLeg('far', offered, { srtp: 'required' });
    const answer = await conversation.described('far');
    assert.match(answer, expected);
    const answered = await engine.pass({ command: 'answer', ...call, 'to-tag': 'b', sdp: answer });
    await conversation.talk(t, portIn(answered));
  });
}

const ours = [
  ['keys in the description', 'sdes', {}, /a=crypto:1 AEAD_AES_256_GCM/],
  ['DTLS', 'dtls', {}, /a=setup:active/],
  ['DTLS in which we begin', 'dtls', { DTLS: 'passive' }, /a=setup:passive/],
] as const;

for (const [name, keying, settings, expected] of ours) {
  rtpengineTest(`we offer SRTP to rtpengine, and each hears the other: ${name}`, async (t) => {
    const conversation = await Conversation.start(t);
    const { engine, far, media } = conversation;
    conversation.openLeg('far', undefined, { srtp: 'required', keying });
    const offered = await engine.pass({ command: 'offer', ...call, 'rtcp-mux': ['demux'], 'transport-protocol': 'RTP/AVP', sdp: await conversation.described('far') });
    const answered = await engine.pass({ command: 'answer', ...call, ...settings, 'to-tag': 'b', sdp: plainSdp(far.port) });
    assert.match(answered, expected);
    media.send({ kind: 'describe', conferenceId: 'a', legId: 'far', description: description('answer', answered) });
    await conversation.talk(t, portIn(offered));
  });
}

rtpengineTest('rtpengine checks where we are (ICE) before it sends, and each hears the other', async (t) => {
  const conversation = await Conversation.start(t);
  const { engine, far } = conversation;
  const offered = await engine.pass({ command: 'offer', ...call, ICE: 'force', 'rtcp-mux': ['offer', 'require'], 'transport-protocol': 'RTP/AVP', sdp: plainSdp(far.port) });
  assert.match(offered, /a=ice-ufrag:/);
  conversation.openLeg('far', offered, { srtp: 'forbidden' });
  const answer = await conversation.described('far');
  assert.match(answer, /a=ice-lite[^]*a=candidate:1 1 udp 2130706431 127\.0\.0\.1/);
  const answered = await engine.pass({ command: 'answer', ...call, 'to-tag': 'b', sdp: answer });
  await conversation.talk(t, portIn(answered));
});

rtpengineTest('we offer ICE, rtpengine checks where we are before it sends, and each hears the other', async (t) => {
  const conversation = await Conversation.start(t);
  const { engine, far, media } = conversation;
  conversation.openLeg('far', undefined, { srtp: 'forbidden', ice: 'offered' });
  const offer = await conversation.described('far');
  assert.match(offer, /a=ice-lite[^]*a=candidate:1 1 udp 2130706431 127\.0\.0\.1/);
  const offered = await engine.pass({ command: 'offer', ...call, 'rtcp-mux': ['demux'], sdp: offer });
  assert.doesNotMatch(offered, /a=ice-/);
  const answered = await engine.pass({ command: 'answer', ...call, ICE: 'force', 'rtcp-mux': ['accept'], 'to-tag': 'b', sdp: plainSdp(far.port) });
  assert.match(answered, /a=ice-ufrag:/);
  media.send({ kind: 'describe', conferenceId: 'a', legId: 'far', description: description('answer', answered) });
  await conversation.talk(t, portIn(offered));
});
