import { createRequire } from 'node:module';
import { after } from 'node:test';
import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { patienceMs } from '@dialplane/testing';
import { CallClient } from './call-client.ts';
import type { CallAgent } from './public/call-agent.ts';
import type { Call, CallState } from './public/call.ts';
import type { TokenCredential, WebrtcImplementation } from './public/call-client.ts';
import type { EventSubscriptions } from './public/events.ts';
import type { IncomingCall } from './public/incoming-call.ts';
import type { LocalAudioStream as AudioStream, LocalVideoStream as VideoStream } from './public/streams.ts';
import { LocalAudioStream } from './streams/local-audio-stream.ts';
import { LocalVideoStream } from './streams/local-video-stream.ts';
import type { TestServer } from './test-server.ts';

interface AudioFrame {
  readonly samples: Int16Array;
  readonly sampleRate: number;
  readonly channelCount: number;
  readonly bitsPerSample: number;
  readonly numberOfFrames: number;
}

interface VideoFrame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** What the tests use of `@roamhq/wrtc`, which has no types of its own. */
interface NodeWebrtc extends WebrtcImplementation {
  readonly MediaStream: typeof MediaStream;
  readonly nonstandard: {
    readonly RTCAudioSource: new () => { createTrack(): MediaStreamTrack; onData(frame: AudioFrame): void };
    readonly RTCAudioSink: new (track: MediaStreamTrack) => { ondata: ((frame: AudioFrame) => void) | null; stop(): void };
    readonly RTCVideoSource: new () => { createTrack(): MediaStreamTrack; onFrame(frame: VideoFrame): void };
  };
}

export const webrtc = createRequire(import.meta.url)('@roamhq/wrtc') as NodeWebrtc;

/** `@roamhq/wrtc` keeps a process alive for good once it has made a track. @param close What has to be done before: the process does not wait for what other hooks begin. */
export function exitWhenDone(close?: () => Promise<void>): void {
  after(async () => {
    await close?.();
    setImmediate(() => process.exit());
  });
}

/** A user with a client, a voice of a known frequency and a picture. */
export class TestCaller {
  readonly identifier: { readonly communicationUserId: string };
  readonly client: CallClient;
  readonly agent: CallAgent;
  readonly voice: AudioStream;
  readonly incoming: IncomingCall[] = [];
  private readonly stops: Array<() => void>;

  private constructor(rawId: string, client: CallClient, agent: CallAgent, voice: AudioStream, stops: Array<() => void>) {
    this.identifier = { communicationUserId: rawId };
    this.client = client;
    this.agent = agent;
    this.voice = voice;
    this.stops = stops;
    agent.on('incomingCall', ({ incomingCall }) => this.incoming.push(incomingCall));
  }

  static async signIn(server: TestServer, displayName: string, options: { rawId?: string; scopes?: ReadonlyArray<'voip' | 'voip.join'>; credential?: TokenCredential } = {}): Promise<TestCaller> {
    const { token, identifier } = await server.token(options.scopes, options.rawId);
    return TestCaller.signInAt(undefined, { token, identifier }, displayName, options.credential);
  }

  /** @param endpoint where the server is, if not where the token says. */
  static async signInAt(endpoint: string | undefined, { token, identifier }: { readonly token: string; readonly identifier: string }, displayName: string, credential?: TokenCredential): Promise<TestCaller> {
    const log = (...args: unknown[]) => {
      if (process.env['TEST_LOG'] !== undefined) console.error(displayName, ...args);
    };
    const client = new CallClient({ webrtc, ...(endpoint !== undefined && { endpoint }), logger: { error: log, warning: log, info: log, verbose: log } });
    const agent = await client.createCallAgent(credential ?? new AzureCommunicationTokenCredential(token), { displayName });
    const source = new webrtc.nonstandard.RTCAudioSource();
    const voice = new LocalAudioStream(new webrtc.MediaStream([source.createTrack()]));
    const stopVoice = play(source);
    return new TestCaller(identifier, client, agent, voice, [stopVoice]);
  }

  get audioOptions(): { readonly localAudioStreams: readonly AudioStream[] } {
    return { localAudioStreams: [this.voice] };
  }

  /** A camera of a size of its own. */
  camera(width = 320, height = 240): VideoStream {
    const source = new webrtc.nonstandard.RTCVideoSource();
    const stream = new LocalVideoStream(new webrtc.MediaStream([source.createTrack()]));
    const frame = { width, height, data: new Uint8ClampedArray((width * height * 3) / 2).fill(128) };
    const timer = setInterval(() => source.onFrame(frame), 50);
    this.stops.push(() => clearInterval(timer));
    return stream;
  }

