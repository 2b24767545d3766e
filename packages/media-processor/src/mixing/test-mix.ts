import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { absenceOf, type AudioCodec, decodeWords, encodeWords, exportsOf, g711Law, type NumberedCodec, type OpusEncoderOptions } from '@dialplane/kernels';
import type { SoundFile } from '@dialplane/media-api';
import { instant } from '@dialplane/sansio';
import { skipWithout } from '@dialplane/testing';
import { AudioMix } from './mix/audio-mix.ts';
import type { AudioPacket, MixCodec, MixMemberOptions, MixReception, PlayOutcome, SoundPayload } from './audio-mixer.ts';
import { type AudioKernels, AudioWorkspace, loadAudioKernels } from './audio-workspace.ts';
import type { EncodedFrame } from './thread/frame-records.ts';
import { MixerCounters } from './thread/mixer-counters.ts';
import { PayloadPool } from './thread/payload-pool.ts';

export const payloadTypes = [{ payloadType: 111, codec: 'opus' }, { payloadType: 0, codec: 'PCMU' }, { payloadType: 8, codec: 'PCMA' }, { payloadType: 9, codec: 'G722' }, { payloadType: 18, codec: 'G729' }, { payloadType: 13, codec: 'CN' }, { payloadType: 63, codec: 'red' }] as const;

/** Why tests of mixing cannot run here; `false` where they can. */
export function withoutAudioKernels(): string | false {
  return skipWithout(absenceOf(loadAudioKernels()));
}

/** @throws {Error} Where one of the kernels is absent. */
export function testKernels(): AudioKernels {
  return exportsOf(loadAudioKernels());
}

export function payloadTypeOf(codec: SoundPayload): number {
  return payloadTypes.find((entry) => entry.codec === codec)?.payloadType ?? 127;
}

/** Samples of 20 ms, and units of its RTP clock. */
export function rateOf(codec: MixCodec): { readonly samples: number; readonly units: number } {
  return codec === 'opus' ? { samples: 960, units: 960 } : codec === 'G722' ? { samples: 320, units: 160 } : { samples: 160, units: 160 };
}

function lawOf(codec: MixCodec): number {
  return codec === 'PCMA' ? g711Law.aLaw : g711Law.muLaw;
}

/** Codecs of telephony whose encoders and decoders have numbers. */
function numberedOf(kernels: AudioKernels, codec: MixCodec): NumberedCodec | undefined {
  return codec === 'G722' ? kernels.g722 : codec === 'G729' ? kernels.g729 : undefined;
}

function kernelOf(kernels: AudioKernels, codec: MixCodec): AudioCodec {
  return codec === 'opus' ? kernels.opus : (numberedOf(kernels, codec) ?? kernels.g711);
}

/** What one member says: packets of 20 ms of a signal at the rate of its codec: 48, 16 (G.722) or 8 kHz. */
export class Talker {
  readonly codec: MixCodec;
  private readonly kernels: AudioKernels;
  private readonly encoder: number;
  private readonly signal: Float32Array;
  private readonly bytes = new Uint8Array(1500);
  private readonly ssrc: number;
  private frame = 0;

  constructor(kernels: AudioKernels, codec: MixCodec, signal: Float32Array, ssrc = 1, options: Partial<OpusEncoderOptions> = {}) {
    this.kernels = kernels;
    this.codec = codec;
    this.signal = signal;
    this.ssrc = ssrc;
    this.encoder = codec === 'opus' ? kernels.opus.openEncoder(48_000, { bitrateBps: 32_000, complexity: 5, expectedLossPercent: 0, ...options }) : (numberedOf(kernels, codec)?.openEncoder() ?? lawOf(codec));
  }

