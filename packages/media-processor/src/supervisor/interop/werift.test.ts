import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { MediaStreamTrack, RTCPeerConnection, RtpHeader, RtpPacket } from 'werift';
import { processorTest, TestMediaProcessor } from '../test-media-processor.ts';

/** A key frame of VP8 in one packet (RFC 7741 §4.2, RFC 6386 §9.1), recognisable by its last byte. */
const keyFrame = (mark: number): Buffer => Buffer.from([0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00, mark]);

/** A participant by werift, which names SSRCs and has no header extensions; sends packets with a mark and tells the marks that it gets. */
class WeriftClient {
  readonly connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  readonly identifier: string;
  private readonly audio = new MediaStreamTrack({ kind: 'audio' });
  private readonly video = new MediaStreamTrack({ kind: 'video' });
  private readonly heard = new Set<string>();
  private readonly waiting = new Set<() => void>();
  private readonly timer: NodeJS.Timeout;

  constructor(name: string, mark: number) {
    this.identifier = `8:acs:${name}`;
    this.connection.addTransceiver(this.audio, { direction: 'sendrecv' });
    for (let speaker = 0; speaker < 5; speaker += 1) this.connection.addTransceiver('audio', { direction: 'recvonly' });
    this.connection.addTransceiver(this.video, { direction: 'sendrecv' });
    this.connection.addTransceiver('video', { direction: 'recvonly' });
    this.connection.onTrack.subscribe((track) => track.onReceiveRtp.subscribe(({ payload }) => this.take(track.kind, payload.at(-1) ?? 0)));
    let count = 0;
    this.timer = setInterval(() => {
      count += 1;
      this.audio.writeRtp(new RtpPacket(new RtpHeader({ payloadType: 96, sequenceNumber: count, timestamp: count * 960 }), Buffer.from([0x78, 0, mark])));
      this.video.writeRtp(new RtpPacket(new RtpHeader({ payloadType: 98, sequenceNumber: count, timestamp: count * 3000, marker: true }), keyFrame(mark)));
    }, 20);
  }

  /** Joins, and wants to see somebody. */
  async join(media: TestMediaProcessor, wanted: string): Promise<void> {
    const legId = this.identifier;
    await this.connection.setLocalDescription(await this.connection.createOffer());
    const offer = { type: 'offer' as const, sdp: String(this.connection.localDescription?.sdp), revision: 1, streams: [] };
    media.send({ kind: 'openLeg', conferenceId: 'a', legId, identifier: this.identifier, isMuted: false, request: { kind: 'webrtc', offer } });
    const { description } = await media.next('legDescribed', (event) => event.legId === legId);
    await this.connection.setRemoteDescription({ type: 'answer', sdp: description.sdp });
    await media.next('legStateChanged', (event) => event.legId === legId && event.state === 'connected');
    const mid = this.connection.getTransceivers().find(({ kind, direction }) => kind === 'video' && direction === 'recvonly')?.mid;
    media.send({ kind: 'setWanted', conferenceId: 'a', legId, wanted: [{ mid: String(mid), identifier: wanted, mediaStreamType: 'Video' }] });
  }

  async gets(kind: 'audio' | 'video', mark: number): Promise<void> {
    while (!this.heard.has(`${kind} ${mark}`)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.waiting.add(resolve);
      await promise;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.connection.close();
  }

  private take(kind: string, mark: number): void {
    this.heard.add(`${kind} ${mark}`);
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

async function meet(t: TestContext, media: TestMediaProcessor): Promise<readonly [WeriftClient, WeriftClient]> {
  const clients = [new WeriftClient('ann', 101), new WeriftClient('ben', 102)] as const;
  t.after(() => Promise.all(clients.map((client) => client.close())));
  await Promise.all([clients[0].join(media, '8:acs:ben'), clients[1].join(media, '8:acs:ann')]);
  return clients;
}

processorTest('two clients of werift, without header extensions, get sound and pictures of each other', async (t) => {
  const media = await TestMediaProcessor.start(t);
  await media.openConference('a');
  const [ann, ben] = await meet(t, media);
  await Promise.all([ann.gets('audio', 102), ben.gets('audio', 101), ann.gets('video', 102), ben.gets('video', 101)]);
  assert.equal(media.processor.status().legs, 2);
});
