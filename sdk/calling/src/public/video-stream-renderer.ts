import type { LocalVideoStream, RemoteVideoStream } from './streams.ts';

export type ScalingMode = 'Stretch' | 'Crop' | 'Fit';

export interface CreateViewOptions {
  readonly isMirrored?: boolean;
  readonly scalingMode?: ScalingMode;
}

/** An element that shows a stream; put `target` into the page. */
export interface VideoStreamRendererView {
  readonly target: HTMLElement;
  readonly scalingMode: ScalingMode;
  readonly isMirrored: boolean;
  updateScalingMode(scalingMode: ScalingMode): Promise<void>;
  dispose(): void;
}

/** Makes views of one stream. */
export interface VideoStreamRenderer {
  createView(options?: CreateViewOptions): Promise<VideoStreamRendererView>;
  dispose(): void;
}

export type RenderableStream = LocalVideoStream | RemoteVideoStream;
