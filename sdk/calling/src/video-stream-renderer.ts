import { clientError } from './communication-services-error.ts';
import { RemoteVideoStreamView, type Picture } from './media/remote-video-stream.ts';
import type {
  CreateViewOptions, RenderableStream, ScalingMode, VideoStreamRenderer as VideoStreamRendererShape, VideoStreamRendererView,
} from './public/video-stream-renderer.ts';
import { localTrack, localTrackOf } from './streams/local-track.ts';
import { VideoPane } from './video-pane.ts';

const scalingModes = new Set<ScalingMode>(['Stretch', 'Crop', 'Fit']);

/** What a view shows, and the news of it. */
interface ViewSource {
  readonly picture: Picture | undefined;
  onChanged(listener: (picture: Picture | undefined) => void): () => void;
  /** The view's own size, in pixels of the screen. */
  resized(width: number, height: number): void;
  release(): void;
}

/** Makes views of a local or remote video stream. A view of a camera keeps it on; the views of one stream are independent. */
class VideoStreamRendererImplementation implements VideoStreamRendererShape {
  private readonly stream: RenderableStream;
  private readonly views = new Set<VideoView>();
  private isDisposed = false;

  constructor(stream: RenderableStream) {
    this.stream = stream;
  }

  /**
   * Resolves as soon as the stream is attached; the first picture may come later. Rejects with `STREAM_UNAVAILABLE` for a remote
   * stream that is not sent, `DEVICE_UNAVAILABLE` for a camera that cannot be opened, `RENDERER_DISPOSED` after `dispose`.
   */
  async createView(options: CreateViewOptions = {}): Promise<VideoStreamRendererView> {
    this.refuseDisposed();
    const source = await openViewSource(this.stream);
    if (this.isDisposed) source.release();
    this.refuseDisposed();
    const view = new VideoView(source, options, () => this.views.delete(view));
    this.views.add(view);
    return view;
  }

  dispose(): void {
    this.isDisposed = true;
    for (const view of this.views) view.dispose();
  }

  private refuseDisposed(): void {
    if (this.isDisposed) throw clientError('RENDERER_DISPOSED');
  }
}

export type VideoStreamRenderer = VideoStreamRendererShape;
/** See the interface of the same name. */
export const VideoStreamRenderer: new (stream: RenderableStream) => VideoStreamRendererShape = VideoStreamRendererImplementation;

/**
 * An element with a playing `<video>` that fills it. Where the picture moves to another track, the old one stays until the new one has something to show.
 * `scalingMode` and `isMirrored` are own properties: applications copy them.
 */
class VideoView implements VideoStreamRendererView {
  readonly target: HTMLElement;
  scalingMode: ScalingMode;
  readonly isMirrored: boolean;
  private shown: VideoPane | undefined;
  /** Takes the place of the shown one with its first picture. */
  private next: VideoPane | undefined;
  private readonly end: ReadonlyArray<() => void>;

  constructor(source: ViewSource, options: CreateViewOptions, onDisposed: () => void) {
    this.scalingMode = options.scalingMode ?? 'Crop';
    this.isMirrored = options.isMirrored ?? false;
    this.target = document.createElement('div');
    Object.assign(this.target.style, { width: '100%', height: '100%', overflow: 'hidden' });
    this.show(source.picture);
    const resizes = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = this.target;
      source.resized(Math.round(clientWidth * devicePixelRatio), Math.round(clientHeight * devicePixelRatio));
    });
    resizes.observe(this.target);
    this.end = [source.onChanged((picture) => this.show(picture)), () => resizes.disconnect(), () => source.release(), onDisposed];
  }

  async updateScalingMode(scalingMode: ScalingMode): Promise<void> {
    if (!scalingModes.has(scalingMode)) throw clientError('SCALING_MODE_UNKNOWN');
    this.scalingMode = scalingMode;
    for (const pane of [this.shown, this.next]) pane?.setScalingMode(scalingMode);
  }

  dispose(): void {
    this.show(undefined);
    this.target.remove();
    for (const undo of this.end) undo();
  }

  private show(picture: Picture | undefined): void {
    const known = [this.next, this.shown].find((pane) => pane?.track === picture?.track && pane?.isTile === (picture?.tile !== undefined));
    if (picture?.tile !== undefined) known?.setTile(picture.tile);
    if (known !== this.next) {
      this.next?.dispose();
      this.next = undefined;
    }
    if (picture === undefined) {
      this.shown?.dispose();
      this.shown = undefined;
    } else if (known === undefined) this.open(new VideoPane(picture, this.scalingMode, this.isMirrored));
  }

  private open(pane: VideoPane): void {
    this.next = pane;
    const take = () => {
      if (pane !== this.next) return;
      this.next = undefined;
      this.target.append(pane.element);
      this.shown?.dispose();
      this.shown = pane;
    };
    if (this.shown === undefined) take();
    else pane.whenShowing(take);
  }
}

async function openViewSource(stream: RenderableStream): Promise<ViewSource> {
  if (localTrack in stream) return openLocalSource(stream);
  if (stream instanceof RemoteVideoStreamView) return openRemoteSource(stream);
  throw clientError('STREAM_UNAVAILABLE');
}

async function openLocalSource(stream: RenderableStream): Promise<ViewSource> {
  const track = localTrackOf(stream);
  const hold = await track.acquire();
  return {
    picture: pictureOf(hold.mediaStream), onChanged: (listener) => track.onChanged((mediaStream) => listener(pictureOf(mediaStream))), resized: () => {},
    release: () => hold.release(),
  };
}

/** A remote stream that stops leaves its view black, and one that starts again fills it again. */
function openRemoteSource(stream: RemoteVideoStreamView): ViewSource {
  if (!stream.isAvailable) throw clientError('STREAM_UNAVAILABLE');
  const watch = stream.watch();
  return {
    picture: stream.picture,
    onChanged: (listener) =>
      stream.onPictureChanged.add(() => {
        // Between two tracks the old picture stays.
        if (stream.picture !== undefined || !stream.isAvailable) listener(stream.picture);
      }),
    resized: (width, height) => watch.resize({ width, height }),
    release: () => watch.release(),
  };
}

/** Pictures alone: the sound of the source stays out. */
function pictureOf(mediaStream: MediaStream | undefined): Picture | undefined {
  const [track] = mediaStream?.getVideoTracks() ?? [];
  return track === undefined ? undefined : { track };
}
