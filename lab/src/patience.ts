/** Settles as `event` does, or rejects after `timeoutMs` with the sentence of `overdue`: what was waited for, and what there was instead. */
export async function within<Result>(event: Promise<Result>, timeoutMs: number, overdue: () => string): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(overdue())), timeoutMs);
  try {
    return await Promise.race([event, promise]);
  } finally {
    clearTimeout(timer);
  }
}
