import type { IceServer, NetworkConfiguration, RelaySettings as SettingsView, UpdateRelaySettingsRequest } from '@dialplane/calling-api';
import type { RelayCredential, RelayCredentials } from '../credentials/relay-credentials.ts';
import type { RelaySettings, RelaySettingsStore } from '../ledger/relay-settings.ts';
import type { UsageReport } from '../ledger/usage-report.ts';
import { hostFor, relayUrls, stunUrls, type RelayPlace } from './relay-place.ts';

export interface RelayServiceOptions {
  readonly credentials: RelayCredentials;
  readonly settings: RelaySettingsStore;
  readonly reports: Pick<UsageReport, 'rows' | 'sums' | 'records'>;
  /** The resource whose calls these are. */
  readonly resourceId: () => string;
  /** `undefined` where this server runs no relay. */
  readonly place: () => RelayPlace | undefined;
}

interface Participant {
  readonly participantId: string;
  readonly identifier: string;
  readonly isRelayTurnedOff: boolean;
}

/** ICE servers, and whether the relay is among them. */
interface IceConfiguration {
  readonly iceServers: readonly IceServer[];
  readonly iceTransportPolicy: 'all';
  readonly relay: 'offered' | 'turnedOffForCall' | 'turnedOffForResource' | 'limitReached' | 'unavailable';
}

/** What the network traversal API answers with, before it has Azure's shape. */
export interface RelayConfiguration extends RelayCredential {
  readonly urls: readonly string[];
}

const testLifetimeMs = 600_000;
const micros = 1_000_000;

/** The relay as the rest of the server sees it: ICE servers for participants and users, settings, and the ledger's reports. */
export class RelayService {
  readonly #options: RelayServiceOptions;

  constructor(options: RelayServiceOptions) {
    this.#options = options;
  }

  /** STUN always, TURN with a credential of the participant's own where the relay is on for its call and its resource. */
  iceConfiguration(callId: string, { participantId, identifier, isRelayTurnedOff }: Participant, reachedBy: string | undefined): IceConfiguration {
    const place = this.#options.place();
    if (place === undefined) return { iceServers: [], iceTransportPolicy: 'all', relay: isRelayTurnedOff ? 'turnedOffForCall' : 'unavailable' };
    const host = hostFor(place, reachedBy);
    const stun: IceServer = { urls: [stunUrls(place, host)[0]] };
    const without = (relay: IceConfiguration['relay']): IceConfiguration => ({ iceServers: [stun], iceTransportPolicy: 'all', relay });
    if (isRelayTurnedOff) return without('turnedOffForCall');
    const resourceId = this.#options.resourceId();
    if (!this.#options.settings.get(resourceId).isEnabled) return without('turnedOffForResource');
    const credential = this.#options.credentials.forParticipant({ resourceId, userId: identifier, callId, participantId });
    if (credential === undefined) return without('limitReached');
    const turn: IceServer = { urls: relayUrls(place, host).map(({ url }) => url), username: credential.username, credential: credential.password };
    return { iceServers: [stun, turn], iceTransportPolicy: 'all', relay: 'offered' };
  }

  participantLeft(callId: string, participantId: string): void {
    this.#options.credentials.participantLeft(callId, participantId);
  }

  callEnded(callId: string): void {
    this.#options.credentials.callEnded(callId);
  }

  userDeleted(identifier: string): void {
    this.#options.credentials.userDeleted(identifier);
  }

  networkConfiguration({ identifier, reachedBy }: { readonly identifier: string; readonly reachedBy: string | undefined }): NetworkConfiguration {
    const place = this.#options.place();
    if (place === undefined) return { relay: 'unavailable', servers: [] };
    const first = hostFor(place, reachedBy);
    const resourceId = this.#options.resourceId();
    const isEnabled = this.#options.settings.get(resourceId).isEnabled;
    const credential = isEnabled ? this.#options.credentials.forUser({ resourceId, userId: identifier }, testLifetimeMs) : undefined;
    return {
      relay: isEnabled ? 'offered' : 'turnedOffForResource',
      servers: [first, ...place.hosts.filter((host) => host !== first)].map((host) => ({
        host, stunUrls: [...stunUrls(place, host)], relayUrls: credential === undefined ? [] : [...relayUrls(place, host)],
      })),
      ...(credential !== undefined && { username: credential.username, credential: credential.password, expiresOn: new Date(credential.expiresAt).toISOString() }),
    };
  }

  /** For the network traversal API: a credential of a user and no call. */
  relayConfiguration(owner: { readonly resourceId: string; readonly userId: string }, lifetimeSeconds: number, reachedBy: string | undefined):
    | { readonly ok: true; readonly configuration: RelayConfiguration }
    | { readonly ok: false; readonly code: 'unavailable' | 'turnedOffForResource' | 'tooManyCredentials' } {
    const place = this.#options.place();
    if (place === undefined) return { ok: false, code: 'unavailable' };
    if (!this.#options.settings.get(owner.resourceId).isEnabled) return { ok: false, code: 'turnedOffForResource' };
    const credential = this.#options.credentials.forUser(owner, lifetimeSeconds * 1000);
    if (credential === undefined) return { ok: false, code: 'tooManyCredentials' };
    const host = hostFor(place, reachedBy);
    return { ok: true, configuration: { ...credential, urls: [stunUrls(place, host)[0], ...relayUrls(place, host).map(({ url }) => url)] } };
  }

  usage(...asked: Parameters<UsageReport['rows']>): ReturnType<UsageReport['rows']> {
    return this.#options.reports.rows(...asked);
  }

  usageSums(...asked: Parameters<UsageReport['sums']>): ReturnType<UsageReport['sums']> {
    return this.#options.reports.sums(...asked);
  }

  usageRecords(...asked: Parameters<UsageReport['records']>): ReturnType<UsageReport['records']> {
    return this.#options.reports.records(...asked);
  }

  settings(): SettingsView {
    return settingsView(this.#options.settings.get(this.#options.resourceId()));
  }

  /** Turning the relay off ends what is relayed there and then: an operator who does that wants it to end. */
  async updateSettings({ isEnabled, rate, currency }: UpdateRelaySettingsRequest): Promise<SettingsView> {
    const { settings, credentials } = this.#options;
    const resourceId = this.#options.resourceId();
    const before = settings.get(resourceId);
    const after = await settings.update(resourceId, {
      ...(isEnabled !== undefined && { isEnabled }),
      rate: { micros: rate === undefined ? before.rate.micros : Math.round(rate * micros), currency: currency ?? before.rate.currency },
    });
    if (before.isEnabled && !after.isEnabled) credentials.resourceDisabled(resourceId);
    return settingsView(after);
  }
}

function settingsView({ isEnabled, rate }: RelaySettings): SettingsView {
  return { isEnabled, rate: rate.micros / micros, currency: rate.currency };
}
