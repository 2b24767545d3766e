import type { DialPlan } from '@dialplane/calling-api';
import { dialPlan, type DialRequest, type RoutableTrunk } from '@dialplane/routing';
import type { PolicyBook } from '../limits/policy-book.ts';
import type { NumberBook } from '../numbers/number-book.ts';
import type { TrunkBook } from '../trunks/trunk-book.ts';
import type { TrunkHealthBoard } from '../trunks/trunk-health-board.ts';
import type { LineMeter } from '../usage/line-meter.ts';
import type { RouteBook } from './route-book.ts';

export interface OutboundRouterOptions {
  readonly trunks: TrunkBook;
  readonly health: TrunkHealthBoard;
  readonly numbers: NumberBook;
  readonly routes: RouteBook;
  readonly policy: PolicyBook;
  readonly meter: LineMeter;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Decides where numbers go, from what is in the books at the moment. */
export class OutboundRouter {
  readonly #options: OutboundRouterOptions;

  constructor(options: OutboundRouterOptions) {
    this.#options = options;
  }

  /** The plan of a call; whoever carries it out tells the meter at once, so that limits hold for the next one. */
  plan(request: DialRequest): DialPlan {
    const { numbers, routes, policy, meter, random } = this.#options;
    return dialPlan(request, {
      policy: policy.policy, routes: routes.list, trunks: this.#routable(), random,
      ownNumber: (e164) => numbers.ownNumber(e164),
      limit: (line) => meter.refusal(line),
    });
  }

  /** Why nobody can be called, in a sentence that says what to do; `undefined` while somebody can. */
  absence(): string | undefined {
    const { trunks, numbers } = this.#options;
    if (!trunks.list().some(({ settings }) => settings.isEnabled)) return 'No trunk is configured: add the carrier or session border controller that is to carry telephone calls.';
    if (!numbers.list().some(({ number }) => numbers.ownNumber(number)?.isForCalling === true)) return 'This server has no number that could be shown as the caller id: add one.';
    return undefined;
  }

  #routable(): ReadonlyMap<string, RoutableTrunk> {
    const { trunks, health } = this.#options;
    return new Map(trunks.list().map(({ settings: { name, isEnabled, profile } }) => {
      const reason = health.demotion(name);
      const state = !isEnabled ? 'disabled' : reason === undefined ? 'usable' : 'demoted';
      return [name, { name, state, numbersOut: profile.numbersOut, ...(reason !== undefined && { reason }) }] as const;
    }));
  }
}