  /** The next packet; after the signal it begins again. Its bytes are valid until the next call. */
  next(arrivedAt: number, level: number): AudioPacket {
    const { samples, units } = rateOf(this.codec);
    const frames = Math.floor(this.signal.length / samples);
    const words = new Int32Array(encodeWords.stride);
    words.set([this.encoder, (this.frame % frames) * samples, samples, 0, this.bytes.length]);
    kernelOf(this.kernels, this.codec).encode(this.bytes, this.signal, words, 1);
    const sequenceNumber = this.frame & 0xffff;
    const timestamp = (this.frame * units) | 0;
    this.frame += 1;
    return { ssrc: this.ssrc, sequenceNumber, timestamp, payloadType: payloadTypeOf(this.codec), level, arrivedAt: instant(arrivedAt), bytes: this.bytes, offset: 0, length: words[encodeWords.result] ?? 0 };
  }
}

/** What one member hears, in samples at the rate of its codec: decoded frame by frame, zeros where none came. */
export class Hearer {
  readonly heard: number[] = [];
  readonly frames: { readonly timestamp: number; readonly startsTalkspurt: boolean; readonly level: number; readonly tick: number }[] = [];
  private readonly kernels: AudioKernels;
  private readonly codec: MixCodec;
  private readonly decoder: number;
  private readonly room = new Float32Array(5760);

  constructor(kernels: AudioKernels, codec: MixCodec) {
    this.kernels = kernels;
    this.codec = codec;
    this.decoder = codec === 'opus' ? kernels.opus.openDecoder(48_000) : (numberedOf(kernels, codec)?.openDecoder() ?? lawOf(codec));
  }

  hear(bytes: Uint8Array, { timestamp, startsTalkspurt, level }: Pick<EncodedFrame, 'timestamp' | 'startsTalkspurt' | 'level'>, tick: number): void {
    const words = new Int32Array(decodeWords.stride);
    words.set([this.decoder, 0, bytes.length, 0, this.room.length]);
    kernelOf(this.kernels, this.codec).decode(bytes, this.room, words, 1);
    const at = (tick - 1) * rateOf(this.codec).samples;
    while (this.heard.length < at) this.heard.push(0);
    this.heard.push(...this.room.subarray(0, words[decodeWords.result]));
    this.frames.push({ timestamp, startsTalkspurt, level, tick });
  }

  /** From one second to another. */
  between(from: number, to: number): Float32Array {
    const rate = rateOf(this.codec).samples * 50;
    const samples = new Float32Array(Math.round((to - from) * rate));
    samples.set(this.heard.slice(Math.round(from * rate), Math.round(to * rate)));
    return samples;
  }
}

interface TestMember {
  readonly number: number;
  readonly hearer: Hearer | undefined;
}

/** A mix in virtual time: packets arrive 5 ms before each tick. */
export class TestMix {
  readonly kernels = testKernels();
  readonly counters = new MixerCounters();
  readonly payloads = new PayloadPool();
  readonly workspace = new AudioWorkspace(this.kernels);
  readonly levels = new Map<number, number>();
  /** Keys that were found in sound, each with its member's number. */
  readonly pressed: (readonly [member: number, tone: string])[] = [];
  /** What became of plays, each with its number. */
  readonly outcomes: (readonly [play: number, outcome: PlayOutcome])[] = [];
  /** Packets of telephone events. */
  readonly events: EncodedFrame[] = [];
  /** Packets of comfort noise. */
  readonly noises: EncodedFrame[] = [];
  readonly mix: AudioMix;
  readonly members = new Map<number, TestMember>();
  /** Frames so far, by how many hear them. */
  readonly recipientCounts: number[] = [];
  tick = 0;
  /** Gets every frame of sound. */
  onFrame: (frame: EncodedFrame) => void = () => {};

