import type { RelayUsageEvent } from '../relay-plane.ts';
import { type CountedAllocation, countersLayout, countersLength, identityOffset, slotState } from './counters-layout.ts';

const { headerLength, totalsLength, identityHeaderLength, identityLength, aliveAtOffset, magic, version } = countersLayout;

/** What a file of counters holds that nobody confirmed: one `stopped` event for each occupied slot. `damaged` slots could not be read. */
export type CrashedUsage =
  | { readonly ok: true; readonly events: readonly RelayUsageEvent[]; readonly damaged: number }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads the file that a run of the relay left. Allocations that had not ended ended with it: reason `crashed`, when it last said that it lived. Never throws for what
 * the file holds.
 */
export function readCrashedUsage(bytes: Uint8Array): CrashedUsage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerLength || new TextDecoder('latin1').decode(bytes.subarray(0, magic.length)) !== magic) return { ok: false, reason: 'it is no file of relay counters' };
  if (view.getUint32(8, true) !== version) return { ok: false, reason: `it has version ${view.getUint32(8, true)}, this program reads ${version}` };
  const slots = view.getUint32(12, true);
  if (bytes.length !== countersLength(slots)) return { ok: false, reason: `it has ${bytes.length} bytes where ${slots} slots take ${countersLength(slots)}` };
  const events: RelayUsageEvent[] = [];
  let damaged = 0;
  for (let slot = 0; slot < slots; slot += 1) {
    const at = identityOffset(slots, slot);
    if (view.getUint32(at, true) === slotState.free) continue;
    const identity = readIdentity(bytes, view, at);
    if (identity === undefined) damaged += 1;
    else events.push(eventOf(identity, view, headerLength + slot * totalsLength));
  }
  return { ok: true, events, damaged };
}

function eventOf({ stopped, ...allocation }: CountedAllocation, view: DataView, at: number): RelayUsageEvent {
  const total = (index: number): number => view.getFloat64(at + index * 8, true);
  const totals = { toPeerBytes: total(0), toPeerPackets: total(1), toClientBytes: total(2), toClientPackets: total(3) };
  return { kind: 'stopped', reason: stopped?.reason ?? 'crashed', ...allocation, totals, at: stopped?.at ?? view.getFloat64(aliveAtOffset, true) };
}

function readIdentity(bytes: Uint8Array, view: DataView, at: number): CountedAllocation | undefined {
  const length = view.getUint32(at + 4, true);
  if (length > identityLength - identityHeaderLength) return undefined;
  const text = new TextDecoder().decode(bytes.subarray(at + identityHeaderLength, at + identityHeaderLength + length));
  try {
    const identity = JSON.parse(text) as Partial<CountedAllocation> | null;
    return typeof identity?.allocationId === 'string' && typeof identity.grant?.credentialId === 'string' ? (identity as CountedAllocation) : undefined;
  } catch {
    return undefined;
  }
}
