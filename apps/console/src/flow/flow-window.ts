import type { CallFlow } from '@dialplane/calling-api';
import { offsetOf } from './flow-analysis.ts';

/** A stretch of a call, in ms after its start. */
export interface FlowWindow {
  readonly from: number;
  readonly to: number;
}

/** From before the start until everything recorded so far. */
export function wholeWindow(flow: CallFlow): FlowWindow {
  const offsets = flow.events.map((event) => offsetOf(flow, event));
  const endMs = flow.endedAt === undefined ? 0 : Date.parse(flow.endedAt) - Date.parse(flow.startedAt);
  return { from: Math.min(0, ...offsets), to: Math.max(1, endMs, ...offsets) };
}

/** Until a second after the last device heard its first media; without media, all. */
export function setupWindow(flow: CallFlow): FlowWindow {
  const first = flow.events.filter(({ detail }) => detail.kind === 'firstMedia').map((event) => offsetOf(flow, event));
  const whole = wholeWindow(flow);
  return first.length === 0 ? whole : { from: whole.from, to: Math.max(...first) + 1000 };
}

/** The last three seconds. */
export function endWindow(flow: CallFlow): FlowWindow {
  const { to } = wholeWindow(flow);
  const endMs = flow.endedAt === undefined ? to : Date.parse(flow.endedAt) - Date.parse(flow.startedAt);
  return { from: Math.max(0, endMs - 3000), to };
}

/** What a drag over a strip of `width` pixels that shows `whole` selects; undefined for a click. */
export function draggedWindow(whole: FlowWindow, width: number, startX: number, endX: number): FlowWindow | undefined {
  if (Math.abs(endX - startX) < 4 || width <= 0) return undefined;
  const at = (x: number): number => whole.from + (Math.min(width, Math.max(0, x)) / width) * (whole.to - whole.from);
  return { from: at(Math.min(startX, endX)), to: at(Math.max(startX, endX)) };
}
