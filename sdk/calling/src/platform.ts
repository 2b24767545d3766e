import type { CallClientLogger, CallClientOptions } from './public/call-client.ts';

/** Time, so that tests own it. Milliseconds. */
export interface Clock {
  /** Monotonic. */
  now(): number;
  /** Wall clock, Unix epoch. */
  wallClock(): number;
  /** Calls back once, after `delayMs`; returns the function that cancels it. Never keeps a Node process alive on its own. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Everything the library takes from its host. What the host lacks is undefined: a Node process has no document. */
export interface Platform {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly randomUuid: () => string;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly logger: CallClientLogger;
  readonly RTCPeerConnection: typeof RTCPeerConnection | undefined;
  /** Says which codecs there are. */
  readonly RTCRtpReceiver: Pick<typeof RTCRtpReceiver, 'getCapabilities'> | undefined;
  readonly MediaStream: typeof MediaStream | undefined;
  readonly mediaDevices: MediaDevices | undefined;
  readonly document: Document | undefined;
  /** `online`, `offline`, `pagehide`. */
  readonly window: Window | undefined;
  readonly navigator: Navigator | undefined;
}

const systemClock: Clock = {
  now: () => performance.now(),
  wallClock: () => Date.now(),
  after: (delayMs, callback) => {
    const timer: unknown = setTimeout(callback, delayMs);
    if (isNodeTimer(timer)) timer.unref();
    return () => {
      clearTimeout(timer as number);
    };
  },
};

/** The host this code runs in, read when a client is made: nothing is touched at import. */
export function hostPlatform(options: CallClientOptions = {}): Platform {
  const { webrtc, logger } = options;
  return {
    fetch: (input, init) => globalThis.fetch(input, init),
    clock: systemClock,
    randomUuid: () => globalThis.crypto.randomUUID(),
    random: Math.random,
    logger: logger ?? silentLogger,
    RTCPeerConnection: webrtc?.RTCPeerConnection ?? fromHost('RTCPeerConnection'),
    RTCRtpReceiver: webrtc?.RTCRtpReceiver ?? fromHost('RTCRtpReceiver'),
    MediaStream: webrtc?.MediaStream ?? fromHost('MediaStream'),
    mediaDevices: webrtc?.mediaDevices ?? fromHost('navigator')?.mediaDevices,
    document: fromHost('document'),
    window: fromHost('document') === undefined ? undefined : fromHost('window'),
    navigator: fromHost('navigator'),
  };
}

const silentLogger: CallClientLogger = { error: () => {}, warning: () => {}, info: () => {}, verbose: () => {} };

function fromHost<Name extends keyof typeof globalThis>(name: Name): (typeof globalThis)[Name] | undefined {
  return name in globalThis ? globalThis[name] : undefined;
}

function isNodeTimer(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && timer !== null && 'unref' in timer;
}
