import { connectTurn, TurnClientError, type TurnConnection, type TurnServerTarget } from '@dialplane/relay';
import type { TransportAddress } from '@dialplane/stun';

/** What became of one way to the relay. */
export type RelayFinding =
  | { readonly outcome: 'works'; readonly roundTripMs: number; readonly bytes: number }
  | { readonly outcome: 'unreachable'; readonly error: Error }
  /** The relay answers and says no. */
  | { readonly outcome: 'refused'; readonly error: TurnClientError }
  /** Allocations were made, and nothing came through them. */
  | { readonly outcome: 'noData' };

export interface RelayAccess {
  readonly username: string;
  readonly password: string;
}

const packets = 16;
const packetBytes = 1000;
const connectMs = 5000;
const echoMs = 3000;

/** Makes two allocations at the relay and sends packets through both, there and back. */
export async function probeRelay(target: TurnServerTarget, access: RelayAccess): Promise<RelayFinding> {
  const inbox = new Inbox();
  const opened: TurnConnection[] = [];
  try {
    const ends = await within(connectMs, Promise.all([0, 1].map(async (index) => {
      const end = await connectTurn({ ...target, ...access, onData: (_, bytes) => inbox.take(index, bytes.length) });
      opened.push(end);
      return { end, relayed: await relayedAddress(end) };
    })));
    const [near, far] = ends;
    if (near === undefined || far === undefined) return { outcome: 'noData' };
    await within(connectMs, Promise.all([near.end.bindChannel(far.relayed), far.end.bindChannel(near.relayed)]));
    return await echo(near, far, inbox);
  } catch (error) {
    if (error instanceof TurnClientError && error.statusCode !== undefined) return { outcome: 'refused', error };
    return { outcome: 'unreachable', error: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    for (const end of opened) end.close();
  }
}

interface End {
  readonly end: TurnConnection;
  readonly relayed: TransportAddress;
}

/** Bytes that came out at either end. */
class Inbox {
  private readonly received = [0, 0];
  private wake = (): void => undefined;

  take(index: number, bytes: number): void {
    this.received[index] = (this.received[index] ?? 0) + bytes;
    this.wake();
  }

  /** Resolves with whether so much came out at this end in time. */
  has(index: number, bytes: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), echoMs);
      this.wake = () => {
        if ((this.received[index] ?? 0) < bytes) return;
        clearTimeout(timer);
        resolve(true);
      };
      this.wake();
    });
  }
}

/** A packet there and one back, timed; then the rest, one at a time so that no queue is tested. */
async function echo(near: End, far: End, inbox: Inbox): Promise<RelayFinding> {
  const packet = new Uint8Array(packetBytes);
  const began = performance.now();
  let roundTripMs = 0;
  for (let sent = 1; sent <= packets; sent += 1) {
    near.end.send(far.relayed, packet);
    if (!(await inbox.has(1, sent * packetBytes))) return { outcome: 'noData' };
    far.end.send(near.relayed, packet);
    if (!(await inbox.has(0, sent * packetBytes))) return { outcome: 'noData' };
    if (sent === 1) roundTripMs = performance.now() - began;
  }
  return { outcome: 'works', roundTripMs, bytes: 2 * packets * packetBytes };
}

async function relayedAddress(end: TurnConnection): Promise<TransportAddress> {
  const { relayed: [address] } = await end.allocate();
  if (address === undefined) throw new Error('The relay gave no address.');
  return address;
}

function within<Value>(limitMs: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  });
  return Promise.race([work, overdue]).finally(() => clearTimeout(timer));
}
