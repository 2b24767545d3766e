import type { IncomingCallControl } from '@dialplane/applications-api';
import type { Identity } from '@dialplane/identity';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AzureError } from '../azure-error.ts';
import { bodyBytes, callerOf } from '../caller.ts';
import { takeTurn } from '../identity-operations.ts';
import { parseObject } from '../json-body.ts';
import { RequestRate, type RequestRateLimit } from '../request-rate.ts';
import { ownedBy, type OwnedBy } from '../telephony-owner.ts';
import { valueOf } from './connection-outcome.ts';
import { requestIdOf } from './connection-requests.ts';
import { parseIdentifier, type Party } from './identifier.ts';

const callingLimit: RequestRateLimit = { requests: 1000, windowSeconds: 30 };
const mostContextCharacters = 4096;

/** What an application says to a call without taking it. */
export type DecidedCalls = Pick<IncomingCallControl, 'redirect' | 'reject'>;

/** Operations whose rate is that of all of Call Automation. */
export interface LimitedOperations {
  register(instance: FastifyInstance, limited: { readonly onRequest: (request: FastifyRequest) => Promise<void> }): void;
}

/**
 * Call Automation (Azure Communication Services, api-version 2026-03-12): what an application may say to an incoming call, redirect and reject; by answering it becomes a party
 * of the call, which further operations are about.
 */
export class IncomingCallOperations {
  readonly #identity: Identity;
  readonly #calls: OwnedBy<DecidedCalls> | undefined;
  readonly #further: readonly LimitedOperations[];
  readonly #rate: RequestRate;

  constructor(identity: Identity, calls: OwnedBy<DecidedCalls> | undefined, further: readonly LimitedOperations[], limit: RequestRateLimit | undefined, now: () => number) {
    this.#identity = identity;
    this.#calls = calls;
    this.#further = further;
    this.#rate = new RequestRate(limit ?? callingLimit, now);
  }

  /** `::` is a literal colon. */
  register(instance: FastifyInstance): void {
    const limited = { onRequest: async (request: FastifyRequest) => takeTurn(this.#rate, callerOf(request)) };
    instance.post('/calling/callConnections::redirect', limited, async (request, reply) => {
      await this.#redirect(request);
      return reply.code(204).send();
    });
    instance.post('/calling/callConnections::reject', limited, async (request, reply) => {
      const { incomingCallContext, callRejectReason } = parseObject(bodyBytes(request));
      const reason = callRejectReason ?? 'none';
      if (reason !== 'none' && reason !== 'busy' && reason !== 'forbidden') throw new AzureError('CALL_REQUEST_INVALID', { target: 'callRejectReason', detail: 'callRejectReason is none, busy or forbidden' });
      valueOf(await ownedBy(this.#calls, request).reject(contextOf(incomingCallContext), reason, requestIdOf(request)));
      return reply.code(204).send();
    });
    for (const operations of this.#further) operations.register(instance, limited);
  }

  async #redirect(request: FastifyRequest): Promise<void> {
    const { incomingCallContext, target } = parseObject(bodyBytes(request));
    const context = contextOf(incomingCallContext);
    const party = parseIdentifier(target);
    if (party === undefined) throw new AzureError('CALL_REQUEST_INVALID', { target: 'target', detail: 'target is a communication user or a phone number in E.164 form' });
    await this.#requireUser(party);
    valueOf(await ownedBy(this.#calls, request).redirect(context, party, requestIdOf(request)));
  }

  /** A call that is redirected to nobody would be lost; while it waits, the application can choose again. */
  async #requireUser(party: Party): Promise<void> {
    if (party.kind === 'user' && !(await this.#identity.userExists(party.identifier))) throw new AzureError('USER_NOT_FOUND', { target: 'target' });
  }
}

function contextOf(given: unknown): string {
  if (typeof given === 'string' && given !== '' && given.length <= mostContextCharacters) return given;
  throw new AzureError('CALL_REQUEST_INVALID', { target: 'incomingCallContext', detail: 'incomingCallContext is needed, as the IncomingCall event had it' });
}
