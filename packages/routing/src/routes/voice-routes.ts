import type { VoiceRoute } from '@dialplane/calling-api';
import { readPattern, type NumberPattern } from './number-pattern.ts';

/** A route that is ready to be asked. */
interface ReadyRoute {
  readonly route: VoiceRoute;
  readonly pattern: NumberPattern;
}

/** What is wrong with a list of routes: which one, and which field of it. */
export interface RouteFault {
  readonly kind: 'nameTwice' | 'trunkUnknown' | 'trunkTwice' | 'patternInvalid';
  readonly index: number;
  readonly field: 'name' | 'numberPattern' | 'trunks';
  readonly sentence: string;
}

export type RouteReading = { readonly ok: true; readonly list: VoiceRouteList } | { readonly ok: false; readonly fault: RouteFault };

const fields: Record<RouteFault['kind'], RouteFault['field']> = { nameTwice: 'name', trunkUnknown: 'trunks', trunkTwice: 'trunks', patternInvalid: 'numberPattern' };

/** The ordered list of voice routes, with their patterns read once. */
export class VoiceRouteList {
  readonly routes: readonly VoiceRoute[];
  readonly #ready: readonly ReadyRoute[];

  private constructor(ready: readonly ReadyRoute[]) {
    this.#ready = ready;
    this.routes = ready.map(({ route }) => route);
  }

  static readonly empty = new VoiceRouteList([]);

  /** Reads a list, or says what is wrong with its first route that is wrong. @param isTrunk whether there is a trunk of this name. */
  static read(routes: readonly VoiceRoute[], isTrunk: (name: string) => boolean): RouteReading {
    const ready: ReadyRoute[] = [];
    const names = new Set<string>();
    for (const [index, route] of routes.entries()) {
      const fault = (kind: RouteFault['kind'], sentence: string) => ({ ok: false, fault: { kind, index, field: fields[kind], sentence } }) as const;
      if (names.has(route.name)) return fault('nameTwice', `Two routes are called ${route.name}.`);
      names.add(route.name);
      const unknown = route.trunks.find((name) => !isTrunk(name));
      if (unknown !== undefined) return fault('trunkUnknown', `Route ${route.name} names ${unknown}, and there is no such trunk.`);
      if (new Set(route.trunks).size !== route.trunks.length) return fault('trunkTwice', `Route ${route.name} names a trunk twice.`);
      const reading = readPattern(route.numberPattern);
      if (!reading.ok) return fault('patternInvalid', reading.sentence);
      ready.push({ route, pattern: reading.pattern });
    }
    return { ok: true, list: new VoiceRouteList(ready) };
  }

  /** Each route in order, and whether it is for this number. */
  *lookedAt(e164: string): Generator<{ readonly route: VoiceRoute; readonly isMatch: boolean }> {
    for (const { route, pattern } of this.#ready) yield { route, isMatch: pattern.matches(e164) };
  }
}

/** The same values in random order (Fisher-Yates). @param random uniform in [0, 1). */
export function shuffled<Value>(values: readonly Value[], random: () => number): Value[] {
  const mixed = [...values];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const chosen = Math.floor(random() * (last + 1));
    [mixed[last], mixed[chosen]] = [mixed[chosen] as Value, mixed[last] as Value];
  }
  return mixed;
}

/** Whether another trunk is tried after this final status: time-out, unavailable, gateway time-out, and nothing else (ACS Direct Routing, "Outbound routing"). */
export function isNextTrunkTried(status: number): boolean {
  return status === 408 || status === 503 || status === 504;
}
