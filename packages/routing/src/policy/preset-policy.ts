import type { DialingPolicy } from '@dialplane/calling-api';

/**
 * The policy of a server that nobody has configured. It is careful: what a stolen token or a guessed password can cost has a bound before anybody thought about it. Calls
 * go nowhere anyway until there are a trunk and a number to show.
 */
export const presetPolicy: DialingPolicy = {
  barredPrefixes: [],
  allowedPrefixes: [],
  premiumNumbers: 'barred',
  anonymousCalls: 'barred',
  currency: 'USD',
  rates: [],
  incomingRatePerMinute: 0,
  limits: {
    resource: { concurrentCalls: 200, callsPerMinute: 600, minutesPerDay: 20_000 },
    perNumber: { concurrentCalls: 100, callsPerMinute: 300 },
    perUser: { concurrentCalls: 10, callsPerMinute: 20, minutesPerDay: 1440 },
    byPrefix: [],
  },
};

/** What a started minute to this number costs: the rate with the longest prefix, 0 where none fits. */
export function ratePerMinute({ rates }: Pick<DialingPolicy, 'rates'>, e164: string): number {
  let best = { prefix: '', perMinute: 0 };
  for (const rate of rates) if (e164.startsWith(rate.prefix) && rate.prefix.length > best.prefix.length) best = rate;
  return best.perMinute;
}
