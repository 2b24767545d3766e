import type { IceConfiguration, IceParticipant } from '@dialplane/call';
import type {
  FlowDetail, NetworkConfiguration, RelaySettings, RelayUsageGrouping, RelayUsageList, RelayUsageRecordList, RelayUsageSums, UpdateRelaySettingsRequest,
} from '@dialplane/calling-api';

/** Who asks for the relay, and how they reach this server. */
export interface RelayClient {
  readonly identifier: string;
  /** The host of the request's URL, without port; what a client says, to be believed only where it is one of ours. */
  readonly reachedBy: string | undefined;
}

/** Which rows of the ledger are meant. Instants are milliseconds since 1970, `to` is not included. */
export interface RelayUsageFilter {
  readonly from?: number;
  readonly to?: number;
  readonly callId?: string;
  readonly identifier?: string;
}

export interface RelayUsagePage {
  readonly limit: number;
  /** As the page before gave it. */
  readonly cursor: string | undefined;
}

/**
 * What the controller needs of the relay. The controller decides who is in a call; the service knows credentials, servers and the ledger. Failures of the
 * store are `StoreError`.
 */
export interface RelayService {
  /** At once, and the same until something changed. */
  iceConfiguration(callId: string, participant: IceParticipant, reachedBy: string | undefined): IceConfiguration;
  /** The participant uses the relay no more. */
  participantLeft(callId: string, participantId: string): void;
  callEnded(callId: string): void;
  userDeleted(identifier: string): void;
  networkConfiguration(client: RelayClient): NetworkConfiguration;
  settings(): RelaySettings;
  updateSettings(change: UpdateRelaySettingsRequest): Promise<RelaySettings>;
  /** `undefined` where the cursor is not one of this list. */
  usage(filter: RelayUsageFilter, page: RelayUsagePage): Promise<RelayUsageList | undefined>;
  usageSums(filter: RelayUsageFilter, grouping: RelayUsageGrouping): Promise<RelayUsageSums>;
  /** `undefined` where the cursor is not one of this list. */
  usageRecords(filter: RelayUsageFilter, page: RelayUsagePage): Promise<RelayUsageRecordList | undefined>;
}

/** What became of an allocation, for the flow record of its call. */
export type RelayNews = Extract<FlowDetail, { readonly kind: 'relayAllocated' | 'relayReleased' }>;
