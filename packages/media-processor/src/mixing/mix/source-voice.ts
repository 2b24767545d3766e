import { type ComfortNoise, jitterStep, type JitterStep } from '@dialplane/conference';
import type { MixCodec } from '../audio-mixer.ts';
import { areaSamples, type AudioWorkspace, historySamples, mostFrameSamples } from '../audio-workspace.ts';
import { FrameResampler } from '../codecs/frame-resampler.ts';
import type { MixerCounters } from '../thread/mixer-counters.ts';
import type { PayloadPool } from '../thread/payload-pool.ts';
import { samplesOfFrame, type SampleRate } from '../codecs/sample-rates.ts';
import { type EncodedSound, openSoundDecoder, type SoundDecoder } from '../codecs/sound-decoder.ts';

/** What all sources of a thread work with. */
export interface SourceEnvironment {
  readonly workspace: AudioWorkspace;
  readonly payloads: PayloadPool;
  readonly counters: MixerCounters;
}

/** What ends without saying so is faded over this time. */
const fadeMs = 5;

/**
 * The sound of a source that is decoded: its samples, tick by tick, at the rate of its codec and at that of the mix.
 *
 * Its area holds what was heard (for concealment), the frame of this tick, and what packets longer than a tick have brought for the next ones. A tick is `begin`, `add`
 * for each step, `finish`, `end`.
 */
export class SourceVoice {
  readonly codec: MixCodec;
  /** Whether its decoder has heard the packet before the next one. */
  continuity: 'unbroken' | 'broken' = 'broken';
  private readonly environment: SourceEnvironment;
  private readonly area: number;
  private readonly decoder: SoundDecoder;
  private resampler: FrameResampler | undefined;
  /** The other rate that the frame of this tick is there at. */
  private resampledTo: SampleRate | undefined;
  private ending: 'sound' | 'silence' = 'silence';
  /** How loud the frame of this tick is (RFC 6464), where one packet of its length made it; -1 where that has to be measured. */
  level = -1;
  /** Where the next sample goes. */
  private at = 0;

  /** @param rate Of Opus; other codecs have one of their own. */
  constructor(environment: SourceEnvironment, codec: MixCodec, rate: SampleRate) {
    this.environment = environment;
    this.codec = codec;
    this.decoder = openSoundDecoder(environment.workspace, codec, rate);
    this.area = environment.workspace.openArea();
  }

  get rate(): SampleRate {
    return this.decoder.rate;
  }

  /** Where the frame of this tick is, at `rate`. */
  get frame(): number {
    return this.area + historySamples(this.rate);
  }

  /** A decoder that has not heard what was before is given the last packet of it, so that the first frame is not a guess. */
  prepare(previous: EncodedSound | undefined): void {
    const { workspace } = this.environment;
    workspace.zero(this.area, areaSamples);
    this.continuity = 'unbroken';
    this.ending = 'silence';
    if (previous !== undefined) this.decoder.decode(previous, workspace.scratch(1));
  }

  /** @param readyMs What is there already of longer packets. */
  begin(readyMs: number): void {
    this.at = this.frame + this.samplesOf(readyMs);
    this.resampledTo = undefined;
    this.level = -1;
  }

  /** Decodes, repairs or makes up a step, always as long as the buffer counts on; `noise` is what a sender that pauses sounds like. */
  add(kind: JitterStep, slot: number, milliseconds: number, noise: ComfortNoise | undefined): void {
    const { workspace, payloads } = this.environment;
    const { at } = this;
    const count = this.samplesOf(milliseconds);
    this.at += count;
    const isNoise = kind === jitterStep.packet ? payloads.codecOf(slot) === 'CN' : noise !== undefined;
    if (!isNoise) return this.decode(kind, payloads.soundOf(slot), at, count);
    if (noise === undefined) workspace.zero(at, count);
    else noise.fill(workspace.samples, at, count);
  }

  /** Fills what nobody has sent: with comfort noise, or with silence, into which the voice fades. */
  finish(noise: ComfortNoise | undefined): void {
    const { workspace } = this.environment;
    const { at, rate } = this;
    const missing = this.frame + samplesOfFrame(rate) - at;
    if (missing <= 0) {
      this.ending = 'sound';
      return;
    }
    if (noise !== undefined) return noise.fill(workspace.samples, at, missing);
    const faded = this.ending === 'sound' ? Math.min(missing, (rate * fadeMs) / 1000) : 0;
    if (faded > 0) workspace.conceal(at, faded, rate, { from: 1, to: 0 });
    workspace.zero(at + faded, missing - faded);
    this.ending = 'silence';
  }

  /** Nobody is to hear the frame of this tick. */
  blank(): void {
    this.environment.workspace.zero(this.frame, samplesOfFrame(this.rate));
    this.level = -1;
  }

  /** The frame of this tick at another rate. @returns Where it is. */
  frameAt(rate: SampleRate): number {
    if (rate === this.rate) return this.frame;
    const place = this.area + areaSamples - mostFrameSamples;
    if (this.resampledTo === rate) return place;
    this.resampledTo = rate;
    if (this.resampler?.to !== rate) this.openResampler(rate);
    this.resampler?.run(this.frame, place);
    return place;
  }

  /** @param readyMs What is there for the next tick. */
  end(readyMs: number): void {
    this.environment.workspace.copy(this.area, this.area + samplesOfFrame(this.rate), historySamples(this.rate) + this.samplesOf(readyMs));
  }

  close(): void {
    this.decoder.close();
    this.resampler?.close();
    this.environment.workspace.closeArea(this.area);
  }

  private decode(kind: JitterStep, packet: EncodedSound, at: number, count: number): void {
    const { workspace, counters } = this.environment;
    let made = -1;
    if (kind === jitterStep.packet) made = this.decoder.decode(packet, at);
    else if (kind === jitterStep.redundancy) made = this.decoder.decodeRedundancy(packet, at, count);
    counters.count(made <= 0 ? 'concealedFrames' : kind === jitterStep.packet ? 'decodedFrames' : 'repairedFrames');
    if (made <= 0) made = this.decoder.conceal(at, count);
    this.level = at === this.frame && made === samplesOfFrame(this.rate) && made === count && kind === jitterStep.packet ? workspace.level : -1;
    if (made < count) workspace.zero(at + Math.max(made, 0), count - Math.max(made, 0));
  }

  private openResampler(rate: SampleRate): void {
    const { workspace } = this.environment;
    this.resampler?.close();
    this.resampler = new FrameResampler(workspace, this.rate, rate);
    this.resampler.prime(this.frame, workspace.scratch(1));
  }

  private samplesOf(milliseconds: number): number {
    return Math.round((milliseconds * this.rate) / 1000);
  }
}
