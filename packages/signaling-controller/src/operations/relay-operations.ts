import { ApiError } from '../http/api-error.ts';
import type { OperatorCaller, UserCaller } from '../http/authentication.ts';
import type { OperationHandlers } from '../http/operation-handler.ts';
import type { RelayService, RelayUsageFilter } from '../relay/relay-service.ts';
import { keptSafe, listed } from './kept-safe.ts';

type RelayOperationIds =
  | 'getNetworkConfiguration' | 'listRelayUsage' | 'sumRelayUsage' | 'listRelayUsageRecords' | 'getRelaySettings' | 'updateRelaySettings';

interface UsageQuery {
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly identifier?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

const defaultPageSize = 1000;

/** What the relay can be asked and told. Users see what they used themselves, operators all; without a relay each answers `RELAY_UNAVAILABLE`. */
export class RelayOperations {
  private readonly relay: RelayService | undefined;
  private readonly onSettingsChanged: () => void;

  constructor(relay: RelayService | undefined, onSettingsChanged: () => void) {
    this.relay = relay;
    this.onSettingsChanged = onSettingsChanged;
  }

  handlers(): Pick<OperationHandlers, RelayOperationIds> {
    return {
      getNetworkConfiguration: ({ caller, http }) => this.service().networkConfiguration({ identifier: caller.identifier, reachedBy: http.hostname }),
      listRelayUsage: ({ caller, query }) => listed(this.service().usage(filterOf(query, caller), pageOf(query))),
      sumRelayUsage: ({ caller, query }) => keptSafe(this.service().usageSums(filterOf(query, caller), query.groupBy)),
      listRelayUsageRecords: ({ caller, query }) => listed(this.service().usageRecords(filterOf(query, caller), pageOf(query))),
      getRelaySettings: () => this.service().settings(),
      updateRelaySettings: async ({ body }) => {
        const settings = await keptSafe(this.service().updateSettings(body));
        this.onSettingsChanged();
        return settings;
      },
    };
  }

  private service(): RelayService {
    if (this.relay === undefined) throw new ApiError('RELAY_UNAVAILABLE');
    return this.relay;
  }
}

function filterOf({ from, to, callId, identifier }: UsageQuery, caller: UserCaller | OperatorCaller): RelayUsageFilter {
  if (caller.kind === 'user' && identifier !== undefined && identifier !== caller.identifier) {
    throw new ApiError('ROLE_MISSING', { message: 'Only operators may see what another user used.' });
  }
  const whose = caller.kind === 'user' ? caller.identifier : identifier;
  return {
    ...(from !== undefined && { from: Date.parse(from) }),
    ...(to !== undefined && { to: Date.parse(to) }),
    ...(callId !== undefined && { callId }),
    ...(whose !== undefined && { identifier: whose }),
  };
}

function pageOf({ limit = defaultPageSize, cursor }: UsageQuery): { readonly limit: number; readonly cursor: string | undefined } {
  return { limit, cursor };
}
