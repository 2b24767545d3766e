import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { absenceOf, loadDtls, loadKernel, loadSrtp } from '@dialplane/kernels';
import { createIceCredentials, type IceCredentials } from '@dialplane/ice';
import { seededRandomness } from '@dialplane/sansio';
import { parseTransportAddress, type TransportAddress } from '@dialplane/stun';
import { skipWithout } from '@dialplane/testing';
import { loadPictureKernels } from '../composing/picture-kernels.ts';
import { startVideoComposer } from '../composing/start-video-composer.ts';
import { loadAudioKernels } from '../mixing/audio-workspace.ts';
import type { SectionSettings, WebrtcTransportSettings } from '../process-api/leg-settings.ts';
import type { ProcessCommand, ProcessEvent, TrunkPortSlice } from '../process-api/process-messages.ts';
import { startAudioMixer } from '../mixing/thread/start-audio-mixer.ts';
import { MediaPlane } from './media-plane.ts';
import { openTestKernels, TestMediaClient } from './test-media-client.ts';

/** A test that needs the kernels of a media process: where one is not built it is skipped and says so, in CI it fails. */
export function planeTest(name: string, run: (t: TestContext) => Promise<void> | void): void {
  test(name, { skip: skipWithout(absenceOf(loadKernel('udp'), loadSrtp(), loadDtls(), loadAudioKernels(), loadPictureKernels())) }, run);
}

/** Numbers that the sections of tests agree on. */
export const testExtensions = { mid: 4, rid: 10, repairedRid: 11, audioLevel: 1, absoluteSendTime: 0, transportSequence: 3 } as const;
export const testCodecs = {
  opus: { name: 'opus', payloadType: 111, clockRate: 48_000, channels: 2, parameters: '', nack: false },
  vp8: { name: 'VP8', payloadType: 96, clockRate: 90_000, channels: 1, rtxPayloadType: 97, parameters: '', nack: true },
} as const;

export const noExtensions = { ...testExtensions, transportSequence: 0 };

export function microphone(mid: string, ssrc: number): SectionSettings {
  return { mid, kind: 'audio', codecs: [testCodecs.opus], extensions: noExtensions, receive: { mediaStreamType: 'Audio', rids: [], ssrcs: [] }, send: { ssrc } };
}

export function speaker(mid: string, ssrc: number): SectionSettings {
  return { mid, kind: 'audio', codecs: [testCodecs.opus], extensions: noExtensions, send: { ssrc } };
}

export function camera(mid: string, rids: readonly string[] = []): SectionSettings {
  return { mid, kind: 'video', codecs: [testCodecs.vp8], extensions: testExtensions, receive: { mediaStreamType: 'Video', rids, ssrcs: [] } };
}

export function screenOf(mid: string, ssrc: number): SectionSettings {
  return { mid, kind: 'video', codecs: [testCodecs.vp8], extensions: testExtensions, send: { ssrc, rtxSsrc: ssrc + 1 } };
}

/** The element that says which section a packet is of. */
export function midElement(mid: string): readonly [id: number, value: Uint8Array] {
  return [testExtensions.mid, new TextEncoder().encode(mid)];
}

export function ridElement(rid: string): readonly [id: number, value: Uint8Array] {
  return [testExtensions.rid, new TextEncoder().encode(rid)];
}

/** A frame of VP8 in one packet: descriptor with a picture id, and a first byte that says whether it is a key frame; of a key frame also how high it is, where that is given. */
export function vp8Payload(pictureId: number, frame: 'key' | 'inter', size = 20, height?: number): Uint8Array {
  const payload = Uint8Array.from([0x90, 0x80, 0x80 | (pictureId >>> 8), pictureId, frame === 'key' ? 0x10 : 0x11, ...new Uint8Array(size)]);
  if (height !== undefined) payload.set([0x9d, 0x01, 0x2a, 0, 1, height & 0xff, height >>> 8], 7);
  return payload;
}

/** A leg and its client. */
export interface TestLeg {
  readonly legId: string;
  readonly client: TestMediaClient;
  readonly transport: WebrtcTransportSettings;
}

