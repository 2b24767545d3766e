import type { Picture, PictureTile } from './media/remote-video-stream.ts';
import type { ScalingMode } from './public/video-stream-renderer.ts';

/** CSS `object-fit` of each scaling mode. */
const objectFit: Record<ScalingMode, string> = { Stretch: 'fill', Crop: 'cover', Fit: 'contain' };

/** A playing `<video>` that shows one picture: the whole of a track, or a tile of it. */
export class VideoPane {
  readonly track: MediaStreamTrack;
  /** Fills what it is put into. */
  readonly element: HTMLElement;
  private readonly video = document.createElement('video');
  private readonly frame: HTMLElement | undefined;
  private tile: PictureTile | undefined;
  private scalingMode: ScalingMode;

  constructor({ track, tile }: Picture, scalingMode: ScalingMode, isMirrored: boolean) {
    this.track = track;
    this.tile = tile;
    this.scalingMode = scalingMode;
    // Without sound and inline, every browser plays without waiting for a gesture; the call's sound is played elsewhere.
    Object.assign(this.video, { autoplay: true, muted: true, playsInline: true });
    Object.assign(this.video.style, { width: '100%', height: '100%', display: 'block' });
    this.frame = tile === undefined ? undefined : frameAround(this.video);
    this.element = this.frame === undefined ? this.video : stageAround(this.frame);
    if (isMirrored) this.element.style.transform = 'scaleX(-1)';
    this.video.addEventListener('resize', this.layOut);
    this.layOut();
    this.video.srcObject = new MediaStream([track]);
    // Rejected when the pane is disposed of before the first picture, and while the page is hidden; autoplay goes on after it.
    this.video.play().catch(() => {});
  }

  get isTile(): boolean {
    return this.tile !== undefined;
  }

  setScalingMode(scalingMode: ScalingMode): void {
    this.scalingMode = scalingMode;
    this.layOut();
  }

  /** Another part of the same track. */
  setTile(tile: PictureTile): void {
    this.tile = tile;
    this.layOut();
  }

  /** Calls back once, when the first picture is there. */
  whenShowing(listener: () => void): void {
    if (this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) listener();
    else this.video.addEventListener('loadeddata', listener, { once: true });
  }

  dispose(): void {
    this.video.removeEventListener('resize', this.layOut);
    this.video.srcObject = null;
    this.element.remove();
  }

  private readonly layOut = (): void => {
    const { tile, frame, video, scalingMode } = this;
    if (tile === undefined || frame === undefined) {
      video.style.objectFit = objectFit[scalingMode];
      return;
    }
    const aspect = ((tile.width * video.videoWidth) / (tile.height * video.videoHeight)) || 1;
    Object.assign(frame.style, frameSize(scalingMode, aspect));
    this.element.style.aspectRatio = String(aspect);
    // The frame is the window; the picture behind it is as much larger as the tile is smaller than the whole.
    Object.assign(video.style, {
      width: percent(1 / tile.width), height: percent(1 / tile.height), left: percent(-tile.x / tile.width), top: percent(-tile.y / tile.height),
    });
  };
}

/** The frame of a tile with `aspect` (width to height) within its stage, as `object-fit` would do it. */
function frameSize(scalingMode: ScalingMode, aspect: number): { readonly width: string; readonly height: string } {
  if (scalingMode === 'Stretch') return { width: '100%', height: '100%' };
  const choose = scalingMode === 'Fit' ? 'min' : 'max';
  return { width: `${choose}(100cqw, 100cqh * ${aspect})`, height: `${choose}(100cqh, 100cqw / ${aspect})` };
}

function frameAround(video: HTMLVideoElement): HTMLElement {
  const frame = document.createElement('div');
  Object.assign(frame.style, { position: 'absolute', left: '50%', top: '50%', transform: 'translate(-50%, -50%)', overflow: 'hidden' });
  Object.assign(video.style, { position: 'absolute', maxWidth: 'none', maxHeight: 'none', objectFit: 'fill' });
  frame.append(video);
  return frame;
}

function stageAround(frame: HTMLElement): HTMLElement {
  const stage = document.createElement('div');
  Object.assign(stage.style, { position: 'relative', width: '100%', height: '100%', overflow: 'hidden', containerType: 'size' });
  stage.append(frame);
  return stage;
}

function percent(fraction: number): string {
  return `${fraction * 100}%`;
}
