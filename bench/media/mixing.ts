import { decodeWords, exportsOf, loadOpus } from '@dialplane/kernels';
import { inParallel } from './in-parallel.ts';
import { drive, EvenPace, measureLoad } from './load-driver.ts';
import type { LoadEngine } from './load-engine.ts';
import type { MediaServer, MixedParticipant, MixedRoom } from './media-server.ts';
import { AudioSource } from './media-sources.ts';
import { burstFrames, sampleRate, silentFrames, type SoundCodec, speechFrames } from './speech.ts';

const periodMs = 20;
/** A listener's buffer bridges what comes a frame later than the last; what comes later than that is heard. */
const audibleGapMs = 60;

export interface MixingPoint {
  readonly label: string;
  readonly codec: SoundCodec;
  readonly participants: number;
  /** How many of them talk; the others send silence. */
  readonly talking: number;
  /** Whether janus is asked, too: where it cannot keep up it only costs time. */
  readonly besideJanus: boolean;
  /** In percent of a core for each participant. */
  readonly goalPercent?: number;
}

const all = (participants: number, goalPercent?: number): MixingPoint => ({
  label: `${participants} on Opus, all talking`,
  codec: 'opus',
  participants,
  talking: participants,
  besideJanus: participants <= 100,
  ...(goalPercent !== undefined && { goalPercent }),
});
const three = (participants: number, goalPercent?: number): MixingPoint => ({ ...all(participants), label: `${participants} on Opus, three talking`, talking: 3, ...(goalPercent !== undefined && { goalPercent }) });
const pcmu = (participants: number): MixingPoint => ({ ...all(participants, 0.18), label: `${participants} on PCMU, all talking`, codec: 'pcmu' });

export const mixingPoints: readonly MixingPoint[] = [all(10), all(50, 0.95), all(100, 0.95), all(200, 0.95), three(10), three(50), three(100, 0.15), three(200), three(500), pcmu(50), pcmu(100)];

export interface MixingResult {
  /** Of a core, for each participant. */
  readonly percent: number;
  readonly share: number;
  /** What each participant gets; 50 is real time. */
  readonly packetsPerSecond: number;
  /** Longest time between two packets to one participant, and how often it was audible for each of them in a minute. */
  readonly longestGapMs: number;
  readonly gapsPerMinute: number;
}

/** A mix under load, measured as often as one likes. */
export class LoadedMix implements AsyncDisposable {
  private readonly engine: LoadEngine;
  private readonly server: MediaServer;
  private readonly room: MixedRoom;
  private readonly participants: readonly MixedParticipant[];
  private readonly pace: EvenPace;
  private readonly arrivals: Float64Array;
  private longestGapMs = 0;
  private gaps = 0;

  private constructor(engine: LoadEngine, server: MediaServer, room: MixedRoom, participants: readonly MixedParticipant[], { codec, talking }: MixingPoint) {
    this.engine = engine;
    this.server = server;
    this.room = room;
    this.participants = participants;
    const [speech, silence] = [speechFrames(codec), silentFrames(codec)];
    // Nobody says the same as somebody else at the same time.
    this.pace = new EvenPace(participants.map(({ client, ssrc }, index) => new AudioSource(client, ssrc, codec, index < talking ? speech : silence, index * 37)), periodMs);
    this.arrivals = new Float64Array(participants.length);
    for (const [index, { client }] of participants.entries()) client.onPacket = (_, __, ___, ____, nowMs) => this.note(index, nowMs);
  }

  static async open(engine: LoadEngine, server: MediaServer, point: MixingPoint): Promise<LoadedMix> {
    const room = await server.openMixed();
    const participants = await inParallel(Array.from({ length: point.participants }), () => room.join(engine, point.codec));
    return new LoadedMix(engine, server, room, participants, point);
  }

  async measure(warmUpMs: number, durationMs: number): Promise<MixingResult> {
    await drive(this.engine, [this.pace], warmUpMs);
    this.arrivals.fill(0);
    [this.longestGapMs, this.gaps] = [0, 0];
    const { serverNs, seconds, packets } = await measureLoad(this.engine, this.server.pid, [this.pace], durationMs);
    const share = serverNs / 1e9 / seconds;
    const count = this.participants.length;
    return { percent: (100 * share) / count, share, packetsPerSecond: packets / seconds / count, longestGapMs: this.longestGapMs, gapsPerMinute: (this.gaps / count / seconds) * 60 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await inParallel(this.participants, async (participant) => participant[Symbol.asyncDispose]());
    await this.room[Symbol.asyncDispose]();
  }

  private note(index: number, nowMs: number): void {
    const before = this.arrivals[index] ?? 0;
    this.arrivals[index] = nowMs;
    if (before === 0) return;
    this.longestGapMs = Math.max(this.longestGapMs, nowMs - before);
    if (nowMs - before > audibleGapMs) this.gaps += 1;
  }
}

/**
 * From the moment in which the first packet of a tone is sent to the one in which another participant gets a packet that has it: what the server adds, without the codecs' own
 * delay, which is the same everywhere. In ms, one for each tone.
 */
export async function measureMixLatency(engine: LoadEngine, server: MediaServer, participants: number, tones: number): Promise<readonly number[]> {
  await using room = await server.openMixed();
  const [speaker, listener, ...others] = await inParallel(Array.from({ length: participants }), () => room.join(engine, 'opus'));
  if (speaker === undefined || listener === undefined) throw new Error('a mix has two participants at least');
  const { silence, burst } = burstFrames('opus');
  const silent = silentFrames('opus');
  const background = new EvenPace([listener, ...others].map(({ client, ssrc }) => new AudioSource(client, ssrc, 'opus', silent)), periodMs);
  const script = [...silence, ...burst, ...silence.slice(0, 25)];
  const source = new AudioSource(speaker.client, speaker.ssrc, 'opus', script);
  let saidMs: number | undefined;
  const latencies: number[] = [];
  const hear = openEar();
  listener.client.onPacket = (slab, offset, length, headerLength, nowMs) => {
    const isTone = hear(slab, offset + headerLength, length - headerLength);
    if (!isTone || saidMs === undefined) return;
    latencies.push(nowMs - saidMs);
    saidMs = undefined;
  };
  const startMs = performance.now();
  const speak = {
    tick: (_: LoadEngine, nowMs: number): void => {
      while (source.sent < (nowMs - startMs) / periodMs) {
        if (source.sent % script.length === silence.length) saidMs = nowMs;
        source.sendFrame(engine, nowMs);
      }
    },
  };
  await drive(engine, [background, speak], (tones + 1) * script.length * periodMs);
  for (const participant of [speaker, listener, ...others]) await participant[Symbol.asyncDispose]();
  return latencies.slice(1);
}

/** Tells of each packet of a stream whether it holds the tone. */
function openEar(): (bytes: Uint8Array, offset: number, length: number) => boolean {
  const opus = exportsOf(loadOpus());
  const decoder = opus.openDecoder(sampleRate.opus);
  const samples = new Float32Array((sampleRate.opus * 120) / 1000);
  const words = new Int32Array(decodeWords.stride);
  return (bytes, offset, length) => {
    words.set([decoder, offset, length, 0, samples.length, 0]);
    opus.decode(bytes, samples, words, 1);
    return (words[decodeWords.result] ?? 0) > 0 && (words[decodeWords.level] ?? 127) < 40;
  };
}
