import type { Randomness } from '@dialplane/sansio';
import { responseTo } from '../message/response-to.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { textHash } from './text-hash.ts';

/** Who warns (RFC 3261 §20.43) where the proxy answers because the next hop did not: user agents behind it tell by this that the status is not that of whom they called. */
export const proxyWarnAgent = 'dialplane-proxy';

/** Responses of the proxy itself. The tag in To follows from the request, so that each repetition of it gets the same (RFC 3261 §8.2.7). */
export class OwnResponses {
  private readonly seed: string;

  constructor(randomness: Randomness) {
    this.seed = randomness.nextUint32().toString(36) + randomness.nextUint32().toString(36);
  }

  to(request: SipRequest, status: number, more: { readonly reason?: string | undefined; readonly headers?: ReadonlyArray<readonly [name: string, value: string]> | undefined } = {}): SipResponse {
    const { reason, headers } = more;
    return responseTo(request, status, { toTag: this.tagFor(request), ...(reason !== undefined && { reason }), ...(headers !== undefined && { headers }) });
  }

  private tagFor({ headers }: SipRequest): string {
    return textHash([this.seed, headers.first('Call-ID') ?? '', headers.first('From') ?? '', headers.first('CSeq') ?? '']);
  }
}
