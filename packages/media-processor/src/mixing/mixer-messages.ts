import type { MessagePort } from 'node:worker_threads';
import type { MixMemberOptions, MixReception } from './audio-mixer.ts';

/** What the mixer's thread is made with. */
export interface MixingWorkerData {
  /** Ring of received packets, ring of mixed frames, and figures. */
  readonly packets: SharedArrayBuffer;
  readonly frames: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  readonly port: MessagePort;
}

/** What it is told. */
export type MixerCommand =
  | { readonly kind: 'openMix'; readonly mix: number }
  | { readonly kind: 'closeMix'; readonly mix: number }
  | { readonly kind: 'addMember'; readonly mix: number; readonly member: number; readonly options: MixMemberOptions }
  | { readonly kind: 'removeMember'; readonly member: number }
  | { readonly kind: 'setReception'; readonly member: number; readonly reception: MixReception | undefined }
  | { readonly kind: 'setMuted'; readonly member: number; readonly isMuted: boolean }
  | { readonly kind: 'close' };

/** What it tells. */
export type MixerReport =
  | { readonly kind: 'ready' }
  /** It has ended; why, as a sentence. */
  | { readonly kind: 'absent'; readonly absentBecause: string }
  /** There is something in the ring of frames. */
  | { readonly kind: 'frames' };
