/** Longer than anything takes on a busy machine: what has not come by then will not come. */
const patienceMs = 30_000;

/** Settles as `event` does, or rejects with what was there instead. */
export async function within<Result>(event: Promise<Result>, instead: () => string): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`waited ${patienceMs} ms ${instead()}`)), patienceMs);
  try {
    return await Promise.race([event, promise]);
  } finally {
    clearTimeout(timer);
  }
}
