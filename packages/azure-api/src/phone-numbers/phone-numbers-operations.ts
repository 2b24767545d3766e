import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AzureError } from '../azure-error.ts';
import { bodyBytes, callerOf } from '../caller.ts';
import { takeTurn } from '../identity-operations.ts';
import { RequestRate, type RequestRateLimit } from '../request-rate.ts';
import { ownedBy, type OwnedBy } from '../telephony-owner.ts';
import { AvailableNumbersOperations } from './available-numbers-operations.ts';
import { LongOperations, versionOf } from './long-operations.ts';
import { invalid, parseCapabilityChange, parseOperatorNumbers } from './number-requests.ts';
import { NumberPool } from './number-pool.ts';
import { pageOf } from './paging.ts';
import type { PhoneNumberSource } from './phone-number-source.ts';
import { purchasedView } from './phone-number-views.ts';
import type { TelephoneNumber } from '@dialplane/calling-api';

interface NumberPath {
  readonly Params: { readonly number: string };
}
interface OperationPath {
  readonly Params: { readonly id: string };
}

const numbersLimit: RequestRateLimit = { requests: 500, windowSeconds: 30 };

/**
 * The operations of `PhoneNumbersClient` (Azure Communication Services, Phone numbers, api-version 2025-06-01). The numbers are those that an operator has on trunks: what
 * is purchased here is claimed from the pool, and what is released goes back into it.
 */
export class PhoneNumbersOperations {
  readonly #numbers: OwnedBy<PhoneNumberSource> | undefined;
  readonly #rate: RequestRate;
  readonly #operations: LongOperations;
  readonly #now: () => number;

  constructor(numbers: OwnedBy<PhoneNumberSource> | undefined, limit: RequestRateLimit | undefined, now: () => number) {
    this.#numbers = numbers;
    this.#rate = new RequestRate(limit ?? numbersLimit, now);
    this.#operations = new LongOperations(() => this.#source().holds, now);
    this.#now = now;
  }

  async register(instance: FastifyInstance): Promise<void> {
    await instance.register(async (numbers) => {
      numbers.addHook('onRequest', async (request: FastifyRequest) => {
        takeTurn(this.#rate, callerOf(request));
        ownedBy(this.#numbers, request);
      });
      new AvailableNumbersOperations(() => this.#source(), new NumberPool(() => this.#source(), this.#now), this.#operations).register(numbers);
      this.#registerPurchased(numbers);
    });
  }

  #registerPurchased(instance: FastifyInstance): void {
    instance.get('/phoneNumbers', (request) => {
      const { page, nextLink } = pageOf(this.#source().list().filter(({ state }) => state === 'owned'), request, 'top');
      return { phoneNumbers: page.map((number) => purchasedView(number)), ...nextLink };
    });
    instance.get<NumberPath>('/phoneNumbers/:number', (request) => purchasedView(this.#purchased(request.params.number)));
    instance.delete<NumberPath>('/phoneNumbers/:number', async (request, reply) => {
      const { number } = this.#purchased(request.params.number);
      await this.#source().put(number, { state: 'pool', target: { kind: 'none' }, calling: 'inbound+outbound' });
      await this.#operations.accept(reply.header('release-id', number.slice(1)), 'releasePhoneNumber');
      return reply.send();
    });
    instance.patch<NumberPath>('/phoneNumbers/:number/capabilities', async (request, reply) => {
      const { number, sms } = this.#purchased(request.params.number);
      const change = parseCapabilityChange(bodyBytes(request));
      if (change.sms !== undefined && change.sms !== 'none' && change.sms !== sms) throw invalid('sms', 'this server sends and receives no messages');
      await this.#source().put(number, change);
      await this.#operations.accept(reply.header('capabilities-id', number.slice(1)), 'updatePhoneNumberCapabilities', `/phoneNumbers/${encodeURIComponent(number)}${versionOf(reply)}`);
      return reply.send();
    });
    instance.get<OperationPath>('/phoneNumbers/operations/:id', async (request, reply) => {
      const operation = this.#operation(request.params.id);
      if (operation.resourceLocation !== undefined) void reply.header('location', operation.resourceLocation);
      return operation;
    });
    // It is over already: cancelling comes too late, and that is no error.
    instance.delete<OperationPath>('/phoneNumbers/operations/:id', async (request, reply) => {
      this.#operation(request.params.id);
      return reply.code(204).send();
    });
    instance.post('/operatorInformation/::search', (request) => ({ values: parseOperatorNumbers(bodyBytes(request)).map((number) => this.#operatorInformation(number)) }));
  }

  #source(): PhoneNumberSource {
    if (this.#numbers === undefined) throw new AzureError('TELEPHONY_UNAVAILABLE');
    return this.#numbers.source;
  }

  #purchased(e164: string): TelephoneNumber {
    const number = this.#source().get(e164);
    if (number?.state !== 'owned') throw new AzureError('PHONE_NUMBER_NOT_FOUND', { target: 'phoneNumber' });
    return number;
  }

  #operation(id: string) {
    const operation = this.#operations.get(id);
    if (operation === undefined) throw new AzureError('OPERATION_NOT_FOUND', { target: 'operationId' });
    return operation;
  }

  /** What numbering plans tell; which operator has a number is known to nobody but the operators. */
  #operatorInformation(phoneNumber: string): object {
    const facts = this.#source().facts(phoneNumber);
    if (facts === undefined) throw invalid('phoneNumbers', `${phoneNumber.slice(0, 32)} is not a phone number in E.164 form`);
    const { nationalFormat, internationalFormat, country, kind } = facts;
    return { phoneNumber, nationalFormat, internationalFormat, ...(country !== undefined && { isoCountryCode: country }), numberType: kind };
  }
}
