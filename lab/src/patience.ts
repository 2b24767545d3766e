import { setTimeout as delay } from 'node:timers/promises';
import { patienceMs } from '@dialplane/testing';

/** Settles as `event` does, or rejects after `timeoutMs` with the sentence of `overdue`: what was waited for, and what there was instead. */
export async function within<Result>(event: Promise<Result>, overdue: () => string, timeoutMs = patienceMs): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(overdue())), timeoutMs);
  try {
    return await Promise.race([event, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `look` returns, as soon as it is what is waited for: looked at ten times a second, where nobody tells of changes. Rejects as {@link within} does. */
export async function eventually<Seen>(look: () => Promise<Seen>, isDone: (seen: Seen) => boolean, overdue: (seen: Seen) => string): Promise<Seen> {
  const endsAt = performance.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (isDone(seen)) return seen;
    if (performance.now() > endsAt) throw new Error(overdue(seen));
    await delay(100);
  }
}
