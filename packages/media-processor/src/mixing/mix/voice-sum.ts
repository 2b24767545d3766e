import { MixGain } from '@dialplane/conference';
import type { OpusSignal } from '@dialplane/kernels';
import type { AudioWorkspace } from '../audio-workspace.ts';
import { samplesOfFrame, type SampleRate } from '../codecs/sample-rates.ts';

/** Something that is heard in a mix: what a member says, or what is played. */
export interface MixVoice {
  /** How loud the frame of this tick is (RFC 6464). */
  readonly level: number;
  readonly signal: OpusSignal;
  /** The frame of this tick, at the rate of the mix. @returns Where in the workspace it is. */
  render(): number;
}

/** Scratch room of the workspace: 0 and 1 are those of decoders and encoders. */
const wholeScratch = 2;
const othersScratch = 3;
const limitedScratch = 4;

/**
 * The sum of the voices of one tick, as a whole and without each of them, made only as far as somebody wants it: one voice alone, as in a call of two, is heard as it is,
 * without being added to anything.
 */
export class VoiceSum {
  /** Of what was asked for last: RFC 6464. */
  level = 127;
  private readonly workspace: AudioWorkspace;
  private readonly gain = new MixGain();
  private voices: ReadonlySet<MixVoice> = new Set();
  private rate: SampleRate = 48_000;
  private state: 'begun' | 'summed' = 'begun';

  constructor(workspace: AudioWorkspace) {
    this.workspace = workspace;
  }

  /** Begins a tick. */
  begin(voices: ReadonlySet<MixVoice>, rate: SampleRate): void {
    // One voice needs no gain; after several have been too loud together it comes back up.
    if (this.state === 'begun' && !this.gain.isIdle) this.gain.follow(0);
    this.voices = voices;
    this.rate = rate;
    this.state = 'begun';
  }

  hears(source: MixVoice): boolean {
    return this.voices.has(source);
  }

  /** How many voices there are besides this one. */
  countWithout(source: MixVoice | undefined): number {
    return this.voices.size - (source !== undefined && this.voices.has(source) ? 1 : 0);
  }

  /** Voice where each of them is, but for one that is left out. */
  signalWithout(source: MixVoice | undefined): OpusSignal {
    for (const voice of this.voices) if (voice !== source && voice.signal !== 'voice') return 'unknown';
    return 'voice';
  }

  /** The sum of all voices, or of all but one. There is one at least. @returns Where in the workspace it is, until the next call. */
  without(source: MixVoice | undefined): number {
    const left = this.countWithout(source);
    if (left === 1 && this.gain.isIdle) return this.alone(source);
    this.sum();
    const whole = this.workspace.scratch(wholeScratch);
    if (left === this.voices.size || source === undefined) return this.limited(whole);
    const others = this.workspace.scratch(othersScratch);
    const count = samplesOfFrame(this.rate);
    this.workspace.copy(others, whole, count);
    this.workspace.subtract(others, source.render(), count);
    return this.limited(others);
  }

  private alone(source: MixVoice | undefined): number {
    for (const voice of this.voices) {
      if (voice === source) continue;
      this.level = Math.max(voice.level, 0);
      return voice.render();
    }
    return this.workspace.scratch(wholeScratch);
  }

  private sum(): void {
    if (this.state === 'summed') return;
    this.state = 'summed';
    const { workspace } = this;
    const count = samplesOfFrame(this.rate);
    const whole = workspace.scratch(wholeScratch);
    workspace.zero(whole, count);
    for (const voice of this.voices) workspace.add(whole, voice.render(), count);
    workspace.measure(whole, count);
    this.gain.follow(workspace.peak);
  }

  private limited(at: number): number {
    const { workspace, gain } = this;
    const count = samplesOfFrame(this.rate);
    const limited = workspace.scratch(limitedScratch);
    workspace.limit(limited, at, count, { from: gain.from, to: gain.to, overSamples: (gain.overMs * this.rate) / 1000 });
    workspace.measure(limited, count);
    this.level = workspace.level;
    return limited;
  }
}
