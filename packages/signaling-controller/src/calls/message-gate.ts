import type { Clock } from '../clock.ts';
import { ApiError } from '../http/api-error.ts';
import { RateLimiter, type RateLimit } from '../http/rate-limiter.ts';

/** How much may be sent to many by messages and reactions. Bytes are those of base64. */
export interface MessageLimits {
  /** What one endpoint sends in one call. */
  readonly bytesPerSender: RateLimit;
  /** Messages that one call delivers; one to fifty people counts fifty times. */
  readonly deliveriesPerCall: RateLimit;
  readonly deliveredBytesPerCall: RateLimit;
  /** Reactions that one call delivers, counted likewise. */
  readonly reactionsPerCall: RateLimit;
}

/** Holds messages and reactions to their limits, so that nobody can flood the event streams of a call or the server that writes them. */
export class MessageGate {
  private readonly senders: RateLimiter;
  private readonly deliveries: RateLimiter;
  private readonly deliveredBytes: RateLimiter;
  private readonly reactions: RateLimiter;

  constructor({ bytesPerSender, deliveriesPerCall, deliveredBytesPerCall, reactionsPerCall }: MessageLimits, clock: Clock) {
    this.senders = new RateLimiter(bytesPerSender, clock);
    this.deliveries = new RateLimiter(deliveriesPerCall, clock);
    this.deliveredBytes = new RateLimiter(deliveredBytesPerCall, clock);
    this.reactions = new RateLimiter(reactionsPerCall, clock);
  }

  /** Throws `MESSAGE_RATE_LIMITED` for a message that is too much now. */
  admitMessage(callId: string, endpointId: string, bytes: number, recipients: number): void {
    admit(this.senders.take(`${callId} ${endpointId}`, bytes) || this.deliveries.take(callId, recipients) || this.deliveredBytes.take(callId, bytes * recipients));
  }

  /** As {@link admitMessage}. */
  admitReaction(callId: string, recipients: number): void {
    admit(this.reactions.take(callId, recipients));
  }
}

function admit(retryAfterSeconds: number): void {
  if (retryAfterSeconds > 0) throw new ApiError('MESSAGE_RATE_LIMITED', { retryAfterSeconds });
}
