import type { MediaPart } from './open-media.ts';

/** What a person is told of the Media Processor. */
export type MediaSummary =
  | { readonly kind: 'absent'; /** Why, and what to do. */ readonly reason: string }
  | { readonly kind: 'running'; readonly ports: readonly number[]; readonly running: number; readonly wanted: number; readonly restarts: number };

export function mediaSummary({ control, processor }: Pick<MediaPart, 'control' | 'processor'>): MediaSummary {
  if (processor === undefined) return { kind: 'absent', reason: control.absence() ?? 'There is no media processor.' };
  const { processes, restarts } = processor.status();
  return {
    kind: 'running', restarts, wanted: processes.length,
    ports: [...new Set(processor.addresses().map(({ port }) => port))],
    running: processes.filter(({ isRunning }) => isRunning).length,
  };
}
