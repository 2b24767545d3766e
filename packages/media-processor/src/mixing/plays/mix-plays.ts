import type { PlayOptions, PlayOutcome } from '../audio-mixer.ts';
import type { AudioWorkspace } from '../audio-workspace.ts';
import { PlayedSound } from './played-sound.ts';
import type { SampleRate } from '../codecs/sample-rates.ts';

interface Play {
  readonly sound: PlayedSound;
  readonly listeners: PlayOptions['listeners'];
  readonly state: 'waiting' | 'playing';
}

const nothing: readonly PlayedSound[] = [];

/** What is played in a mix: to all, as one more voice, or to some, as sounds of their own. */
export class MixPlays {
  private readonly workspace: AudioWorkspace;
  private readonly tell: (play: number, outcome: PlayOutcome) => void;
  /** Those who hear what is played have changed: the rate of the mix may have to. */
  private readonly onChange: () => void;
  private readonly plays = new Map<number, Play>();

  constructor(workspace: AudioWorkspace, tell: (play: number, outcome: PlayOutcome) => void, onChange: () => void) {
    this.workspace = workspace;
    this.tell = tell;
    this.onChange = onChange;
  }

  get size(): number {
    return this.plays.size;
  }

  start(number: number, { listeners, sounds, isLooped }: PlayOptions): void {
    this.plays.set(number, { sound: new PlayedSound(this.workspace, sounds, isLooped), listeners, state: 'waiting' });
    this.onChange();
  }

  setListeners(number: number, listeners: PlayOptions['listeners']): void {
    const play = this.plays.get(number);
    if (play === undefined) return;
    this.plays.set(number, { ...play, listeners });
    this.onChange();
  }

  stop(number: number): void {
    this.plays.get(number)?.sound.close();
    if (this.plays.delete(number)) this.onChange();
  }

  /** Makes the frames of this tick, at the rate of the mix. @returns Whether something is over, and the mix may have another rate after this tick. */
  begin(rate: SampleRate): boolean {
    const before = this.plays.size;
    for (const [number, play] of this.plays) {
      const outcome = play.sound.begin(rate);
      if (outcome !== 'playing') {
        this.plays.delete(number);
        play.sound.close();
        this.tell(number, outcome === 'ended' ? { kind: outcome } : { kind: outcome, soundIndex: play.sound.soundIndex });
      } else if (play.state === 'waiting') {
        this.plays.set(number, { ...play, state: 'playing' });
        this.tell(number, { kind: 'started' });
      }
    }
    return this.plays.size < before;
  }

  /** What everybody hears. */
  get forAll(): readonly PlayedSound[] {
    return this.where(({ listeners }) => listeners === 'all');
  }

  /** What one member hears and not all do. */
  forMember(member: number): readonly PlayedSound[] {
    return this.where(({ listeners }) => listeners !== 'all' && listeners.includes(member));
  }

  /** The highest rate of what a member hears of it. */
  rateFor(member: number): SampleRate {
    let rate: SampleRate = 8000;
    for (const { sound, listeners } of this.plays.values()) {
      if ((listeners === 'all' || listeners.includes(member)) && sound.rate > rate) rate = sound.rate;
    }
    return rate;
  }

  close(): void {
    for (const number of this.plays.keys()) this.stop(number);
  }

  private where(isHeard: (play: Play) => boolean): readonly PlayedSound[] {
    if (this.plays.size === 0) return nothing;
    return [...this.plays.values()].filter(isHeard).map(({ sound }) => sound);
  }
}
