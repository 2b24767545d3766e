import { SharedCounters } from '../../threads/shared-counters.ts';
import type { AudioMixerStatistics } from '../audio-mixer.ts';

const names = ['droppedPackets', 'lateTicks', 'decodedFrames', 'repairedFrames', 'concealedFrames', 'encodedFrames', 'workedMs'] as const satisfies readonly (keyof AudioMixerStatistics)[];

export class MixerCounters extends SharedCounters<(typeof names)[number]> {
  constructor(memory?: SharedArrayBuffer) {
    super(names, memory);
  }
}