  constructor() {
    this.mix = new AudioMix(7, { workspace: this.workspace, payloads: this.payloads, counters: this.counters }, {
      writeFrame: (frame) => {
        this.recipientCounts.push(frame.recipients.length);
        const beside = frame.codec === 'telephone-event' ? this.events : frame.codec === 'CN' ? this.noises : undefined;
        if (beside !== undefined) {
          beside.push({ ...frame, bytes: frame.bytes.slice(0, frame.length) });
          return;
        }
        this.onFrame(frame);
        for (const number of frame.recipients) this.members.get(number)?.hearer?.hear(frame.bytes.slice(0, frame.length), frame, this.tick);
      },
      writeLevel: (member, level) => this.levels.set(member, level),
      writeDtmf: (member, tone) => this.pressed.push([member, tone]),
      writePlay: (play, outcome) => this.outcomes.push([play, outcome]),
    });
  }

  /** @param codecs What the member may send; without it, everything. */
  join(number: number, reception?: MixReception, codecs?: readonly MixCodec[], options: Partial<MixMemberOptions> = {}): Hearer {
    const hearer = new Hearer(this.kernels, reception?.codec ?? 'opus');
    this.members.set(number, { number, hearer });
    const allowed = payloadTypes.filter(({ codec }) => codecs === undefined || codec === 'CN' || codec === 'red' || codecs.includes(codec));
    this.mix.add(number, { payloadTypes: allowed, isMuted: false, ...(reception === undefined ? {} : { reception }), ...options });
    return hearer;
  }

  /** Lets time pass; `say` gives what arrives for a tick. */
  run(ticks: number, say: (tick: number, arrivedAt: number) => readonly (readonly [member: number, packet: AudioPacket])[]): void {
    for (let index = 0; index < ticks; index += 1) {
      this.tick += 1;
      for (const [member, packet] of say(this.tick, this.tick * 20 - 5)) this.mix.push(member, packet);
      this.mix.tick(this.tick, instant(this.tick * 20));
    }
  }
}

/** What a call of two makes of the packets of one of them, as packets for the other one; they arrive when `arrivedAt` says, and at the latest 5 ms before their tick. */
export function transcode(packets: readonly AudioPacket[], from: MixCodec, to: MixCodec): readonly AudioPacket[] {
  const room = new TestMix();
  room.join(1, undefined, [from]);
  room.join(2, { codec: to, inSilence: 'frames' }, [to]);
  const made: AudioPacket[] = [];
  room.onFrame = ({ bytes, length, timestamp, level }) => {
    made.push({ ssrc: 2, sequenceNumber: made.length & 0xffff, timestamp, payloadType: payloadTypeOf(to), level, arrivedAt: instant(made.length * 20), bytes: bytes.slice(0, length), offset: 0, length });
  };
  let next = 0;
  room.run(Math.ceil((packets.at(-1)?.arrivedAt ?? 0) / 20) + 1, (tick) => {
    const arrived: (readonly [number, AudioPacket])[] = [];
    for (let packet = packets[next]; packet !== undefined && packet.arrivedAt <= tick * 20 - 5; packet = packets[(next += 1)]) arrived.push([1, packet]);
    return arrived;
  });
  return made;
}

/** A sine wave. */
export function tone(frequencyHz: number, { amplitude = 0.2, seconds = 1, rate = 48_000 } = {}): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, index) => amplitude * Math.sin((2 * Math.PI * frequencyHz * index) / rate));
}

/** Writes a signal as a sound file for as long as the test runs. */
export function soundFile(t: { after(end: () => void): void }, signal: Float32Array, sampleRate: SoundFile['sampleRate']): SoundFile {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-sound-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'sound.pcm');
  writeFileSync(path, Int16Array.from(signal, (sample) => Math.round(sample * 32_767)));
  return { path, sampleRate };
}

/** The amplitude of one frequency in a signal (Goertzel). */
export function amplitudeAt(frequencyHz: number, samples: Float32Array, rate = 48_000): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / rate);
  let [last, before] = [0, 0];
  for (const sample of samples) [last, before] = [sample + coefficient * last - before, last];
  return (2 / samples.length) * Math.sqrt(Math.max(0, last * last + before * before - coefficient * last * before));
}
