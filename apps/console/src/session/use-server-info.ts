import type { OperationResponse } from '@dialplane/calling-api';
import { createApiClient } from '../api/api-client.ts';
import { useQuery, type Query } from '../api/use-query.ts';

/** What this server says of itself to anybody. */
export function useServerInfo(): Query<OperationResponse<'getServerInfo'>> {
  return useQuery('server', (signal) => createApiClient()('getServerInfo', {}, signal));
}
