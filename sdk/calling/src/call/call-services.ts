import type { CreateRemoteAudioStream, LocalMedia } from '../call-internals.ts';
import type { Platform } from '../platform.ts';
import type { NetworkConfiguration } from '../public/call-client.ts';
import type { EndpointConnection } from '../signaling/endpoint-connection.ts';

/** What every call of an agent stands on. */
export interface CallServices {
  readonly platform: Platform;
  readonly connection: EndpointConnection;
  readonly localMedia: LocalMedia;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly createRemoteAudioStream: CreateRemoteAudioStream;
  readonly selfRawId: string;
  isSignalingConnected(): boolean;
  onSignalingChanged(listener: () => void): () => void;
}
