import { JitterBuffer, jitterStep, type JitterStep, Loudness, opusPacketMs, type SpeakerCandidate } from '@dialplane/conference';
import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { type AudioPacket, type MixCodec, mixClockRates } from './audio-mixer.ts';
import { type AudioWorkspace, areaSamples, frameSamples, historySamples, longestPacketSamples } from './audio-workspace.ts';
import type { MixerCounters } from './mixer-counters.ts';
import type { PayloadPool } from './payload-pool.ts';
import { openSoundDecoder, type SoundDecoder } from './sound-decoder.ts';

/** What all sources of a thread work with. */
export interface SourceEnvironment {
  readonly workspace: AudioWorkspace;
  readonly payloads: PayloadPool;
  readonly counters: MixerCounters;
}

/** A source that is decoded: where its samples are, and what makes them. Whether its decoder has heard the packet before the next one. */
interface Voice {
  readonly area: number;
  readonly codec: MixCodec;
  readonly decoder: SoundDecoder;
  continuity: 'unbroken' | 'broken';
  ticksUnheard: number;
}

/** The steps of one tick: eight packets of 2.5 ms. */
const mostSteps = 8;
const noPayload = -1;
const silence = 127;
/** After so many ticks in which nobody hears it, a voice is closed: 10 s. */
const mostTicksUnheard = 500;

/**
 * What one member says: its packets wait in a jitter buffer, and tick by tick it is decided what of them is to be heard. Only who is heard is decoded, so a source costs
 * hardly anything until then; one that does not say how loud it is has to be decoded always.
 *
 * Each tick: `begin`, then `render` where it is heard, then `end`.
 */
export class AudioSource implements SpeakerCandidate {
  readonly loudness = new Loudness();
  /** How loud the frame of this tick is. */
  level = silence;
  /** Whether the level of this tick was measured by decoding, because its packets do not say it. */
  isMeasured = false;

  private readonly environment: SourceEnvironment;
  private readonly samplesPerUnit: number;
  private readonly buffer: JitterBuffer;
  private ssrc: number | undefined;
  private voice: Voice | undefined;
  private rendered = false;
  /** Samples of packets longer than a tick that are to be heard in the next one. */
  private ready = 0;
  private spoken: MixCodec;
  /** The packet that was heard last, for a decoder that begins in the middle. */
  private previous = noPayload;

  private steps = 0;
  private readonly kinds = new Uint8Array(mostSteps);
  private readonly stepPayloads = new Int32Array(mostSteps);
  private readonly stepSamples = new Int32Array(mostSteps);
  private readonly incoming = { sequenceNumber: 0, timestamp: 0, duration: 0, level: -1, payload: noPayload };

  constructor(environment: SourceEnvironment, codec: MixCodec) {
    this.environment = environment;
    this.spoken = codec;
    const clockRate = mixClockRates[codec];
    this.samplesPerUnit = 48_000 / clockRate;
    this.buffer = new JitterBuffer({ clockRate, hasRedundancy: codec === 'opus', release: (payload) => environment.payloads.release(payload) });
  }

  /** Whether packets of this codec can follow the others: they count time alike. */
  takes(codec: MixCodec): boolean {
    return codec === this.spoken || (codec !== 'opus' && this.spoken !== 'opus');
  }

  /** Something is or will be heard of it. */
  get isActive(): boolean {
    return this.buffer.length > 0 || this.loudness.isSpeaking || this.ready > 0;
  }

  /** Takes a packet; one that is none of its codec is nothing. */
  insert(codec: MixCodec, packet: AudioPacket): void {
    const duration = durationOf(codec, packet);
    if (duration === 0 || duration * this.samplesPerUnit > longestPacketSamples) return;
    if (packet.ssrc !== this.ssrc) this.changeStream(packet.ssrc);
    const { incoming, environment } = this;
    incoming.sequenceNumber = packet.sequenceNumber;
    incoming.timestamp = packet.timestamp;
    incoming.duration = duration;
    incoming.level = packet.level;
    incoming.payload = environment.payloads.keep(codec, packet.bytes, packet.offset, packet.length);
    if (!this.buffer.insert(incoming, packet.arrivedAt)) environment.payloads.release(incoming.payload);
  }

  /** Decides what is heard in the 20 ms that begin now, and how loud that is. */
  begin(tickAt: Instant): void {
    const before = this.level;
    let samples = this.ready;
    let loudest = samples > 0 ? before : silence;
    this.steps = 0;
    this.rendered = false;
    this.isMeasured = false;
    while (samples < frameSamples && this.steps < mostSteps) {
      const step = this.buffer.take(addMilliseconds(tickAt, samples / 48));
      if (step === jitterStep.nothing) break;
      const level = step === jitterStep.concealment ? before : this.buffer.level;
      if (level < 0) this.isMeasured = true;
      else loudest = Math.min(loudest, level);
      samples += this.note(step);
    }
    this.level = loudest;
    if (this.isMeasured) this.measure();
  }

