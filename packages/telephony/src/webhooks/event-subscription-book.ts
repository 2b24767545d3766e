import type { OfferedCall } from '@dialplane/applications-api';
import type { EventDelivery, EventSubscription, PutEventSubscriptionRequest } from '@dialplane/calling-api';
import type { Store } from '@dialplane/store';
import { done, refusal, type Answer } from '../administration/answer.ts';
import { passes } from './event-filter.ts';

const maxSubscriptions = 100;

/** What is stored of a subscription. */
type Settings = PutEventSubscriptionRequest & Pick<EventSubscription, 'validatedAt'>;

/** Webhooks that have subscribed to events of the resource (Event Grid), held in memory: every call asks for them. A change takes effect once it is stored; what came of deliveries is known since the start. */
export class EventSubscriptionBook {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #subscriptions: Map<string, EventSubscription>;
  /** By name. */
  readonly #deliveries = new Map<string, EventDelivery>();

  private constructor(store: Store, now: () => number, subscriptions: Map<string, EventSubscription>) {
    this.#store = store;
    this.#now = now;
    this.#subscriptions = subscriptions;
  }

  static async open(store: Store, now: () => number): Promise<EventSubscriptionBook> {
    const rows = await store.database.selectFrom('event_subscription').selectAll().orderBy('name').execute();
    const entries = rows.map(({ name, settings, created_at }): [string, EventSubscription] => [name, { name, ...(JSON.parse(settings) as Settings), createdAt: new Date(created_at).toISOString() }]);
    return new EventSubscriptionBook(store, now, new Map(entries));
  }

  /** In the order of their names, with what came of their last deliveries. */
  list(): readonly EventSubscription[] {
    return [...this.#subscriptions.values()].map((each) => this.#view(each)).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Where a call is told; each address once. */
  urlsFor(call: Pick<OfferedCall, 'from' | 'to'>): readonly string[] {
    return [...new Set(this.#toldOf(call).map(({ url }) => url))];
  }

  /** What came of telling a webhook of a call. */
  noteDelivery(call: Pick<OfferedCall, 'from' | 'to'>, url: string, outcome: Omit<EventDelivery, 'at'>): void {
    const delivery: EventDelivery = { ...outcome, at: new Date(this.#now()).toISOString() };
    for (const { name } of this.#toldOf(call).filter((each) => each.url === url)) this.#deliveries.set(name, delivery);
  }

  /** @param isValidated the webhook has just said that it wants to be called. */
  async put(name: string, request: PutEventSubscriptionRequest, isValidated: boolean): Promise<Answer<EventSubscription>> {
    const before = this.#subscriptions.get(name);
    if (before === undefined && this.#subscriptions.size >= maxSubscriptions) return refusal('TELEPHONY_LIMIT', `There are ${maxSubscriptions} event subscriptions, which is as many as there can be.`);
    const createdAt = before === undefined ? this.#now() : Date.parse(before.createdAt);
    const { url, filter, isPaused } = request;
    const validatedAt = isValidated ? new Date(this.#now()).toISOString() : before?.url === url ? before.validatedAt : undefined;
    const settings: Settings = { url, ...(filter !== undefined && { filter }), ...(isPaused === true && { isPaused }), ...(validatedAt !== undefined && { validatedAt }) };
    const values = { settings: JSON.stringify(settings), created_at: createdAt };
    await this.#store.write([this.#store.database.insertInto('event_subscription').values({ name, ...values }).onConflict((conflict) => conflict.column('name').doUpdateSet(values))], 'powerLoss');
    const subscription: EventSubscription = { name, ...settings, createdAt: new Date(createdAt).toISOString() };
    this.#subscriptions.set(name, subscription);
    if (before?.url !== url) this.#deliveries.delete(name);
    return done(this.#view(subscription));
  }

  async delete(name: string): Promise<Answer<undefined>> {
    if (!this.#subscriptions.has(name)) return refusal('EVENT_SUBSCRIPTION_NOT_FOUND');
    await this.#store.write([this.#store.database.deleteFrom('event_subscription').where('name', '=', name)], 'powerLoss');
    this.#subscriptions.delete(name);
    this.#deliveries.delete(name);
    return done(undefined);
  }

  #toldOf(call: Pick<OfferedCall, 'from' | 'to'>): readonly EventSubscription[] {
    return [...this.#subscriptions.values()].filter(({ filter, isPaused }) => isPaused !== true && passes(filter, call));
  }

  #view(subscription: EventSubscription): EventSubscription {
    const lastDelivery = this.#deliveries.get(subscription.name);
    return { ...subscription, ...(lastDelivery !== undefined && { lastDelivery }) };
  }
}
