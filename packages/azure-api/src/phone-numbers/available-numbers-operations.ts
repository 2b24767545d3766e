import type { TelephoneNumber } from '@dialplane/calling-api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AzureError } from '../azure-error.ts';
import { bodyBytes } from '../caller.ts';
import { parseObject } from '../json-body.ts';
import { versionOf, type LongOperations } from './long-operations.ts';
import { invalid, parseBrowse, parseCountry, parseSearch, parseTypeQuery } from './number-requests.ts';
import type { NumberPool } from './number-pool.ts';
import type { PhoneNumberSource } from './phone-number-source.ts';
import { pageOf } from './paging.ts';
import { availableView, capabilitiesOf, costOf, type AvailablePhoneNumber } from './phone-number-views.ts';

interface CountryPath {
  readonly Params: { readonly country: string };
}
interface IdPath {
  readonly Params: { readonly id: string };
}

const mostBrowsed = 100;
const uuidForm = /^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/;

/** What can be claimed: countries, area codes, offerings, search, browse, reservations, purchase (Azure Phone numbers, api-version 2025-06-01). */
export class AvailableNumbersOperations {
  readonly #source: () => PhoneNumberSource;
  readonly #pool: NumberPool;
  readonly #operations: LongOperations;

  constructor(source: () => PhoneNumberSource, pool: NumberPool, operations: LongOperations) {
    this.#source = source;
    this.#pool = pool;
    this.#operations = operations;
  }

