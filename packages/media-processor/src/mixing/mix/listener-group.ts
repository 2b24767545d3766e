import type { MixReception } from '../audio-mixer.ts';
import type { AudioWorkspace } from '../audio-workspace.ts';
import type { MixMember } from './mix-member.ts';
import type { SampleRate } from '../codecs/sample-rates.ts';
import type { SoundFormat } from '../codecs/sound-encoder.ts';
import { SoundOutlet } from './sound-outlet.ts';

/** What is mixed was coded once before: at 32 kbit/s one frame in a hundred more is heard otherwise than it was said. */
const defaultBitrateBps = 40_000;
const leastBitrateBps = 6_000;
const mostBitrateBps = 128_000;

/** Everybody who listens in one format: they share frames, as long as they hear the same. */
export class ListenerGroup {
  readonly listeners = new Set<MixMember>();
  readonly inSilence: NonNullable<MixReception['inSilence']>;
  private readonly workspace: AudioWorkspace;
  private readonly format: SoundFormat;
  private shared: SoundOutlet | undefined;

  constructor(workspace: AudioWorkspace, reception: MixReception) {
    this.workspace = workspace;
    this.format = formatOf(reception);
    this.inSilence = reception.inSilence ?? 'nothing';
  }

  /** For all who hear the same. `rate` is that of the mix. */
  sharedOutlet(rate: SampleRate): SoundOutlet {
    this.shared ??= new SoundOutlet(this.workspace, this.format, rate);
    return this.shared;
  }

  /** For one who hears something of its own from this tick on: it goes on where the shared one was. Who is alone in its format needs no second one. */
  ownOutlet({ listening }: MixMember, rate: SampleRate, tick: number): SoundOutlet {
    if (this.listeners.size === 1 || listening === undefined) return this.sharedOutlet(rate);
    listening.own ??= new SoundOutlet(this.workspace, this.format, rate);
    if (this.shared !== undefined) listening.own.continueFrom(this.shared, tick);
    return listening.own;
  }

  /** Outlets for frames of another rate are opened when they are needed. */
  closeOutlets(): void {
    this.shared?.close();
    this.shared = undefined;
    for (const { listening } of this.listeners) {
      listening?.own?.close();
      if (listening !== undefined) listening.own = undefined;
    }
  }
}

/** Whoever has the same key can share a group. */
export function groupKey(reception: MixReception): string {
  const { codec, bitrateBps, redundancy } = formatOf(reception);
  return `${codec} ${bitrateBps} ${redundancy} ${reception.inSilence ?? 'nothing'}`;
}

function formatOf({ codec, bitrateBps = defaultBitrateBps, redundancy = 'none' }: MixReception): SoundFormat {
  return { codec, redundancy: codec === 'opus' ? redundancy : 'none', bitrateBps: codec === 'opus' ? Math.round(Math.min(Math.max(bitrateBps, leastBitrateBps), mostBitrateBps)) : 64_000 };
}
