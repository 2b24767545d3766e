import { ApiError } from '../http/api-error.ts';
import { RateLimiter, type RateLimit } from '../http/rate-limiter.ts';
import type { Clock } from '../clock.ts';

/** How much data may be sent by messages. Bytes are those of base64. */
export interface MessageLimits {
  /** What one endpoint sends in one call. */
  readonly bytesPerSender: RateLimit;
  /** Messages that one call delivers; one to fifty people counts fifty times. */
  readonly deliveriesPerCall: RateLimit;
  readonly deliveredBytesPerCall: RateLimit;
}

/** Holds messages to their limits, so that nobody can flood the event streams of a call or the server that writes them. */
export class MessageGate {
  private readonly senders: RateLimiter;
  private readonly deliveries: RateLimiter;
  private readonly deliveredBytes: RateLimiter;

  constructor({ bytesPerSender, deliveriesPerCall, deliveredBytesPerCall }: MessageLimits, clock: Clock) {
    this.senders = new RateLimiter(bytesPerSender, clock);
    this.deliveries = new RateLimiter(deliveriesPerCall, clock);
    this.deliveredBytes = new RateLimiter(deliveredBytesPerCall, clock);
  }

  /** Throws `MESSAGE_RATE_LIMITED` for a message that is too much now. */
  admit(callId: string, endpointId: string, bytes: number, recipients: number): void {
    const retryAfterSeconds =
      this.senders.take(`${callId} ${endpointId}`, bytes) || this.deliveries.take(callId, recipients) || this.deliveredBytes.take(callId, bytes * recipients);
    if (retryAfterSeconds > 0) throw new ApiError('MESSAGE_RATE_LIMITED', { retryAfterSeconds });
  }
}
