import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  ClientTransaction,
  type ClientTransactionInput,
  type ClientTransactionOutput,
  MessageBuilder,
  parseStunMessage,
  readXorAddress,
  stunAttribute,
  stunMethod,
  type TransportAddress,
  writeFingerprint,
} from '@dialplane/stun';
import { type ClientPath, type ClientPathEvents, openClientPath, type TurnServerTarget } from './client-path.ts';
import { MachineClock } from './machine-clock.ts';

/** What a server says our address is. */
export interface BindingObservation {
  readonly mapped: TransportAddress;
  readonly roundTripMs: number;
}

export interface AskBindingOptions {
  /** How long to wait for an answer; 5000 by default. Over UDP the request is repeated meanwhile (RFC 8489 §6.2.1). */
  readonly timeoutMs?: number;
  /** UDP: a bound socket to ask from. With one socket and several ports of a server, different answers mean a symmetric NAT. It stays open. */
  readonly socket?: Socket;
}

/**
 * Asks a server how it sees us (RFC 8489 §2). `undefined` when no answer comes in time.
 * @throws The system's error, or that of TLS, when the server cannot be reached.
 */
export async function askBinding(target: TurnServerTarget, { timeoutMs = 5_000, socket }: AskBindingOptions = {}): Promise<BindingObservation | undefined> {
  const transactionId = crypto.getRandomValues(new Uint8Array(12));
  const builder = new MessageBuilder(new Uint8Array(64)).begin('request', stunMethod.binding, transactionId);
  writeFingerprint(builder);
  const transaction = new ClientTransaction(builder.finish(), { isReliable: target.transport !== 'udp' });
  const outcome = Promise.withResolvers<TransportAddress | undefined>();
  const take = (bytes: Uint8Array): void => {
    const parsed = parseStunMessage(bytes);
    if (!parsed.ok || parsed.value.messageClass !== 'success' || !parsed.value.transactionId.every((byte, index) => byte === transactionId[index])) return;
    outcome.resolve(readXorAddress(parsed.value, stunAttribute.xorMappedAddress));
  };
  const path = target.transport === 'udp' ? await openSharedPath(target, socket) : await openClientPath(target);
  path.listen({ onMessage: take, onFailed: outcome.reject });
  const startedAt = performance.now();
  const clock = new MachineClock<ClientTransactionInput, ClientTransactionOutput>(transaction, (output) => (output.kind === 'send' ? path.send(output.bytes) : outcome.resolve(undefined)));
  const timer = setTimeout(() => outcome.resolve(undefined), timeoutMs);
  clock.handle({ kind: 'start' });
  try {
    const mapped = await outcome.promise;
    return mapped === undefined ? undefined : { mapped, roundTripMs: performance.now() - startedAt };
  } finally {
    clearTimeout(timer);
    clock.stop();
    path.close();
  }
}

async function openSharedPath({ host, port }: TurnServerTarget, given: Socket | undefined): Promise<Pick<ClientPath, 'listen' | 'send' | 'close'>> {
  const socket = given ?? createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
  if (given === undefined) {
    socket.bind(0);
    await once(socket, 'listening');
  }
  let events: ClientPathEvents | undefined;
  const take = (bytes: Uint8Array): void => events?.onMessage(bytes);
  socket.on('message', take);
  return {
    listen: (told) => (events = told),
    send: (bytes) => socket.send(bytes, port, host, (error) => error !== null && events?.onFailed(error)),
    close: () => (given === undefined ? socket.close() : socket.off('message', take)),
  };
}
