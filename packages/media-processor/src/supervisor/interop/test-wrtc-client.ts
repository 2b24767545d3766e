import type { StreamInfo } from '@dialplane/calling-api';
import type { TestMediaProcessor } from '../test-media-processor.ts';
import { webrtc } from './test-node-webrtc.ts';
import { ToneDetector } from './test-tones.ts';

const { RTCPeerConnection, MediaStream } = webrtc;
const { RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource } = webrtc.nonstandard;

const sampleRate = 48_000;
const samplesPerFrame = 480;
const [width, height] = [320, 180];

/** A participant by @roamhq/wrtc (libwebrtc): speaks one tone, shows one colour, and says what it hears and sees. */
export class WrtcClient {
  readonly connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  readonly legId: string;
  readonly identifier: string;
  private readonly media: TestMediaProcessor;
  private readonly conferenceId: string;
  private readonly audio = new RTCAudioSource();
  private readonly video = new RTCVideoSource();
  private readonly endings: Array<() => void> = [];
  private revision = 0;

  constructor(media: TestMediaProcessor, conferenceId: string, legId: string) {
    this.media = media;
    this.conferenceId = conferenceId;
    this.legId = legId;
    this.identifier = `8:acs:${legId}`;
    const stream = new MediaStream();
    this.connection.addTransceiver(this.audio.createTrack(), { direction: 'sendrecv', streams: [stream] });
    for (let speaker = 0; speaker < 5; speaker += 1) this.connection.addTransceiver('audio', { direction: 'recvonly' });
    this.connection.addTransceiver(this.video.createTrack(), { direction: 'sendrecv', streams: [stream] });
    for (let picture = 0; picture < 2; picture += 1) this.connection.addTransceiver('video', { direction: 'recvonly' });
  }

  /** Offers, and takes the answer; connects on its own from then on. @param forge Changes the offer on its way. */
  async join(forge: (sdp: string) => string = (sdp) => sdp): Promise<void> {
    await this.negotiate((offer) => this.media.send({
      kind: 'openLeg', conferenceId: this.conferenceId, legId: this.legId, identifier: this.identifier, isMuted: false,
      request: { kind: 'webrtc', offer: { ...offer, sdp: forge(offer.sdp) } },
    }));
  }

  /** Another offer for the same connection. */
  async renegotiate(options: { readonly iceRestart?: boolean } = {}): Promise<void> {
    await this.negotiate((description) => this.media.send({ kind: 'describe', conferenceId: this.conferenceId, legId: this.legId, description }), options);
  }

  async connected(): Promise<void> {
    await this.media.next('legStateChanged', (event) => event.legId === this.legId && event.state === 'connected');
  }

  /** Media sections that receive pictures of others. */
  pictureMids(): readonly string[] {
    return this.connection.getTransceivers().filter(({ direction, receiver }) => direction === 'recvonly' && receiver.track.kind === 'video').map(({ mid }) => String(mid));
  }

  /** Says a tone in words of half a second: what never pauses is taken for noise. */
  speak(frequency: number): void {
    let at = 0;
    this.every(10, () => {
      const loudness = at % (0.75 * sampleRate) < 0.5 * sampleRate ? 8_000 : 0;
      const samples = Int16Array.from({ length: samplesPerFrame }, (_, index) => loudness * Math.sin((2 * Math.PI * frequency * (at + index)) / sampleRate));
      at += samplesPerFrame;
      this.audio.onData({ samples, sampleRate, bitsPerSample: 16, channelCount: 1, numberOfFrames: samplesPerFrame });
    });
  }

  /** Grey of this brightness, 0 to 255. */
  show(brightness: number): void {
    const data = new Uint8ClampedArray(width * height * 1.5).fill(128).fill(brightness, 0, width * height);
    this.every(40, () => this.video.onFrame({ width, height, data }));
  }

  /** Until a tone is heard, in any of the sections. */
  async hears(frequency: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const { receiver } of this.connection.getTransceivers().filter((transceiver) => transceiver.receiver.track.kind === 'audio')) {
      const detector = new ToneDetector(frequency);
      const sink = new RTCAudioSink(receiver.track);
      this.endings.push(() => sink.stop());
      sink.ondata = ({ samples, sampleRate: rate }) => {
        if (detector.hears(samples, rate)) resolve();
      };
    }
    await promise;
  }

  /** Until a picture of this brightness is seen in a section. */
  async sees(mid: string, brightness: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const transceiver = this.connection.getTransceivers().find((candidate) => candidate.mid === mid);
    if (transceiver === undefined) throw new Error(`there is no section ${mid}`);
    const sink = new RTCVideoSink(transceiver.receiver.track);
    this.endings.push(() => sink.stop());
    sink.onframe = ({ frame }) => {
      if (Math.abs((frame.data[0] ?? 0) - brightness) < 12) resolve();
    };
    await promise;
  }

  close(): void {
    for (const end of this.endings) end();
    this.connection.close();
  }

  private every(milliseconds: number, work: () => void): void {
    const timer = setInterval(work, milliseconds);
    this.endings.push(() => clearInterval(timer));
  }

  private async negotiate(send: (offer: { type: 'offer'; sdp: string; revision: number; streams: StreamInfo[] }) => void, options: { readonly iceRestart?: boolean } = {}): Promise<void> {
    const offer = await this.connection.createOffer(options);
    await this.connection.setLocalDescription(offer);
    const revision = (this.revision += 1);
    send({ type: 'offer', sdp: String(this.connection.localDescription?.sdp), revision, streams: [] });
    const { description } = await this.media.next('legDescribed', (event) => event.legId === this.legId && event.description.answers === revision);
    await this.connection.setRemoteDescription({ type: 'answer', sdp: description.sdp });
  }
}
