import type { AudioMixerStatistics } from './audio-mixer.ts';

/** In the order of the shared array. */
const names = ['droppedPackets', 'lateTicks', 'decodedFrames', 'concealedFrames', 'encodedFrames'] as const satisfies readonly (keyof AudioMixerStatistics)[];
type Counter = (typeof names)[number];

const positions = Object.fromEntries(names.map((name, index) => [name, index])) as Readonly<Record<Counter, number>>;

/** Figures in memory that two threads share: each is counted by one of them and read by the other. */
export class MixerCounters {
  readonly memory: SharedArrayBuffer;
  private readonly values: Float64Array;

  constructor(memory = new SharedArrayBuffer(names.length * 8)) {
    this.memory = memory;
    this.values = new Float64Array(memory);
  }

  count(name: Counter): void {
    const at = positions[name];
    this.values[at] = (this.values[at] ?? 0) + 1;
  }

  read(): AudioMixerStatistics {
    return Object.fromEntries(names.map((name, index) => [name, this.values[index] ?? 0])) as unknown as AudioMixerStatistics;
  }
}
