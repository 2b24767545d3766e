/** Every client holds a lock of this name and a random part: locks die with their tab, however it ends (Web Locks API). */
const lockPrefix = 'dialplane-call-client:';

/** Whether another tab of this origin has a call client. */
export interface OtherTabs {
  isAnyActive(): boolean;
}

/**
 * Makes this client known to other tabs and watches for theirs. Without `locks` (Node, a page that is not secure) it sees nobody.
 * `onChanged` is called when the answer changes.
 */
export function watchOtherTabs(locks: LockManager | undefined, uuid: string, onChanged: () => void): OtherTabs {
  if (locks === undefined) return { isAnyActive: () => false };
  const ownName = lockPrefix + uuid;
  const others = new Set<string>();

  const look = async () => {
    const { held = [] } = await locks.query();
    const ownTab = held.find(({ name }) => name === ownName)?.clientId;
    for (const { name, clientId } of held) {
      if (name !== undefined && name.startsWith(lockPrefix) && clientId !== ownTab && !others.has(name)) waitForEnd(name);
    }
  };
  /** The other tab's lock is granted to us when that tab is gone. */
  const waitForEnd = (name: string) => {
    others.add(name);
    if (others.size === 1) onChanged();
    void locks.request(name, () => {
      others.delete(name);
      if (others.size === 0) onChanged();
    });
  };

  const arrivals = new BroadcastChannel(lockPrefix);
  arrivals.addEventListener('message', () => void look());
  void locks.request(ownName, () => {
    void look();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has no target: it never leaves the origin
    arrivals.postMessage('arrived');
    return new Promise<never>(() => {});
  });
  return { isAnyActive: () => others.size > 0 };
}
