import type { MessagePort } from 'node:worker_threads';
import type { ComposedSize, ComposedTile } from './video-composer.ts';

/** What the composer's thread is made with. */
export interface ComposingWorkerData {
  /** Ring of frames from the sources, ring of composed frames, and figures. */
  readonly sources: SharedArrayBuffer;
  readonly composed: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  readonly port: MessagePort;
}

/** What it is told. */
export type ComposerCommand =
  | { readonly kind: 'openComposition'; readonly composition: number }
  | { readonly kind: 'closeComposition'; readonly composition: number }
  | { readonly kind: 'addSource'; readonly composition: number; readonly source: number }
  | { readonly kind: 'removeSource'; readonly source: number }
  | { readonly kind: 'setTiles'; readonly composition: number; readonly tiles: readonly ComposedTile[] }
  | { readonly kind: 'setBitrate'; readonly composition: number; readonly size: ComposedSize; readonly bitrateBps: number | undefined }
  | { readonly kind: 'needKeyFrame'; readonly composition: number; readonly size: ComposedSize }
  | { readonly kind: 'close' };

/** What it tells. */
export type ComposerReport =
  | { readonly kind: 'ready' }
  /** It has ended; why, as a sentence. */
  | { readonly kind: 'absent'; readonly absentBecause: string }
  /** There is something in the ring of composed frames. */
  | { readonly kind: 'frames' }
  | { readonly kind: 'keyFrameNeeded'; readonly source: number };