  /** The frame of this tick. @returns Where in the workspace it is. */
  render(): number {
    const voice = this.openVoice();
    const start = voice.area + historySamples;
    if (this.rendered) return start;
    this.rendered = true;
    let at = start + this.ready;
    for (let step = 0; step < this.steps; step += 1) at += this.perform(step, voice, at);
    if (at < start + frameSamples) this.environment.workspace.zero(at, start + frameSamples - at);
    return start;
  }

  /** Gives back what is not needed for the next tick. */
  end(): void {
    for (let step = 0; step < this.steps; step += 1) {
      this.ready += this.stepSamples[step] ?? 0;
      if (this.kinds[step] === jitterStep.packet) this.remember(this.stepPayloads[step] ?? noPayload);
    }
    this.ready = Math.max(0, this.ready - frameSamples);
    this.steps = 0;
    if (this.voice !== undefined) this.endVoice(this.voice);
  }

  close(): void {
    this.end();
    this.buffer.clear();
    this.remember(noPayload);
    this.closeVoice();
  }

  private changeStream(ssrc: number): void {
    this.buffer.clear();
    this.ssrc = ssrc;
    if (this.voice !== undefined) this.voice.continuity = 'broken';
    this.remember(noPayload);
  }

  private note(step: JitterStep): number {
    const samples = this.buffer.duration * this.samplesPerUnit;
    this.kinds[this.steps] = step;
    this.stepPayloads[this.steps] = this.buffer.payload;
    this.stepSamples[this.steps] = samples;
    this.steps += 1;
    if (step === jitterStep.packet) this.spoken = this.environment.payloads.codecOf(this.buffer.payload);
    return samples;
  }

  private measure(): void {
    const { workspace } = this.environment;
    workspace.measure(this.render(), frameSamples);
    this.level = workspace.level;
  }

  /** @returns How many samples there are of the step: always what the buffer counts on. */
  private perform(step: number, voice: Voice, at: number): number {
    const { workspace, payloads, counters } = this.environment;
    const count = this.stepSamples[step] ?? 0;
    const kind = this.kinds[step];
    const slot = this.stepPayloads[step] ?? noPayload;
    const packet = { bytes: payloads.bytes, offset: payloads.offsetOf(slot), length: payloads.lengthOf(slot) };
    let made = -1;
    if (kind === jitterStep.packet) made = voice.decoder.decode(packet, at);
    else if (kind === jitterStep.redundancy) made = voice.decoder.decodeRedundancy(packet, at, count);
    counters.count(kind === jitterStep.packet && made > 0 ? 'decodedFrames' : 'concealedFrames');
    if (made <= 0) made = voice.decoder.conceal(at, count);
    if (made < count) workspace.zero(at + Math.max(made, 0), count - Math.max(made, 0));
    return count;
  }

  private openVoice(): Voice {
    if (this.voice !== undefined && this.voice.codec !== this.spoken) this.closeVoice();
    const { workspace } = this.environment;
    this.voice ??= { area: workspace.openArea(), codec: this.spoken, decoder: openSoundDecoder(workspace, this.spoken), continuity: 'broken', ticksUnheard: 0 };
    if (this.voice.continuity === 'broken') this.prepare(this.voice);
    this.voice.ticksUnheard = 0;
    return this.voice;
  }

  /** A decoder that has not heard what was before is given the last packet of it, so that the first frame is not a guess. */
  private prepare(voice: Voice): void {
    const { workspace, payloads } = this.environment;
    workspace.zero(voice.area, areaSamples);
    voice.continuity = 'unbroken';
    if (this.previous === noPayload || payloads.codecOf(this.previous) !== voice.codec) return;
    voice.decoder.decode({ bytes: payloads.bytes, offset: payloads.offsetOf(this.previous), length: payloads.lengthOf(this.previous) }, workspace.scratch(1));
  }

  private remember(payload: number): void {
    if (this.previous !== noPayload) this.environment.payloads.release(this.previous);
    this.previous = payload;
  }

  private endVoice(voice: Voice): void {
    if (this.rendered) {
      this.environment.workspace.copy(voice.area, voice.area + frameSamples, areaSamples - frameSamples);
      return;
    }
    voice.continuity = 'broken';
    voice.ticksUnheard += 1;
    if (voice.ticksUnheard > mostTicksUnheard) this.closeVoice();
  }

  private closeVoice(): void {
    if (this.voice === undefined) return;
    this.voice.decoder.close();
    this.environment.workspace.closeArea(this.voice.area);
    this.voice = undefined;
  }
}

/** In units of the RTP clock; 0 for what is no packet of this codec. G.711 and G.722 have one byte for each unit (RFC 3551 §4.5.2, §4.5.14). */
function durationOf(codec: MixCodec, { bytes, offset, length }: AudioPacket): number {
  return codec === 'opus' ? opusPacketMs(bytes, offset, length) * 48 : length;
}
