/** What an application says of itself, for the call records. */
export interface DiagnosticOptions {
  readonly appName?: string;
  readonly appVersion?: string;
  readonly tags?: readonly string[];
}

export interface TurnServer {
  /** `turn:host:port` (over UDP), `turn:host:port?transport=tcp`, `turns:host:port` (over TLS); one or several. */
  readonly urls: string | readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

export interface NetworkConfiguration {
  /** A reverse proxy that signaling requests go through: its URL takes the place of the server's origin. */
  readonly proxy?: { readonly url: string };
  /**
   * TURN servers to use in place of the ones that the server names. With them only relayed candidates are used: media goes
   * through one of them or not at all. They must be able to reach the other side, or its relay.
   */
  readonly turn?: { readonly iceServers: readonly TurnServer[] };
}

/** Any object with these methods, such as `createClientLogger(…)` of `@azure/logger`. */
export interface CallClientLogger {
  error(...args: unknown[]): void;
  warning(...args: unknown[]): void;
  info(...args: unknown[]): void;
  verbose(...args: unknown[]): void;
}

/** WebRTC where the host has none of its own: in Node, for instance from `@roamhq/wrtc`. */
export interface WebrtcImplementation {
  readonly RTCPeerConnection: typeof RTCPeerConnection;
  /** Says which codecs there are; without it the client speaks Opus wherever the server has it. */
  readonly RTCRtpReceiver?: Pick<typeof RTCRtpReceiver, 'getCapabilities'>;
  readonly MediaStream?: typeof MediaStream;
  readonly mediaDevices?: MediaDevices;
}

export interface CallClientOptions {
  readonly logger?: CallClientLogger;
  readonly diagnostics?: DiagnosticOptions;
  readonly networkConfiguration?: NetworkConfiguration;
  /** Base URL of the server. Without it, the one named by the access token. */
  readonly endpoint?: string;
  readonly webrtc?: WebrtcImplementation;
}

/** What the library uses of `CommunicationTokenCredential` (`@azure/communication-common`). */
export interface TokenCredential {
  getToken(): Promise<{ readonly token: string }>;
  dispose(): void;
}
