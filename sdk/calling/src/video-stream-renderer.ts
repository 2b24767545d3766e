import { clientError } from './communication-services-error.ts';
import { RemoteVideoStreamView } from './media/remote-video-stream.ts';
import type { RemoteVideoStream } from './public/streams.ts';
import type {
  CreateViewOptions, RenderableStream, ScalingMode, VideoStreamRenderer as VideoStreamRendererShape, VideoStreamRendererView,
} from './public/video-stream-renderer.ts';
import { localTrack, localTrackOf } from './streams/local-track.ts';

/** CSS `object-fit` of each scaling mode. */
const objectFit: Record<ScalingMode, string> = { Stretch: 'fill', Crop: 'cover', Fit: 'contain' };

/** What a view shows, and the news of it. */
interface ViewSource {
  readonly mediaStream: MediaStream;
  onChanged(listener: (mediaStream: MediaStream | undefined) => void): () => void;
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

/** An element with a playing `<video>` that fills it. `scalingMode` and `isMirrored` are own properties: applications copy them. */
class VideoView implements VideoStreamRendererView {
  readonly target: HTMLElement;
  scalingMode: ScalingMode;
  readonly isMirrored: boolean;
  private readonly video: HTMLVideoElement;
  private readonly end: ReadonlyArray<() => void>;

  constructor(source: ViewSource, options: CreateViewOptions, onDisposed: () => void) {
    this.scalingMode = options.scalingMode ?? 'Crop';
    this.isMirrored = options.isMirrored ?? false;
    this.video = document.createElement('video');
    this.target = document.createElement('div');
    Object.assign(this.target.style, { width: '100%', height: '100%', overflow: 'hidden' });
    Object.assign(this.video.style, { width: '100%', height: '100%', display: 'block', objectFit: objectFit[this.scalingMode] });
    if (this.isMirrored) this.video.style.transform = 'scaleX(-1)';
    // Without sound and inline, every browser plays without waiting for a gesture; the call's sound is played elsewhere.
    Object.assign(this.video, { autoplay: true, muted: true, playsInline: true });
    this.target.append(this.video);
    this.show(source.mediaStream);
    this.end = [source.onChanged((mediaStream) => this.show(mediaStream)), () => source.release(), onDisposed];
  }

  async updateScalingMode(scalingMode: ScalingMode): Promise<void> {
    if (!(scalingMode in objectFit)) throw clientError('SCALING_MODE_UNKNOWN');
    this.scalingMode = scalingMode;
    this.video.style.objectFit = objectFit[scalingMode];
  }

  dispose(): void {
    this.video.srcObject = null;
    this.target.remove();
    for (const undo of this.end) undo();
  }

  /** A view shows pictures alone: its own MediaStream keeps the sound of the source out. */
  private show(mediaStream: MediaStream | undefined): void {
    const tracks = mediaStream?.getVideoTracks() ?? [];
    this.video.srcObject = tracks.length === 0 ? null : new MediaStream(tracks);
    // Rejected when another source is set before the first picture, and while the page is hidden; autoplay goes on after it.
    this.video.play().catch(() => {});
  }
}

async function openViewSource(stream: RenderableStream): Promise<ViewSource> {
  return localTrack in stream ? openLocalSource(stream) : openRemoteSource(stream as RemoteVideoStream);
}

async function openLocalSource(stream: RenderableStream): Promise<ViewSource> {
  const track = localTrackOf(stream);
  const hold = await track.acquire();
  return { mediaStream: hold.mediaStream, onChanged: (listener) => track.onChanged(listener), release: () => hold.release() };
}

/** A remote stream that stops leaves its view black, and one that starts again, or goes on over another connection, fills it again. */
async function openRemoteSource(stream: RemoteVideoStream): Promise<ViewSource> {
  const mediaStream = await stream.getMediaStream();
  return {
    mediaStream,
    onChanged: (listener) => {
      const update = () => {
        if (!stream.isAvailable) listener(undefined);
        else stream.getMediaStream().then(listener, () => listener(undefined));
      };
      stream.on('isAvailableChanged', update);
      const stop = stream instanceof RemoteVideoStreamView ? stream.onMoved.add(update) : () => {};
      return () => {
        stream.off('isAvailableChanged', update);
        stop();
      };
    },
    release: () => {},
  };
}
