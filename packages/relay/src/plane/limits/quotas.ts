import type { Instant } from '@dialplane/sansio';
import { type Admission, type AdmissionPolicy, type AdmissionRequest, RateBudget } from '@dialplane/turn';
import type { RelayGrant } from '../../relay-grant.ts';
import type { RelayLimits } from '../../relay-plane-options.ts';

type QuotaLimits = Pick<RelayLimits, 'allocationsPerUser' | 'allocationsPerResource' | 'bytesPerSecondPerUser' | 'bytesPerSecondPerResource'>;

/** What a user, or a resource, holds together. It lasts as long as its allocations do. */
interface Holder {
  allocations: number;
  readonly budget: RateBudget | undefined;
}

/**
 * Who may have one more allocation, and how fast what they hold may relay. A user is counted over all credentials: each allocation by its user and by its
 * resource, and so are the bytes.
 *
 * 403: the credential has expired or was revoked since the request was authenticated; 486: the user's or the resource's quota is used up (RFC 8656
 * §7.2, step 10); 508: the relay is draining and takes no new allocations.
 */
export class Quotas implements AdmissionPolicy {
  private readonly limits: QuotaLimits;
  private readonly grantOf: (username: string) => RelayGrant | undefined;
  private readonly holders = new Map<string, Holder>();
  private state: 'open' | 'draining' = 'open';

  constructor(limits: QuotaLimits, grantOf: (username: string) => RelayGrant | undefined) {
    this.limits = limits;
    this.grantOf = grantOf;
  }

  drain(): void {
    this.state = 'draining';
  }

  admit({ username, held }: AdmissionRequest, now: Instant): Admission {
    if (this.state === 'draining') return { kind: 'refused', code: 508 };
    const grant = this.grantOf(username);
    if (grant === undefined) return { kind: 'refused', code: 403 };
    const { limits } = this;
    const userKey = JSON.stringify([grant.resourceId, grant.userId]);
    const user = this.holders.get(userKey) ?? newHolder(limits.bytesPerSecondPerUser, now);
    const resource = this.holders.get(grant.resourceId) ?? newHolder(limits.bytesPerSecondPerResource, now);
    const isFull = Math.max(user.allocations, held) >= limits.allocationsPerUser || resource.allocations >= limits.allocationsPerResource;
    if (isFull) return { kind: 'refused', code: 486 };
    this.take(userKey, user);
    this.take(grant.resourceId, resource);
    const release = (): void => {
      this.release(userKey, user);
      this.release(grant.resourceId, resource);
    };
    return { kind: 'admitted', budgets: [user.budget, resource.budget].filter((budget) => budget !== undefined), release };
  }

  private take(key: string, holder: Holder): void {
    holder.allocations += 1;
    this.holders.set(key, holder);
  }

  private release(key: string, holder: Holder): void {
    holder.allocations -= 1;
    if (holder.allocations === 0) this.holders.delete(key);
  }
}

function newHolder(bytesPerSecond: number, now: Instant): Holder {
  return { allocations: 0, budget: Number.isFinite(bytesPerSecond) ? new RateBudget(bytesPerSecond, now) : undefined };
}
