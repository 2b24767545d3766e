import type { ServerInfo, ServerOptionList } from '@dialplane/calling-api';
import type { FlowLimits } from './calls/call-flow-recorder.ts';
import type { MessageLimits } from './calls/message-gate.ts';
import type { EndpointLimits } from './endpoints/endpoint-registry.ts';
import type { RequestLimits } from './http/operation-routes.ts';
import type { RateLimit } from './http/rate-limiter.ts';

/** Everything a stranger could grow, and how far. */
export interface SignalingLimits {
  readonly requests: RequestLimits;
  readonly endpoints: EndpointLimits;
  readonly maxCallsPerEndpoint: number;
  readonly messages: MessageLimits;
  /** Telephone numbers that one user calls or adds. */
  readonly telephoneCallsPerUser: RateLimit;
  readonly flow: FlowLimits;
}

export const defaultSignalingLimits: SignalingLimits = {
  requests: { perUser: { perSecond: 50, burst: 250 }, perAddress: { perSecond: 10, burst: 60 } },
  endpoints: {
    maxPerUser: 20,
    keepAliveSeconds: 15,
    abandonedAfterSeconds: 600,
    eventLog: { maxEvents: 512, maxBytes: 512 * 1024 },
  },
  maxCallsPerEndpoint: 10,
  messages: {
    bytesPerSender: { perSecond: 128 * 1024, burst: 512 * 1024 },
    deliveriesPerCall: { perSecond: 5_000, burst: 20_000 },
    deliveredBytesPerCall: { perSecond: 4 * 1024 * 1024, burst: 32 * 1024 * 1024 },
    reactionsPerCall: { perSecond: 5_000, burst: 50_000 },
  },
  telephoneCallsPerUser: { perSecond: 0.2, burst: 10 },
  flow: { maxEvents: 4_000, maxClientEvents: 2_000 },
};

/** What the operator decides, and what only the composition of the server knows. */
export interface SignalingConfiguration {
  /** Shown to clients before they sign in. */
  readonly serverInfo: Omit<ServerInfo, 'developmentSignIn'>;
  /** Shown to operators. */
  readonly serverOptions: ServerOptionList['value'];
  /** Whether people at this machine may sign in without a link. */
  readonly developmentSignIn: boolean;
  /** Where people reach this server with a browser: `https://calls.example.org:8443`. Asked for when a link is made. */
  readonly publicUrl: () => string;
  /** How long records of ended calls are kept. */
  readonly recordRetentionDays: number;
  readonly limits?: SignalingLimits;
}

/** How long a call waits for a lost client; the call engine's own default. */
export const reconnectWindowSeconds = 120;
