import type { DialingPolicy } from '@dialplane/calling-api';
import { isKnownCountry, presetPolicy } from '@dialplane/routing';
import type { Store } from '@dialplane/store';
import { done, refusal, type Answer } from '../administration/answer.ts';
import { storedDocument } from '../administration/stored-document.ts';

/** The dialing policy; the careful preset until an operator has replaced it. A change takes effect once it is stored. */
export class PolicyBook {
  readonly #store: Store;
  #policy: DialingPolicy;

  private constructor(store: Store, policy: DialingPolicy) {
    this.#store = store;
    this.#policy = policy;
  }

  static async open(store: Store): Promise<PolicyBook> {
    return new PolicyBook(store, (await storedDocument(store, 'policy').read<DialingPolicy>()) ?? presetPolicy);
  }

  get policy(): DialingPolicy {
    return this.#policy;
  }

  async replace(policy: DialingPolicy): Promise<Answer<DialingPolicy>> {
    const { homeCountry } = policy;
    if (homeCountry !== undefined && !isKnownCountry(homeCountry)) return refusal('REQUEST_INVALID', `There is no country ${homeCountry}.`, 'body.homeCountry');
    const prefixes = policy.limits.byPrefix.map(({ prefix }) => prefix);
    const twice = prefixes.findIndex((prefix, index) => prefixes.indexOf(prefix) !== index);
    if (twice >= 0) return refusal('REQUEST_INVALID', `There are two limits for ${prefixes[twice]}.`, `body.limits.byPrefix.${twice}.prefix`);
    await this.#store.write([storedDocument(this.#store, 'policy').statement(policy)], 'powerLoss');
    this.#policy = policy;
    return done(policy);
  }
}
