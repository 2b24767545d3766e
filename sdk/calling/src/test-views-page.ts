/** The script of a page with views of one remote stream, whose picture the test moves between tracks and tiles. */
import { RemoteVideoStreamView, type PictureTile } from './media/remote-video-stream.ts';
import { hostPlatform } from './platform.ts';
import type { ScalingMode, VideoStreamRendererView } from './public/video-stream-renderer.ts';
import { VideoStreamRenderer } from './video-stream-renderer.ts';

/** Colours of the four quarters of the composed picture, row by row. */
const quarters = ['rgb(255, 0, 0)', 'rgb(0, 255, 0)', 'rgb(0, 0, 255)', 'rgb(255, 255, 255)'] as const;

/** A canvas of two by two quarters, or of one colour. */
function drawn(colours: readonly string[], width: number, height: number): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  const columns = Math.sqrt(colours.length);
  setInterval(() => {
    for (const [index, colour] of colours.entries()) {
      if (context === null) return;
      context.fillStyle = colour;
      context.fillRect((index % columns) * (width / columns), Math.floor(index / columns) * (height / columns), width / columns, height / columns);
    }
  }, 40);
  const [track] = canvas.captureStream(25).getVideoTracks();
  if (track === undefined) throw new Error('A canvas gave no track.');
  return track;
}

class Views {
  private readonly composed = drawn(quarters, 640, 360);
  private readonly own = drawn(['rgb(255, 0, 255)'], 320, 180);
  private readonly stream = new RemoteVideoStreamView({ id: 1, mediaStreamType: 'Video', platform: hostPlatform(), onDemandChanged: () => {} });
  private view: VideoStreamRendererView | undefined;

  constructor() {
    this.stream.setAvailable(true);
  }

  /** A view of `width` by `height` pixels, of which the upper left corner is that of the page. */
  async show(width: number, height: number, scalingMode: ScalingMode): Promise<void> {
    this.view = await new VideoStreamRenderer(this.stream).createView({ scalingMode });
    const place = document.createElement('div');
    Object.assign(place.style, { width: `${width}px`, height: `${height}px`, background: 'black' });
    place.append(this.view.target);
    document.querySelector('#root')?.replaceChildren(place);
  }

  scale(scalingMode: ScalingMode): void {
    void this.view?.updateScalingMode(scalingMode);
  }

  forward(): void {
    this.stream.setPicture({ track: this.own });
  }

  compose(tile: PictureTile): void {
    this.stream.setPicture({ track: this.composed, tile });
  }

  /** A track on which nothing arrives. */
  forwardNothing(): void {
    const [track] = document.createElement('canvas').captureStream(0).getVideoTracks();
    if (track !== undefined) this.stream.setPicture({ track });
  }

  demand(): unknown {
    return this.stream.demand;
  }

  /** Size and upper left colour of what `getMediaStream` gives, once that is `width` wide. */
  async raw(width: number): Promise<string> {
    const mediaStream = await this.stream.getMediaStream();
    const video = document.createElement('video');
    Object.assign(video, { muted: true, autoplay: true, srcObject: mediaStream });
    while (video.videoWidth !== width) await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    const context = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext('2d');
    context?.drawImage(video, 0, 0);
    return `${video.videoWidth} x ${video.videoHeight}, ${nameOf(context?.getImageData(4, 4, 1, 1).data)}`;
  }

  /** Names of the colours at these places of a picture of the page. */
  async colours(png: string, places: ReadonlyArray<readonly [number, number]>): Promise<string[]> {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    return places.map(([x, y]) => nameOf(context?.getImageData(x, y, 1, 1).data));
  }
}

export type { Views };

/** Video is lossy: a component counts as full or absent. */
function nameOf(pixel: ArrayLike<number> | undefined): string {
  const bits = [0, 1, 2].map((index) => ((pixel?.[index] ?? 0) > 128 ? 1 : 0)).join('');
  return { '000': 'black', '100': 'red', '010': 'green', '001': 'blue', '111': 'white', '101': 'magenta' }[bits] ?? bits;
}

Object.assign(globalThis, { views: new Views() });
