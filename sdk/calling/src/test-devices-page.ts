/** What the device tests drive in the page, under `window.sdk`. */
import { createLocalMedia } from './devices/local-media.ts';
import { Features } from './features/features.ts';
import { hostPlatform } from './platform.ts';
import { LocalAudioStream } from './streams/local-audio-stream.ts';
import { localTrackOf } from './streams/local-track.ts';
import { LocalVideoStream } from './streams/local-video-stream.ts';
import { VideoStreamRenderer } from './video-stream-renderer.ts';

const sdk = { createLocalMedia, Features, hostPlatform, LocalAudioStream, LocalVideoStream, localTrackOf, VideoStreamRenderer };
export type DevicesPage = typeof sdk;
Object.assign(globalThis, { sdk });
