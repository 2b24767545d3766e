import type { EventSubscription, PutEventSubscriptionRequest } from '@dialplane/calling-api';
import type { Store } from '@dialplane/store';
import { done, refusal, type Answer } from '../administration/answer.ts';

const maxSubscriptions = 100;

/** Webhooks that have subscribed to events of the resource (Event Grid), held in memory: every call asks for them. A change takes effect once it is stored. */
export class EventSubscriptionBook {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #subscriptions: Map<string, EventSubscription>;

  private constructor(store: Store, now: () => number, subscriptions: Map<string, EventSubscription>) {
    this.#store = store;
    this.#now = now;
    this.#subscriptions = subscriptions;
  }

  static async open(store: Store, now: () => number): Promise<EventSubscriptionBook> {
    const rows = await store.database.selectFrom('event_subscription').selectAll().orderBy('name').execute();
    const entries = rows.map(({ name, settings, created_at }): [string, EventSubscription] => [name, { name, ...(JSON.parse(settings) as PutEventSubscriptionRequest), createdAt: new Date(created_at).toISOString() }]);
    return new EventSubscriptionBook(store, now, new Map(entries));
  }

  /** In the order of their names. */
  list(): readonly EventSubscription[] {
    return [...this.#subscriptions.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Where an event with this subject goes; each address once. */
  urlsFor(subject: string): readonly string[] {
    return [...new Set([...this.#subscriptions.values()].filter(({ filter }) => matches(filter, subject)).map(({ url }) => url))];
  }

  async put(name: string, request: PutEventSubscriptionRequest): Promise<Answer<EventSubscription>> {
    const before = this.#subscriptions.get(name);
    if (before === undefined && this.#subscriptions.size >= maxSubscriptions) return refusal('TELEPHONY_LIMIT', `There are ${maxSubscriptions} event subscriptions, which is as many as there can be.`);
    const createdAt = before === undefined ? this.#now() : Date.parse(before.createdAt);
    const { url, filter } = request;
    const settings: PutEventSubscriptionRequest = { url, ...(filter !== undefined && { filter }) };
    const values = { settings: JSON.stringify(settings), created_at: createdAt };
    await this.#store.write([this.#store.database.insertInto('event_subscription').values({ name, ...values }).onConflict((conflict) => conflict.column('name').doUpdateSet(values))], 'powerLoss');
    const subscription: EventSubscription = { name, ...settings, createdAt: new Date(createdAt).toISOString() };
    this.#subscriptions.set(name, subscription);
    return done(subscription);
  }

  async delete(name: string): Promise<Answer<undefined>> {
    if (!this.#subscriptions.has(name)) return refusal('EVENT_SUBSCRIPTION_NOT_FOUND');
    await this.#store.write([this.#store.database.deleteFrom('event_subscription').where('name', '=', name)], 'powerLoss');
    this.#subscriptions.delete(name);
    return done(undefined);
  }
}

/** Event Grid, "Event filtering": by how the subject begins and ends. */
function matches({ subjectBeginsWith = '', subjectEndsWith = '', isSubjectCaseSensitive = false }: NonNullable<EventSubscription['filter']> = {}, subject: string): boolean {
  const written = (text: string): string => (isSubjectCaseSensitive ? text : text.toLowerCase());
  return written(subject).startsWith(written(subjectBeginsWith)) && written(subject).endsWith(written(subjectEndsWith));
}
