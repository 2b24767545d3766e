import { randomUUID } from 'node:crypto';
import type { TelephoneNumber } from '@dialplane/calling-api';
import { AzureError } from '../azure-error.ts';
import { NumberHolds, type NumberReservation, type NumberSearch } from './number-holds.ts';
import { invalid, type NumberWish, type SearchRequest } from './number-requests.ts';
import type { PhoneNumberSource } from './phone-number-source.ts';
import { availableView, includesCapability, type AvailablePhoneNumber, type Capabilities } from './phone-number-views.ts';

const mostInReservation = 100;

/** Numbers in the pool that nobody holds, what is held, and the way from there to being purchased. Purchasing is claiming: operators have bought them already. */
export class NumberPool {
  readonly #source: () => PhoneNumberSource;
  readonly #now: () => number;
  #keptHolds: NumberHolds | undefined;

  constructor(source: () => PhoneNumberSource, now: () => number) {
    this.#source = source;
    this.#now = now;
  }

  /** Of telephony, which is there when the first request is. */
  get #holds(): NumberHolds {
    this.#keptHolds ??= new NumberHolds(this.#source().holds, this.#now);
    return this.#keptHolds;
  }

  /** Numbers of the pool, whoever holds them. */
  all(): readonly TelephoneNumber[] {
    return this.#source().list().filter(({ state }) => state === 'pool');
  }

  /** Free numbers as they are wished, so many at most. */
  matching(wish: NumberWish, most: number): readonly TelephoneNumber[] {
    const found: TelephoneNumber[] = [];
    for (const number of this.all()) {
      if (found.length === most) break;
      const { calling = 'none', sms = 'none' } = wish.capabilities;
      const isSuitable = number.country === wish.country && number.phoneNumberType === wish.phoneNumberType && (wish.assignmentType === undefined || number.assignmentType === wish.assignmentType)
        && includesCapability(number.calling, calling) && includesCapability(number.sms, sms)
        && (wish.areaCode === undefined || this.#source().facts(number.number)?.areaCode === wish.areaCode)
        && (wish.prefixes.length === 0 || wish.prefixes.some((prefix) => number.number.startsWith(`+${prefix}`)));
      if (isSuitable && !this.#holds.isHeld(number.number)) found.push(number);
    }
    return found;
  }

  /** Finds as many numbers as are asked for, and keeps them. Throws {@link AzureError}. */
  async search(request: SearchRequest): Promise<NumberSearch> {
    if (this.#holds.isFull) throw new AzureError('TOO_MANY_HELD', { retryAfterSeconds: 60 });
    const numbers = this.matching(request, request.quantity);
    if (numbers.length < request.quantity) throw new AzureError('PHONE_NUMBERS_OUT_OF_STOCK', { detail: `${request.quantity} asked for, ${numbers.length} there` });
    return this.#holds.keepSearch(randomUUID(), request, numbers);
  }

  found(searchId: string): NumberSearch {
    const search = this.#holds.search(searchId);
    if (search === undefined) throw new AzureError('SEARCH_NOT_FOUND', { target: 'searchId' });
    return search;
  }

  async purchaseSearch(searchId: string): Promise<void> {
    const { numbers, request } = this.found(searchId);
    for (const { number } of numbers) await this.#claim(number, request.capabilities);
    await this.#holds.endSearch(searchId);
  }

  reservations(): readonly NumberReservation[] {
    return this.#holds.reservations();
  }

  reservation(id: string): NumberReservation {
    const reservation = this.#holds.reservation(id);
    if (reservation === undefined) throw new AzureError('RESERVATION_NOT_FOUND', { target: 'reservationId' });
    return reservation;
  }

  /**
   * Adds numbers to a reservation and takes others out of it; makes it where it is not there yet.
   *
   * @param changes by the digits of the number; `null` takes it out.
   */
  async reserve(id: string, changes: Readonly<Record<string, unknown>>): Promise<{ readonly reservation: NumberReservation; readonly isNew: boolean; readonly refused: readonly AvailablePhoneNumber[] }> {
    const before = this.#holds.reservation(id);
    if (before === undefined && this.#holds.isFull) throw new AzureError('TOO_MANY_HELD', { retryAfterSeconds: 60 });
    const numbers = new Set(before?.numbers);
    const refused: AvailablePhoneNumber[] = [];
    for (const [digits, wanted] of Object.entries(changes)) {
      const e164 = `+${digits.replace('+', '')}`;
      if (wanted === null) numbers.delete(e164);
      else {
        const number = this.#source().get(e164);
        if (number === undefined) throw invalid('phoneNumbers', `${digits.slice(0, 20)} is not in the pool of this server`);
        if (number.state === 'pool' && !this.#holds.isHeld(e164, id)) numbers.add(e164);
        else refused.push({ ...availableView(number, 'error'), error: { code: 'PhoneNumberNotAvailable', message: `${e164} is held by another search or reservation, or is purchased.` } });
      }
    }
    if (numbers.size > mostInReservation) throw new AzureError('RESERVATION_FULL', { target: 'phoneNumbers' });
    return { reservation: await this.#holds.keepReservation(id, [...numbers]), isNew: before === undefined, refused };
  }

  reserved({ numbers }: NumberReservation): readonly AvailablePhoneNumber[] {
    return numbers.flatMap((e164) => {
      const number = this.#source().get(e164);
      return number === undefined ? [] : [availableView(number, 'reserved')];
    });
  }

  async purchaseReservation(id: string): Promise<void> {
    for (const e164 of this.reservation(id).numbers) await this.#claim(e164);
    await this.#holds.endReservation(id);
  }

  async endReservation(id: string): Promise<void> {
    if (!(await this.#holds.endReservation(id))) throw new AzureError('RESERVATION_NOT_FOUND', { target: 'reservationId' });
  }

  /** A number that is deleted from the pool meanwhile is not there to be claimed. */
  async #claim(e164: string, capabilities: Partial<Capabilities> = {}): Promise<void> {
    if (this.#source().get(e164)?.state === 'pool') await this.#source().put(e164, { state: 'owned', ...capabilities });
  }
}
