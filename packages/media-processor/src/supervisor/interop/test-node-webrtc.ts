import { createRequire } from 'node:module';
import { after } from 'node:test';

export interface NodeTrack {
  readonly kind: 'audio' | 'video';
}

interface AudioFrame {
  readonly samples: Int16Array;
  readonly sampleRate: number;
  readonly bitsPerSample: number;
  readonly channelCount: number;
  readonly numberOfFrames: number;
}

interface VideoFrame {
  readonly width: number;
  readonly height: number;
  /** I420. */
  readonly data: Uint8ClampedArray;
}

export interface NodeTransceiver {
  readonly mid: string | null;
  readonly direction: string;
  readonly receiver: { readonly track: NodeTrack };
}

export interface NodePeerConnection {
  readonly localDescription: { readonly sdp: string } | null;
  addTransceiver(what: NodeTrack | 'audio' | 'video', init: { readonly direction: string; readonly streams?: readonly unknown[] }): NodeTransceiver;
  getTransceivers(): readonly NodeTransceiver[];
  createOffer(options?: { readonly iceRestart?: boolean }): Promise<{ readonly sdp: string }>;
  setLocalDescription(description: { readonly sdp: string }): Promise<void>;
  setRemoteDescription(description: { readonly type: 'answer'; readonly sdp: string }): Promise<void>;
  close(): void;
}

/** What the tests use of `@roamhq/wrtc`, whose own types need those of a browser. */
interface NodeWebrtc {
  readonly RTCPeerConnection: new (configuration?: { readonly bundlePolicy?: string }) => NodePeerConnection;
  readonly MediaStream: new () => object;
  readonly nonstandard: {
    readonly RTCAudioSource: new () => { createTrack(): NodeTrack; onData(frame: AudioFrame): void };
    readonly RTCAudioSink: new (track: NodeTrack) => { ondata: ((frame: AudioFrame) => void) | null; stop(): void };
    readonly RTCVideoSource: new () => { createTrack(): NodeTrack; onFrame(frame: VideoFrame): void };
    readonly RTCVideoSink: new (track: NodeTrack) => { onframe: ((event: { readonly frame: VideoFrame }) => void) | null; stop(): void };
  };
}

export const webrtc = createRequire(import.meta.url)('@roamhq/wrtc') as NodeWebrtc;

/** `@roamhq/wrtc` keeps a process alive for good once it has made a track. */
export function exitWhenDone(): void {
  after(() => {
    setImmediate(() => process.exit());
  });
}
