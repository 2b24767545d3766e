import type { VoiceRoute } from '@dialplane/calling-api';
import type { RouteFault, VoiceRouteList } from '@dialplane/routing';
import type { Store } from '@dialplane/store';
import type { NumberBook } from '../numbers/number-book.ts';
import type { TrunkBook } from '../trunks/trunk-book.ts';
import type { TrunkEntry } from '../trunks/trunk-settings.ts';
import type { RouteBook } from './route-book.ts';

/** Trunks and routes as Azure's SIP routing has them: of a trunk no more than its name and port. */
export interface SipConfigurationView {
  readonly trunks: Readonly<Record<string, { readonly sipSignalingPort: number }>>;
  readonly routes: readonly VoiceRoute[];
}

/** A merge patch (RFC 7396): `null` deletes a trunk, a list of routes replaces all. */
export interface SipConfigurationPatch {
  readonly trunks?: Readonly<Record<string, { readonly sipSignalingPort: number } | null>>;
  readonly routes?: readonly VoiceRoute[];
}

/** What is wrong with a patch, in Azure's words. */
export type SipConfigurationFault = 'InvalidTrunkFqdn' | 'InvalidRouteNumberPattern' | 'RouteWithDuplicatedTrunk' | 'MissingTrunk' | 'DuplicatedRoute';

export type SipConfigurationOutcome = { readonly ok: true } | { readonly ok: false; readonly code: SipConfigurationFault; readonly sentence: string };

interface SipConfigurationOptions {
  readonly store: Store;
  readonly trunks: TrunkBook;
  readonly routes: RouteBook;
  readonly numbers: NumberBook;
}

/** What is wrong with a list of routes, in Azure's words. */
const faults: Record<RouteFault['kind'], SipConfigurationFault> = { nameTwice: 'DuplicatedRoute', trunkUnknown: 'MissingTrunk', trunkTwice: 'RouteWithDuplicatedTrunk', patternInvalid: 'InvalidRouteNumberPattern' };

interface Change {
  readonly changed: readonly TrunkEntry[];
  readonly deleted: readonly string[];
  readonly routes: VoiceRouteList | undefined;
}

/** One view of trunks and routes together; a patch is stored whole or not at all. What Azure's model does not have of a trunk stays as it is. */
export class SipConfiguration {
  readonly #options: SipConfigurationOptions;

  constructor(options: SipConfigurationOptions) {
    this.#options = options;
  }

  configuration(): SipConfigurationView {
    const { trunks, routes } = this.#options;
    return { trunks: Object.fromEntries(trunks.list().map(({ settings }) => [settings.name, { sipSignalingPort: settings.port }])), routes: routes.routes };
  }

  async patch(patch: SipConfigurationPatch): Promise<SipConfigurationOutcome> {
    const change = this.#changeOf(patch);
    if ('code' in change) return change;
    const { store, trunks, routes } = this.#options;
    const statements = [...trunks.statements(change.changed), ...trunks.deletions(change.deleted), ...(change.routes === undefined ? [] : [routes.statement(change.routes)])];
    await store.write(statements, 'powerLoss');
    if (change.routes !== undefined) routes.adopt(change.routes);
    trunks.adopt(change.changed, change.deleted);
    return { ok: true };
  }

  #changeOf(patch: SipConfigurationPatch): Change | Extract<SipConfigurationOutcome, { readonly ok: false }> {
    const { trunks, routes, numbers } = this.#options;
    const changed: TrunkEntry[] = [];
    const deleted: string[] = [];
    for (const [name, trunk] of Object.entries(patch.trunks ?? {})) {
      const lower = name.toLowerCase();
      if (trunk === null) {
        if (trunks.has(lower)) deleted.push(lower);
        continue;
      }
      const made = trunks.withPort(lower, trunk.sipSignalingPort);
      if (!made.ok) return { ok: false, code: 'InvalidTrunkFqdn', sentence: made.sentence ?? `${name} cannot be a trunk.` };
      changed.push(made.value);
    }
    const isTrunk = (name: string): boolean => (trunks.has(name) && !deleted.includes(name)) || changed.some(({ settings }) => settings.name === name);
    const reading = routes.read(patch.routes ?? routes.routes, isTrunk);
    if (!reading.ok) return { ok: false, code: faults[reading.fault.kind], sentence: reading.fault.sentence };
    const used = deleted.find((name) => numbers.names(name));
    if (used !== undefined) return { ok: false, code: 'MissingTrunk', sentence: `A number belongs to trunk ${used}.` };
    return { changed, deleted, routes: patch.routes === undefined ? undefined : reading.list };
  }
}
