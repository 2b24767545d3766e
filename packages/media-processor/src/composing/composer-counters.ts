import { SharedCounters } from '../threads/shared-counters.ts';
import type { VideoComposerStatistics } from './video-composer.ts';

const names = ['droppedFrames', 'decodedFrames', 'undecodableFrames', 'encodedFrames', 'lateTicks', 'workedMs'] as const satisfies readonly (keyof VideoComposerStatistics)[];

export class ComposerCounters extends SharedCounters<(typeof names)[number]> {
  constructor(memory?: SharedArrayBuffer) {
    super(names, memory);
  }
}
