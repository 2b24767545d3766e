import { addMilliseconds, type Instant } from '@dialplane/sansio';

/** A request on its way, under an id that stays the same however often it is sent. */
export interface Request<Body> {
  readonly kind: 'request';
  readonly requestId: string;
  readonly body: Body;
}

export interface Response<Body> {
  readonly kind: 'response';
  readonly requestId: string;
  readonly body: Body;
}

interface Outstanding<Body> {
  readonly request: Request<Body>;
  readonly attempts: number;
  readonly retryAt: Instant;
}

const firstRetryMs = 500;
const longestRetryMs = 8_000;

/**
 * The client side of a request/response link: sends each request until its response is there, waiting longer each time. The
 * server may see a request several times, and in another order than they were made.
 */
export class RequestClient<RequestBody> {
  private readonly outstanding = new Map<string, Outstanding<RequestBody>>();
  private readonly due: Array<Request<RequestBody>> = [];

  get size(): number {
    return this.outstanding.size;
  }

  ask(requestId: string, body: RequestBody, now: Instant): void {
    this.transmit({ kind: 'request', requestId, body }, 0, now);
  }

  /** True when the response was waited for: a repeated one is not news. */
  settle(requestId: string): boolean {
    return this.outstanding.delete(requestId);
  }

  handleTimeout(now: Instant): void {
    for (const { request, attempts, retryAt } of this.outstanding.values()) if (retryAt <= now) this.transmit(request, attempts, now);
  }

  poll(): Request<RequestBody> | undefined {
    return this.due.shift();
  }

  pollTimeout(): Instant | undefined {
    let first: Instant | undefined;
    for (const { retryAt } of this.outstanding.values()) if (first === undefined || retryAt < first) first = retryAt;
    return first;
  }

  private transmit(request: Request<RequestBody>, attempts: number, now: Instant): void {
    const waitMs = Math.min(firstRetryMs * 2 ** attempts, longestRetryMs);
    this.outstanding.set(request.requestId, { request, attempts: attempts + 1, retryAt: addMilliseconds(now, waitMs) });
    this.due.push(request);
  }
}
