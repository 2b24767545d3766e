import type { NumberTarget, PutTelephoneNumberRequest, TelephoneNumber } from '@dialplane/calling-api';
import { classify, numberFacts, type NumberFacts, type OwnNumber } from '@dialplane/routing';
import type { Store } from '@dialplane/store';
import { done, refusal, type Answer } from '../administration/answer.ts';
import { NumberHoldBook } from './number-hold-book.ts';

/** What of a number is in the store; the number and its age have columns of their own. */
type NumberSettings = Omit<TelephoneNumber, 'number' | 'country' | 'since'>;

const maxNumbers = 100_000;
const presetSettings: NumberSettings = {
  target: { kind: 'none' }, calling: 'inbound+outbound', sms: 'none', phoneNumberType: 'geographic', assignmentType: 'application', state: 'owned', monthlyCost: 0, currency: 'USD',
};

/** The numbers of this server, held in memory: every call asks for one. A change takes effect once it is stored. */
export class NumberBook {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #isTrunk: (name: string) => boolean;
  readonly #numbers: Map<string, TelephoneNumber>;
  /** Of numbers in the pool, those that are kept for somebody. */
  readonly holds: NumberHoldBook;

  private constructor(store: Store, now: () => number, isTrunk: (name: string) => boolean, numbers: Map<string, TelephoneNumber>, holds: NumberHoldBook) {
    this.#store = store;
    this.#now = now;
    this.#isTrunk = isTrunk;
    this.#numbers = numbers;
    this.holds = holds;
  }

  static async open(store: Store, now: () => number, isTrunk: (name: string) => boolean): Promise<NumberBook> {
    const rows = await store.database.selectFrom('telephone_number').selectAll().orderBy('number').execute();
    const entries = rows.map((row): [string, TelephoneNumber] => [row.number, telephoneNumber(row.number, row.since_at, JSON.parse(row.settings) as NumberSettings)]);
    return new NumberBook(store, now, isTrunk, new Map(entries), await NumberHoldBook.open(store, now));
  }

  get(e164: string): TelephoneNumber | undefined {
    return this.#numbers.get(e164);
  }

  /** In the order of their digits. */
  list(): readonly TelephoneNumber[] {
    return [...this.#numbers.values()].toSorted((one, other) => (one.number < other.number ? -1 : 1));
  }

  /** What numbering plans tell of any number; `undefined` for what is none. */
  facts(e164: string): NumberFacts | undefined {
    return numberFacts(e164);
  }

  /** Where a call to a number goes; `undefined` where it is none of ours, not in use, or not for incoming calls. */
  targetOf(e164: string): NumberTarget | undefined {
    const number = this.#numbers.get(e164);
    const isCallable = number?.state === 'owned' && (number.calling === 'inbound' || number.calling === 'inbound+outbound');
    return isCallable && number.target.kind !== 'none' ? number.target : undefined;
  }

  /** As routing asks for it: whether it may be shown as a caller id. */
  ownNumber(e164: string): OwnNumber | undefined {
    const number = this.#numbers.get(e164);
    if (number?.state !== 'owned') return undefined;
    return { isForCalling: number.calling === 'outbound' || number.calling === 'inbound+outbound', ...(number.trunk !== undefined && { trunk: number.trunk }) };
  }

  /** The number that a user is called by, which is shown when one of their SIP phones calls. */
  ofUser(identifier: string): string | undefined {
    for (const { number, state, target } of this.#numbers.values()) if (state === 'owned' && target.kind === 'users' && target.identifiers.includes(identifier)) return number;
    return undefined;
  }

  /** Whether a number belongs to this trunk. */
  names(trunk: string): boolean {
    return [...this.#numbers.values()].some((number) => number.trunk === trunk);
  }

  async put(e164: string, request: PutTelephoneNumberRequest): Promise<Answer<TelephoneNumber>> {
    const before = this.#numbers.get(e164);
    if (before === undefined && this.#numbers.size >= maxNumbers) return refusal('TELEPHONY_LIMIT', `There are ${maxNumbers} numbers, which is as many as there can be.`);
    const { trunk: askedTrunk, ...changes } = request;
    const { number: _number, country: _country, since, trunk: trunkBefore, ...settings } = before ?? { ...presetSettings, number: e164, country: '', since: new Date(this.#now()).toISOString() };
    const trunk = askedTrunk === undefined ? trunkBefore : askedTrunk?.toLowerCase();
    if (trunk !== undefined && !this.#isTrunk(trunk)) return refusal('REQUEST_INVALID', `There is no trunk ${trunk}.`, 'body.trunk');
    const after: NumberSettings = { ...settings, ...changes, ...(trunk !== undefined && { trunk }) };
    const sinceAt = before === undefined || before.state !== after.state ? this.#now() : Date.parse(since);
    const number = telephoneNumber(e164, sinceAt, after);
    const values = { settings: JSON.stringify(after), since_at: sinceAt };
    await this.#store.write([this.#store.database.insertInto('telephone_number').values({ number: e164, ...values }).onConflict((conflict) => conflict.column('number').doUpdateSet(values))], 'powerLoss');
    this.#numbers.set(e164, number);
    return done(number);
  }

  /** Calls go to the others whom a number was for, or nowhere. */
  async forgetUser(identifier: string): Promise<void> {
    for (const { number, target } of this.#numbers.values()) {
      if (target.kind !== 'users' || !target.identifiers.includes(identifier)) continue;
      const identifiers = target.identifiers.filter((other) => other !== identifier);
      await this.put(number, { target: identifiers.length === 0 ? { kind: 'none' } : { kind: 'users', identifiers } });
    }
  }

  async delete(e164: string): Promise<Answer<undefined>> {
    if (!this.#numbers.has(e164)) return refusal('NUMBER_NOT_FOUND');
    await this.#store.write([this.#store.database.deleteFrom('telephone_number').where('number', '=', e164)], 'powerLoss');
    this.#numbers.delete(e164);
    return done(undefined);
  }
}

function telephoneNumber(number: string, sinceAt: number, settings: NumberSettings): TelephoneNumber {
  return { number, country: classify(number).country ?? 'ZZ', ...settings, since: new Date(sinceAt).toISOString() };
}
