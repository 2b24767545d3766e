import { networkInterfaces } from 'node:os';

/** An IPv4 address of this machine that is not loopback: neither a relay nor janus uses that. What is sent to it stays on the machine. */
export function localAddress(): string {
  const found = Object.values(networkInterfaces()).flat().find((entry) => entry?.family === 'IPv4' && !entry.internal && !entry.address.startsWith('169.254.'));
  if (found === undefined) throw new Error('this machine has no IPv4 address but loopback, which the servers do not use');
  return found.address;
}
