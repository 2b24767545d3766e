import type { Instant } from '@dialplane/sansio';
import type { StunMessage } from '@dialplane/stun';
import { readAddressFamily, readLifetime, writeLifetime } from '../attributes/allocation-attributes.ts';
import { turnAttribute } from '../turn-numbers.ts';
import { grantedLifetime } from './allocate-request.ts';
import type { Allocation } from './allocation.ts';
import type { Allocations } from './allocations.ts';
import type { ReplyTo } from './replies.ts';
import type { ServerCore } from './server-core.ts';

/**
 * Refresh (RFC 8656 §8.2): a lifetime of zero deletes, any other is granted as for Allocate. REQUESTED-ADDRESS-FAMILY picks one address of a dual
 * allocation; a family the allocation does not have is answered 443.
 */
export function handleRefresh(core: ServerCore, allocations: Allocations, allocation: Allocation, request: StunMessage, to: ReplyTo, now: Instant): void {
  const hasFamily = request.has(turnAttribute.requestedAddressFamily);
  const family = readAddressFamily(request, 'requestedAddressFamily');
  const lifetime = readLifetime(request);
  if ((request.has(turnAttribute.lifetime) && lifetime === undefined) || (hasFamily && family === undefined)) return core.replies.error(to, 400);
  const relays = hasFamily ? allocation.relays.filter((relay) => relay.family === family) : allocation.relays;
  if (relays.length === 0) return core.replies.error(to, 443);
  const granted = lifetime === 0 ? 0 : grantedLifetime(request, core.options);
  core.replies.success(to, (builder) => writeLifetime(builder, granted));
  if (granted > 0) allocations.extend(allocation, relays, granted, now);
  else for (const relay of relays) allocations.dropRelay(relay, 'deleted', now);
}
