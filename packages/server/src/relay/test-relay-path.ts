import assert from 'node:assert/strict';
import type { IceServer } from '@dialplane/calling-api';
import { connectTurn, type TurnAllocation, type TurnConnection } from '@dialplane/relay';
import { parseTurnUri } from '@dialplane/turn';

export type Transport = 'udp' | 'tcp' | 'tls';

/** Connects to the relay in one of the ways that the ICE servers name. */
export async function reach(iceServers: readonly IceServer[], transport: Transport, ca: string, onData: (bytes: Buffer) => void = () => undefined): Promise<{ readonly turn: TurnConnection; readonly allocation: TurnAllocation }> {
  const server = iceServers.find(({ username }) => username !== undefined);
  const uri = server?.urls.map(parseTurnUri).find((one) => (transport === 'tls' ? one?.scheme === 'turns' : one?.scheme === 'turn' && one.transport === transport));
  assert.ok(server !== undefined && uri !== undefined);
  const turn = await connectTurn({
    host: uri.host, port: uri.port, transport, username: server.username ?? '', password: server.credential ?? '', tls: { ca }, onData: (_peer, bytes) => onData(Buffer.from(bytes)),
  });
  try {
    return { turn, allocation: await turn.allocate() };
  } catch (error) {
    turn.close();
    throw error;
  }
}
