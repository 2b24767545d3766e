import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bodyBytes, callerOf } from '../caller.ts';
import { takeTurn } from '../identity-operations.ts';
import { RequestRate, type RequestRateLimit } from '../request-rate.ts';
import { ownedBy, type OwnedBy } from '../telephony-owner.ts';
import { parseSipPatch, unprocessable } from './sip-patch.ts';
import type { SipRoutingSource } from './sip-routing-source.ts';

const routingLimit: RequestRateLimit = { requests: 500, windowSeconds: 30 };

/** The operations of `SipRoutingClient` (Azure Communication Services, SIP routing, api-version 2023-03-01): trunks and voice routes, read and patched as one document. */
export class SipRoutingOperations {
  readonly #sipRouting: OwnedBy<SipRoutingSource> | undefined;
  readonly #rate: RequestRate;

  constructor(sipRouting: OwnedBy<SipRoutingSource> | undefined, limit: RequestRateLimit | undefined, now: () => number) {
    this.#sipRouting = sipRouting;
    this.#rate = new RequestRate(limit ?? routingLimit, now);
  }

  register(instance: FastifyInstance): void {
    const limited = { onRequest: async (request: FastifyRequest) => takeTurn(this.#rate, callerOf(request)) };
    instance.get('/sip', limited, (request) => ownedBy(this.#sipRouting, request).configuration());
    instance.patch('/sip', limited, (request) => this.#patch(request));
  }

  async #patch(request: FastifyRequest): Promise<ReturnType<SipRoutingSource['configuration']>> {
    const source = ownedBy(this.#sipRouting, request);
    const outcome = await source.patch(parseSipPatch(bodyBytes(request)));
    if (!outcome.ok) throw unprocessable(outcome.code, outcome.sentence);
    return source.configuration();
  }
}
