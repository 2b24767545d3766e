import type { ComposedSize, ComposedTile } from './video-composer.ts';

/** What the composer's thread is told. */
export type ComposerCommand =
  | { readonly kind: 'openComposition'; readonly composition: number }
  | { readonly kind: 'closeComposition'; readonly composition: number }
  | { readonly kind: 'addSource'; readonly composition: number; readonly source: number }
  | { readonly kind: 'removeSource'; readonly source: number }
  | { readonly kind: 'setTiles'; readonly composition: number; readonly tiles: readonly ComposedTile[] }
  | { readonly kind: 'setBitrate'; readonly composition: number; readonly size: ComposedSize; readonly bitrateBps: number | undefined }
  | { readonly kind: 'needKeyFrame'; readonly composition: number; readonly size: ComposedSize };

/** What it tells: a source is of no use before its next key frame. */
export interface ComposerReport {
  readonly kind: 'keyFrameNeeded';
  readonly source: number;
}
