import { readdirSync, readFileSync } from 'node:fs';

/** Of the process with SIP and the books, and of its media processes: user and system, in milliseconds. */
export interface ProcessorTime {
  readonly signalingMs: number;
  readonly mediaMs: number;
}

/** What a server has used until now. Threads that have ended are not counted. @param pid of the process with SIP. */
export function readProcessorTime(pid: number): ProcessorTime {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter((text) => text !== '').map(Number);
  return { signalingMs: usedMs(pid), mediaMs: children.reduce((sum, child) => sum + usedMs(child), 0) };
}

export function differenceOf(after: ProcessorTime, before: ProcessorTime): ProcessorTime {
  return { signalingMs: after.signalingMs - before.signalingMs, mediaMs: after.mediaMs - before.mediaMs };
}

/** Of all threads (schedstat, its first number, in nanoseconds). */
function usedMs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0);
}
