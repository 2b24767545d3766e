/**
 * A TURN client that counts: sends datagrams of many lengths through the relay to a peer that sends them back, and prints what it sent and received, in JSON.
 * Runs on hosts of the lab: `node relay-client.ts <RelayClientTask as JSON>`.
 */
import { connectTurn, type TurnServerTarget } from '@dialplane/relay';
import { formatTransportAddress, parseTransportAddress } from '@dialplane/stun';

export interface RelayClientTask {
  readonly server: Pick<TurnServerTarget, 'host' | 'port' | 'transport'>;
  readonly username: string;
  readonly password: string;
  /** `192.0.2.1:3478` */
  readonly peer: string;
  readonly datagrams: number;
}

export interface RelayClientCount {
  readonly relayedAddresses: readonly string[];
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

const { server, username, password, peer, datagrams } = JSON.parse(process.argv[2] ?? '') as RelayClientTask;
const to = parseTransportAddress(peer);
if (to === undefined) throw new Error(`"${peer}" is no transport address`);

/** One after the other, so that no buffer on the way overflows. */
let answered = Promise.withResolvers<void>();
let receivedBytes = 0;
let sentBytes = 0;
const turn = await connectTurn({
  ...server, username, password,
  onData: (_, bytes) => {
    receivedBytes += bytes.length;
    answered.resolve();
  },
});
const { relayed } = await turn.allocate();
await turn.bindChannel(to);
for (let sent = 0; sent < datagrams; sent += 1) {
  answered = Promise.withResolvers<void>();
  const bytes = new Uint8Array((sent * 37) % 1201);
  turn.send(to, bytes);
  sentBytes += bytes.length;
  await answered.promise;
}
await turn.release();
console.log(JSON.stringify({ relayedAddresses: relayed.map(formatTransportAddress), sentBytes, receivedBytes } satisfies RelayClientCount));