/** A media plane on the loopback interface, and whatever connects to it. */
export class TestMediaPlane {
  readonly events: ProcessEvent[] = [];
  readonly plane: MediaPlane;
  readonly address: TransportAddress;
  readonly randomness = seededRandomness(3);
  readonly kernels: ReturnType<typeof openTestKernels>;
  private readonly clients: TestMediaClient[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(t: TestContext, trunkPorts: TrunkPortSlice = { first: 42_000, last: 48_000, index: 0, of: 1 }) {
    this.kernels = openTestKernels();
    const { certificate, privateKey, srtp, dtls } = this.kernels;
    const settings = { name: 'media-1', addresses: ['127.0.0.1'], port: 0, certificate, privateKey, cname: 'test', trunkPorts };
    this.plane = new MediaPlane({
      settings,
      srtp,
      dtls: dtls.exports,
      thread: 'shared',
      tell: (event) => {
        this.events.push(event);
        for (const resolve of this.waiting) resolve();
        this.waiting.clear();
      },
    });
    this.plane.start();
    const [started] = this.events;
    assert.ok(started?.kind === 'started');
    const address = parseTransportAddress(`127.0.0.1:${started.port}`);
    assert.ok(address !== undefined);
    this.address = address;
    t.after(() => {
      for (const client of this.clients) client.drop();
      this.plane.close();
    });
    this.handle({ kind: 'openConference', conferenceId: 'c', callId: 'call', modes: { audio: 'forwarded', video: 'forwarded' } });
  }

  handle(command: Exclude<ProcessCommand, { readonly kind: 'start' }>): void {
    this.plane.handle([command]);
  }

  /** From here on sound is mixed where it is asked for. */
  async startMixing(t: TestContext): Promise<void> {
    const mixer = await startAudioMixer(this.plane.mixing);
    assert.ok(mixer.kind === 'loaded');
    t.after(() => mixer.exports.close());
    this.plane.mixing.use(mixer.exports);
  }

  /** From here on pictures are composed where it is asked for. */
  async startComposing(t: TestContext): Promise<void> {
    const composer = await startVideoComposer(this.plane.composing);
    assert.ok(composer.kind === 'loaded');
    t.after(() => composer.exports.close());
    this.plane.composing.use(composer.exports);
  }

  /** Opens a leg and a client for it. */
  open(legId: string, sections: readonly SectionSettings[], settings: Partial<WebrtcTransportSettings> = {}, known: { readonly startBps?: number } = {}): TestLeg {
    const transport = this.transport(settings);
    this.handle({ kind: 'openLeg', conferenceId: 'c', legId, identifier: `8:acs:${legId}`, isMuted: false, ...known });
    this.handle({ kind: 'setLeg', conferenceId: 'c', legId, transport, sections });
    return { legId, transport, client: this.client() };
  }

  /** @param known What is known of its line. */
  async connect(legId: string, sections: readonly SectionSettings[], known: { readonly startBps?: number } = {}): Promise<TestMediaClient> {
    const { client, transport } = this.open(legId, sections, {}, known);
    await client.connect(transport.remote, transport.local);
    await this.until((event) => event.kind === 'legStateChanged' && event.legId === legId && event.state === 'connected');
    return client;
  }

  /** A leg's client comes with another peer connection, which takes over. */
  async reconnect(legId: string, sections: readonly SectionSettings[]): Promise<TestMediaClient> {
    const [transport, client] = [this.transport({ generation: 2 }), this.client()];
    this.handle({ kind: 'setLeg', conferenceId: 'c', legId, transport, sections });
    await client.connect(transport.remote, transport.local);
    return client;
  }

  /** A leg wants to see somebody's camera in a section. */
  want(legId: string, mid: string, whose: string, height?: number): void {
    this.handle({ kind: 'setWanted', conferenceId: 'c', legId, wanted: [{ mid, identifier: `8:acs:${whose}`, mediaStreamType: 'Video', ...(height !== undefined && { height }) }] });
  }

  client(): TestMediaClient {
    const client = new TestMediaClient(this.kernels, this.address, testExtensions);
    this.clients.push(client);
    return client;
  }

  credentials(): IceCredentials {
    return createIceCredentials(this.randomness);
  }

  transport(settings: Partial<WebrtcTransportSettings> = {}): WebrtcTransportSettings {
    return { kind: 'webrtc', generation: 1, local: this.credentials(), remote: this.credentials(), dtlsRole: 'server', remoteFingerprint: this.kernels.client.fingerprint, ...settings };
  }

  /** Until such an event has been told. */
  async until(condition: (event: ProcessEvent) => boolean): Promise<ProcessEvent> {
    for (;;) {
      const found = this.events.find(condition);
      if (found !== undefined) return found;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.waiting.add(resolve);
      await promise;
    }
  }
}
