import { randomBytes } from 'node:crypto';
import { deriveSessionKeys, type SrtpMasterKey, srtpProfile } from '@dialplane/kernels';
import { LoadClient } from '../load-client.ts';
import type { LoadEngine } from '../load-engine.ts';
import type { ForwardedRoomPlan, ForwardingServer, Room } from '../media-server.ts';
import { ForwarderProcess } from './forwarder-process.ts';

let lastNumber = 1000;
const nextSsrc = (): number => (lastNumber += 1);

/** A program of C++ that decrypts, seals for each receiver and sends, and does nothing else: what is left of a media server without all that makes it one. */
export async function openFloor(folder: string, host: string, core: number): Promise<ForwardingServer> {
  const forwarder = await ForwarderProcess.start(folder, host, core);
  return {
    title: 'the floor',
    pid: forwarder.pid,
    openForwarded: (engine, plan) => openForwarded(forwarder, engine, plan),
    [Symbol.asyncDispose]: () => forwarder[Symbol.asyncDispose](),
  };
}

async function openForwarded(forwarder: ForwarderProcess, engine: LoadEngine, plan: ForwardedRoomPlan): Promise<Room> {
  const clients: LoadClient[] = [];
  for (let participant = 0; participant < plan.participants; participant += 1) clients.push(await join(forwarder, engine));
  for (const [participant, receiver] of clients.entries()) {
    for (const sender of plan.receives(participant)) await forwarder.command('forward', clients[sender]?.port ?? 0, receiver.port);
  }
  return {
    tracks: clients.flatMap((client, participant) => plan.sends(participant).map((codec) => ({ client, codec, ssrc: nextSsrc() }))),
    receivers: clients.filter((_, participant) => plan.receives(participant).length > 0),
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) {
        await forwarder.command('remove', client.port);
        client.close();
      }
    },
  };
}

/** Who takes part without ICE and DTLS: both ends are given their keys. */
async function join(forwarder: ForwarderProcess, engine: LoadEngine): Promise<LoadClient> {
  const client = new LoadClient(engine);
  const keys = { client: randomKey(), server: randomKey() };
  const [inbound, outbound] = [deriveSessionKeys(keys.client).rtp, deriveSessionKeys(keys.server).rtp];
  await forwarder.command('add', client.port, ...[inbound.cipherKey, inbound.salt, outbound.cipherKey, outbound.salt].map((bytes) => Buffer.from(bytes).toString('hex')));
  client.beginWithKeys(engine.host, forwarder.port, keys);
  return client;
}

function randomKey(): SrtpMasterKey {
  return { profile: srtpProfile.aeadAes256Gcm, key: randomBytes(32), salt: randomBytes(12) };
}
