import type { CalledUserAudience, OfferedCall, OfferListener } from '@dialplane/applications-api';
import type { EventSubscriptionBook } from './event-subscription-book.ts';
import type { IncomingCallDesk } from './incoming-call-desk.ts';

/** Calls between users, for the applications that have subscribed to them. */
export class SubscribedApplications implements CalledUserAudience {
  readonly #subscriptions: EventSubscriptionBook;
  readonly #desk: IncomingCallDesk;

  constructor(subscriptions: EventSubscriptionBook, desk: IncomingCallDesk) {
    this.#subscriptions = subscriptions;
    this.#desk = desk;
  }

  isInterested(call: Pick<OfferedCall, 'from' | 'to'>): boolean {
    return this.#subscriptions.urlsFor(call).length > 0;
  }

  tell(call: OfferedCall, listener: OfferListener): void {
    const urls = this.#subscriptions.urlsFor(call);
    if (urls.length > 0) this.#desk.ask(call, urls, listener, { told: (url, delivery) => this.#subscriptions.noteDelivery(call, url, delivery) });
    else queueMicrotask(() => listener.undecided('No application has subscribed to this call any more.'));
  }

  withdraw(offerId: string): void {
    this.#desk.withdraw(offerId);
  }
}
