import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what systems give to those who ask for any port, so that nobody gets one of these by chance between its choice and its use. */
const range = { first: 10_000, last: 15_999 } as const;
/** The first port of a block is its guard. */
const blockLength = 8;
const host = '127.0.0.1';

/** Ports one after the other. */
export interface FreePorts {
  readonly first: number;
  readonly last: number;
}

/**
 * A port of 127.0.0.1, of UDP and of TCP, that no other process is given until this one ends: for programs of others, which cannot be asked which one they got, and for servers that start again
 * where they were.
 */
export async function freePort(): Promise<number> {
  return (await freePorts()).first;
}

/** The same for seven ports, of which the first is odd. */
export async function freePorts(): Promise<FreePorts> {
  const blocks = Math.floor((range.last + 1 - range.first) / blockLength);
  const begin = Math.floor(Math.random() * blocks);
  for (let block = 0; block < blocks; block += 1) {
    const guard = range.first + ((begin + block) % blocks) * blockLength;
    const ports = { first: guard + 1, last: guard + blockLength - 1 };
    if ((await isGuarded(guard)) && (await areFree(ports))) return ports;
  }
  throw new Error(`No port from ${range.first} to ${range.last} is free.`);
}

/** A listener stands for the whole block, and is gone with the process however that ends. Without `exclusive`, workers of a cluster would share it. */
async function isGuarded(guard: number): Promise<boolean> {
  const server = createServer().unref();
  return succeeds(once(server.listen({ host, port: guard, exclusive: true }), 'listening'));
}

/** Whether programs that know nothing of guards have left these alone. */
async function areFree({ first, last }: FreePorts): Promise<boolean> {
  for (let port = first; port <= last; port += 1) {
    const socket = createSocket('udp4');
    const server = createServer();
    const isFree = (await succeeds(once(socket.bind({ address: host, port, exclusive: true }), 'listening'))) && (await succeeds(once(server.listen({ host, port, exclusive: true }), 'listening')));
    await Promise.all([new Promise<void>((resolve) => socket.close(resolve)), server.listening ? new Promise((resolve) => server.close(resolve)) : undefined]);
    if (!isFree) return false;
  }
  return true;
}

function succeeds(event: Promise<unknown>): Promise<boolean> {
  return event.then(() => true, () => false);
}
