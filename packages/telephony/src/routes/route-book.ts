import type { VoiceRoute, VoiceRoutes } from '@dialplane/calling-api';
import { VoiceRouteList, type RouteReading } from '@dialplane/routing';
import type { Statement, Store } from '@dialplane/store';
import { done, refusal, type Answer } from '../administration/answer.ts';
import { storedDocument } from '../administration/stored-document.ts';

/** The ordered voice routes. A change takes effect once it is stored. */
export class RouteBook {
  readonly #store: Store;
  readonly #isTrunk: (name: string) => boolean;
  #list: VoiceRouteList;

  private constructor(store: Store, isTrunk: (name: string) => boolean, list: VoiceRouteList) {
    this.#store = store;
    this.#isTrunk = isTrunk;
    this.#list = list;
  }

  static async open(store: Store, isTrunk: (name: string) => boolean): Promise<RouteBook> {
    const stored = await storedDocument(store, 'routes').read<readonly VoiceRoute[]>();
    // What was good when it was stored is not refused now: a trunk that is gone is skipped, and the plan says so.
    const reading = VoiceRouteList.read(stored ?? [], () => true);
    return new RouteBook(store, isTrunk, reading.ok ? reading.list : VoiceRouteList.empty);
  }

  get list(): VoiceRouteList {
    return this.#list;
  }

  get routes(): readonly VoiceRoute[] {
    return this.#list.routes;
  }

  /** Whether a route names this trunk. */
  names(trunk: string): boolean {
    return this.routes.some(({ trunks }) => trunks.includes(trunk));
  }

  async replace({ routes }: VoiceRoutes): Promise<Answer<VoiceRoutes>> {
    const reading = this.read(routes, this.#isTrunk);
    if (!reading.ok) return refusal('REQUEST_INVALID', reading.fault.sentence, `body.routes.${reading.fault.index}.${reading.fault.field}`);
    await this.#store.write([this.statement(reading.list)], 'powerLoss');
    this.adopt(reading.list);
    return done({ routes: [...reading.list.routes] });
  }

  /** The list that these routes are, or what is wrong with them; nothing is stored. */
  read(routes: readonly VoiceRoute[], isTrunk: (name: string) => boolean): RouteReading {
    return VoiceRouteList.read(routes.map((route) => Object.assign({}, route, { trunks: route.trunks.map((name) => name.toLowerCase()) })), isTrunk);
  }

  /** That stores a list, for a batch with others. */
  statement(list: VoiceRouteList): Statement {
    return storedDocument(this.#store, 'routes').statement(list.routes);
  }

  /** Takes over what a batch has stored. */
  adopt(list: VoiceRouteList): void {
    this.#list = list;
  }
}
