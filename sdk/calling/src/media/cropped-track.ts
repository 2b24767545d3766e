import type { PictureTile } from './remote-video-stream.ts';

/** A track that shows a part of another one. */
export interface CroppedTrack {
  readonly track: MediaStreamTrack;
  /** Ends it; the other track goes on. */
  close(): void;
}

/** Breakout boxes as Chromium has them (W3C mediacapture-transform, first draft); the standard has moved them to workers since. */
interface BreakoutBoxes {
  readonly MediaStreamTrackProcessor: new (init: { readonly track: MediaStreamTrack }) => { readonly readable: ReadableStream<VideoFrame> };
  readonly MediaStreamTrackGenerator: new (init: { readonly kind: 'video' }) => MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };
}

/** Cuts `tile` out of `source` without touching a pixel. Undefined where the host has no breakout boxes. */
export function cropTrack(source: MediaStreamTrack, tile: PictureTile): CroppedTrack | undefined {
  const host: object = globalThis;
  if (!hasBreakoutBoxes(host)) return undefined;
  const clone = source.clone();
  const generator = new host.MediaStreamTrackGenerator({ kind: 'video' });
  const cut = new TransformStream<VideoFrame, VideoFrame>({
    transform: (frame, controller) => {
      controller.enqueue(new VideoFrame(frame, { visibleRect: rectangle(tile, frame.codedWidth, frame.codedHeight) }));
      frame.close();
    },
  });
  new host.MediaStreamTrackProcessor({ track: clone }).readable
    .pipeThrough(cut)
    .pipeTo(generator.writable)
    // Ended by `close`, or with the source.
    .catch(() => {});
  return {
    track: generator,
    close: () => {
      clone.stop();
      generator.stop();
    },
  };
}

function hasBreakoutBoxes(host: object): host is BreakoutBoxes {
  return 'MediaStreamTrackProcessor' in host && 'MediaStreamTrackGenerator' in host && 'VideoFrame' in host;
}

/** In whole pixels, even ones: colour has half the resolution. */
function rectangle({ x, y, width, height }: PictureTile, codedWidth: number, codedHeight: number): DOMRectInit {
  const even = (pixels: number) => 2 * Math.round(pixels / 2);
  return {
    x: even(x * codedWidth), y: even(y * codedHeight),
    width: Math.max(2, even(width * codedWidth)), height: Math.max(2, even(height * codedHeight)),
  };
}