  register(instance: FastifyInstance): void {
    instance.get('/availablePhoneNumbers/countries', (request) => this.#countries(request));
    instance.get<CountryPath>('/availablePhoneNumbers/countries/:country/areaCodes', (request) => this.#areaCodes(request, request.params.country));
    // Numbers of ours are not known to be of a place.
    instance.get<CountryPath>('/availablePhoneNumbers/countries/:country/localities', () => ({ phoneNumberLocalities: [] }));
    instance.get<CountryPath>('/availablePhoneNumbers/countries/:country/offerings', (request) => this.#offerings(request, request.params.country));
    instance.post<CountryPath>('/availablePhoneNumbers/countries/:country/::browse', (request) => ({
      phoneNumbers: this.#pool.matching(parseBrowse(request.params.country, bodyBytes(request)), mostBrowsed).map((number) => availableView(number, 'available')),
    }));
    instance.post<CountryPath>('/availablePhoneNumbers/countries/:country/::search', async (request, reply) => {
      const { searchId } = await this.#pool.search(parseSearch(request.params.country, bodyBytes(request)));
      await this.#operations.accept(reply.header('search-id', searchId), 'search', `/availablePhoneNumbers/searchResults/${searchId}${versionOf(reply)}`);
      return reply.send();
    });
    instance.get<IdPath>('/availablePhoneNumbers/searchResults/:id', (request) => this.#searchResult(request.params.id));
    instance.post('/availablePhoneNumbers/::purchase', async (request, reply) => {
      const { searchId } = parseObject(bodyBytes(request));
      if (typeof searchId !== 'string') throw invalid('searchId', 'it is needed');
      await this.#pool.purchaseSearch(searchId);
      await this.#operations.accept(reply.header('purchase-id', searchId), 'purchase');
      return reply.send();
    });
    this.#registerReservations(instance);
  }

  #registerReservations(instance: FastifyInstance): void {
    instance.get('/availablePhoneNumbers/reservations', (request) => {
      const { page, nextLink } = pageOf(this.#pool.reservations(), request, 'maxPageSize');
      return { reservations: page.map(({ id, expiresAt }) => ({ id, expiresAt: new Date(expiresAt).toISOString(), status: 'active' })), ...nextLink };
    });
    instance.patch<IdPath>('/availablePhoneNumbers/reservations/:id', async (request, reply) => this.#reserve(request, reply, request.params.id));
    instance.get<IdPath>('/availablePhoneNumbers/reservations/:id', (request) => this.#reservationView(request.params.id, []));
    instance.delete<IdPath>('/availablePhoneNumbers/reservations/:id', async (request, reply) => {
      await this.#pool.endReservation(request.params.id);
      return reply.code(204).send();
    });
    instance.post<IdPath>('/availablePhoneNumbers/reservations/:id/::purchase', async (request, reply) => {
      await this.#pool.purchaseReservation(request.params.id);
      await this.#operations.accept(reply.header('reservation-purchase-id', request.params.id), 'reservationPurchase');
      return reply.send();
    });
  }

  #countries(request: FastifyRequest): object {
    const names = new Intl.DisplayNames(['en'], { type: 'region' });
    const codes = [...new Set(this.#pool.all().map(({ country }) => country))].toSorted();
    const { page, nextLink } = pageOf(codes, request, 'maxPageSize');
    return { countries: page.map((countryCode) => ({ localizedName: names.of(countryCode) ?? countryCode, countryCode })), ...nextLink };
  }

  #areaCodes(request: FastifyRequest, country: string): object {
    const kind = parseTypeQuery(request.query, true);
    const codes = this.#inCountry(country, kind).map(({ number }) => this.#source().facts(number)?.areaCode).filter((code) => code !== undefined);
    const { page, nextLink } = pageOf([...new Set(codes)].toSorted(), request, 'maxPageSize');
    return { areaCodes: page.map((areaCode) => ({ areaCode })), ...nextLink };
  }

  #offerings(request: FastifyRequest, country: string): object {
    const offered = new Map<string, object>();
    for (const number of this.#inCountry(country, parseTypeQuery(request.query))) {
      const { phoneNumberType, assignmentType } = number;
      const offering = { phoneNumberType, assignmentType, availableCapabilities: capabilitiesOf(number), cost: costOf(number) };
      offered.set(JSON.stringify(offering), offering);
    }
    const { page, nextLink } = pageOf([...offered.values()], request, 'maxPageSize');
    return { phoneNumberOfferings: page, ...nextLink };
  }

  #inCountry(country: string, wanted: ReturnType<typeof parseTypeQuery>): readonly TelephoneNumber[] {
    const code = parseCountry(country);
    return this.#pool.all().filter((number) => number.country === code
      && (wanted.phoneNumberType === undefined || number.phoneNumberType === wanted.phoneNumberType)
      && (wanted.assignmentType === undefined || number.assignmentType === wanted.assignmentType));
  }

  #searchResult(id: string): object {
    const { searchId, request, numbers, expiresAt } = this.#pool.found(id);
    const [first] = numbers;
    const amount = numbers.reduce((sum, { monthlyCost }) => sum + monthlyCost, 0);
    return {
      searchId, phoneNumbers: numbers.map(({ number }) => number), phoneNumberType: request.phoneNumberType, assignmentType: request.assignmentType, capabilities: request.capabilities,
      cost: { amount, currencyCode: first?.currency ?? 'USD', billingFrequency: 'monthly' }, searchExpiresBy: new Date(expiresAt).toISOString(), isAgreementToNotResellRequired: false, errorCode: 0, error: 'NoError',
    };
  }

  async #reserve(request: FastifyRequest, reply: FastifyReply, id: string): Promise<FastifyReply> {
    if (!uuidForm.test(id)) throw invalid('reservationId', 'it is a UUID');
    const { phoneNumbers } = parseObject(bodyBytes(request));
    if (typeof phoneNumbers !== 'object' || phoneNumbers === null || Array.isArray(phoneNumbers)) throw new AzureError('PHONE_NUMBER_REQUEST_INVALID', { target: 'phoneNumbers', detail: 'phoneNumbers is an object' });
    const { isNew, refused } = await this.#pool.reserve(id, phoneNumbers as Readonly<Record<string, unknown>>);
    const status = refused.length > 0 ? 207 : isNew ? 201 : 200;
    return reply.code(status).send(this.#reservationView(id, refused));
  }

  #reservationView(id: string, refused: readonly AvailablePhoneNumber[]): object {
    const reservation = this.#pool.reservation(id);
    const phoneNumbers = [...this.#pool.reserved(reservation), ...refused].map((number) => [number.id, number] as const);
    return { id, expiresAt: new Date(reservation.expiresAt).toISOString(), status: 'active', phoneNumbers: Object.fromEntries(phoneNumbers) };
  }
}