  /** The call that rings here next, or rings already. */
  async ringing(): Promise<IncomingCall> {
    return this.incoming.shift() ?? (await new Promise((resolve) => {
      const listener = () => {
        this.agent.off('incomingCall', listener);
        // The listener of the constructor came first.
        queueMicrotask(() => resolve(this.incoming.shift() as IncomingCall));
      };
      this.agent.on('incomingCall', listener);
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.stops) stop();
    await this.client.dispose();
  }
}

/** Resolves when `condition` holds, looked at on every `event`; rejects with what was waited for. */
export async function until<Events>(emitter: EventSubscriptions<Events>, event: keyof Events, condition: () => boolean, what: string): Promise<void> {
  if (condition()) return;
  await new Promise<void>((resolve, reject) => {
    const finish = (settle: () => void) => {
      emitter.off(event, listener);
      clearTimeout(timer);
      settle();
    };
    const listener = (() => {
      if (condition()) finish(resolve);
    }) as Events[keyof Events];
    const timer = setTimeout(() => finish(() => reject(new Error(`waited in vain for ${what}`))), patienceMs);
    emitter.on(event, listener);
  });
}

export async function reaches(call: Call, state: CallState): Promise<void> {
  await until(call, 'stateChanged', () => call.state === state, `${state}; it is ${call.state} ${JSON.stringify(call.callEndReason)}`);
}

/** Resolves when sound that is not silence is heard in the call. */
export async function hearsSound(call: Call): Promise<void> {
  await until(call, 'remoteAudioStreamsUpdated', () => call.remoteAudioStreams.length > 0, 'a remote audio stream');
  await sound(call, (loudness) => loudness > 500);
}

/** Resolves when nothing but silence, or nothing at all, has arrived for a quarter of a second. */
export async function hearsSilence(call: Call): Promise<void> {
  let silentSince = performance.now();
  await sound(call, (loudness) => {
    if (loudness >= 50) silentSince = performance.now();
    return performance.now() - silentSince > 250;
  });
}

/** Resolves when sound is heard on the track of another media session than now, with the longest silence until then in milliseconds. */
export async function hearsSoundAgain(call: Call): Promise<number> {
  let heardAt = performance.now();
  let longestMs = 0;
  await sound(call, (loudness, isOther) => {
    if (loudness <= 500) return false;
    longestMs = Math.max(longestMs, performance.now() - heardAt);
    heardAt = performance.now();
    return isOther;
  });
  return longestMs;
}

async function heardTrack(call: Call): Promise<MediaStreamTrack> {
  const mediaStream = await call.remoteAudioStreams[0]?.getMediaStream();
  const [track] = mediaStream?.getAudioTracks() ?? [];
  if (track === undefined) throw new Error('The call has no audio track.');
  return track;
}

/**
 * Looks at every frame, and at 0 where no frame comes (a section that is inactive delivers none). Follows the call to the track of
 * another media session.
 */
async function sound(call: Call, isWanted: (loudness: number, isOther: boolean) => boolean): Promise<void> {
  const first = await heardTrack(call);
  let heard = first;
  let sink = new webrtc.nonstandard.RTCAudioSink(heard);
  let timers: NodeJS.Timeout[] = [];
  await new Promise<void>((resolve, reject) => {
    const look = (loudness: number) => {
      if (isWanted(loudness, heard !== first)) resolve();
    };
    let frames = 0;
    let framesBefore = 0;
    const listen = () => {
      sink.ondata = ({ samples }) => {
        frames += 1;
        look(samples.reduce((max, sample) => Math.max(max, Math.abs(sample)), 0));
      };
    };
    const follow = (track: MediaStreamTrack) => {
      if (track === heard) return;
      heard = track;
      sink.stop();
      sink = new webrtc.nonstandard.RTCAudioSink(track);
      listen();
    };
    listen();
    timers = [
      setTimeout(() => reject(new Error('waited in vain for the sound')), patienceMs),
      setInterval(() => {
        if (frames === framesBefore) look(0);
        framesBefore = frames;
        // While one session takes the place of another there may be none.
        heardTrack(call).then(follow, () => {});
      }, 100),
    ];
  }).finally(() => {
    sink.stop();
    for (const timer of timers) clearInterval(timer);
  });
}

/** Feeds a tone of 440 Hz, 10 ms at a time, until stopped. */
function play(source: { onData(frame: AudioFrame): void }): () => void {
  const sampleRate = 48_000;
  let at = 0;
  const timer = setInterval(() => {
    const samples = new Int16Array(sampleRate / 100);
    for (let index = 0; index < samples.length; index += 1) samples[index] = 8000 * Math.sin((2 * Math.PI * 440 * (at + index)) / sampleRate);
    at += samples.length;
    source.onData({ samples, sampleRate, channelCount: 1, bitsPerSample: 16, numberOfFrames: samples.length });
  }, 10);
  return () => clearInterval(timer);
}

