import type { Instant } from '@dialplane/sansio';
import {
  AddressTable,
  checkFingerprint,
  checkShortTerm,
  type IntegrityAlgorithm,
  MessageBuilder,
  parseStunMessage,
  readInt32,
  readText,
  sameTransportAddress,
  stunAttribute,
  type StunCrypto,
  type StunMessage,
  stunMethod,
  type TransportAddress,
  writeErrorCode,
  writeFingerprint,
  writeMessageIntegrity,
  writeUnknownAttributes,
  writeXorAddress,
} from '@dialplane/stun';
import type { IceCredentials } from './ice-credentials.ts';
import { iceAttribute, iceErrorReasons, iceKnownAttributes } from './ice-numbers.ts';
import { LiteAgent } from './lite-agent.ts';

/** More than an answer takes: header, an address or an error, MESSAGE-INTEGRITY-SHA256 and FINGERPRINT. */
const answerBytes = 256;

/** What became of a STUN message. */
export interface CheckOutcome<Owner> {
  readonly agent: LiteAgent<Owner>;
  /** To send from the socket it came on to where it came from; valid until the next message. None for an indication (a keepalive, RFC 8445 §11). */
  readonly answer: Uint8Array | undefined;
}

export interface AgentTableOptions {
  readonly crypto: StunCrypto;
  /** Any 32-bit integer that peers do not know. */
  readonly seed: number;
}

/** What the table has seen that belongs to nobody. */
export interface AgentTableStatistics {
  readonly malformed: number;
  /** Checks with a fragment that no agent has, or with a wrong password. */
  readonly unauthenticated: number;
  readonly roleConflicts: number;
  /** Checks from an address that another agent is using: forged, or a NAT that gave it away within seconds. */
  readonly collisions: number;
}

/**
 * The lite agents of one process, behind the few sockets they share: a check finds its agent by the fragment in its USERNAME, every other packet by where it comes
 * from.
 *
 * Deviation: a check that is not authentic (RFC 8489 §9.1.3 has 400 and 401 for it) gets no answer, so that strangers learn nothing and forged sources make nobody
 * answer; a peer learns as much from silence.
 */
export class AgentTable<Owner> {
  private readonly crypto: StunCrypto;
  private readonly byFragment = new Map<string, LiteAgent<Owner>>();
  private readonly bySource: AddressTable<LiteAgent<Owner>>;
  private readonly builder = new MessageBuilder(new Uint8Array(answerBytes));
  private readonly counters = { malformed: 0, unauthenticated: 0, roleConflicts: 0, collisions: 0 };

  constructor({ crypto, seed }: AgentTableOptions) {
    this.crypto = crypto;
    this.bySource = new AddressTable(seed);
  }

  get statistics(): AgentTableStatistics {
    return { ...this.counters };
  }

  /** Adds an agent. @returns `undefined` where the credentials are not usable or their fragment is taken. */
  add(owner: Owner, credentials: IceCredentials, now: Instant): LiteAgent<Owner> | undefined {
    const agent = new LiteAgent(owner, now);
    return this.restart(agent, credentials) ? agent : undefined;
  }

  /** Gives an agent new credentials (RFC 8445 §9). @returns whether they are usable and their fragment is free. */
  restart(agent: LiteAgent<Owner>, credentials: IceCredentials): boolean {
    if (this.byFragment.has(credentials.usernameFragment)) return false;
    const before = agent.usernameFragments;
    if (!agent.addCredentials(credentials)) return false;
    this.forgetFragments(before, agent);
    this.byFragment.set(credentials.usernameFragment, agent);
    return true;
  }

  remove(agent: LiteAgent<Owner>): void {
    for (const fragment of agent.usernameFragments) this.byFragment.delete(fragment);
    for (const { socket, remote } of agent.validPairs) this.forgetSource(agent, socket, remote);
  }

  /** The agent that has validated this source, if any; allocates nothing. */
  agentAt(socket: number, source: TransportAddress): LiteAgent<Owner> | undefined {
    return this.bySource.get(socket, source, source.port);
  }

  /**
   * Serves a STUN message (RFC 8445 §7.3). `undefined` for what is none, is not authentic or is no business of ICE: nothing is to be done.
   * @param source where it came from; the table keeps a copy.
   */
  handleMessage(socket: number, source: TransportAddress, bytes: Uint8Array, now: Instant): CheckOutcome<Owner> | undefined {
    const parsed = parseStunMessage(bytes);
    if (!parsed.ok || parsed.value.method !== stunMethod.binding || checkFingerprint(parsed.value) === 'invalid') {
      this.counters.malformed += 1;
      return undefined;
    }
    const message = parsed.value;
    if (message.messageClass === 'indication') return this.keepAlive(socket, source);
    const agent = this.byFragment.get(fragmentOf(message));
    if (message.messageClass !== 'request' || agent === undefined) {
      this.counters.unauthenticated += 1;
      return undefined;
    }
    return this.serveCheck(agent, socket, source, message, now);
  }

  private serveCheck(agent: LiteAgent<Owner>, socket: number, source: TransportAddress, message: StunMessage, now: Instant): CheckOutcome<Owner> | undefined {
    const credentials = agent.credentialsOf(fragmentOf(message));
    const verdict = checkShortTerm(message, () => credentials?.key, this.crypto);
    if (verdict.kind === 'rejected' || credentials === undefined) {
      this.counters.unauthenticated += 1;
      return undefined;
    }
    if (this.isUsedByAnother(agent, socket, source)) {
      this.counters.collisions += 1;
      return undefined;
    }
    const sign = (): Uint8Array => this.signed(verdict.key, verdict.responseIntegrity);
    const unknown = message.unknownRequired(iceKnownAttributes);
    if (unknown.length > 0) {
      this.beginError(message, 420);
      writeUnknownAttributes(this.builder, unknown.slice(0, 32));
      return { agent, answer: sign() };
    }
    // RFC 8445 §7.3.1.1, for an agent that is controlled. Deviation: it never changes its role, since a lite agent can nominate nothing (§6.1.1).
    if (message.has(iceAttribute.iceControlled)) {
      this.counters.roleConflicts += 1;
      this.beginError(message, 487);
      return { agent, answer: sign() };
    }
    const priority = readPriority(message);
    if (priority === undefined) {
      this.beginError(message, 400);
      return { agent, answer: sign() };
    }
    this.learn(agent, socket, source, { priority, nominates: message.has(iceAttribute.useCandidate), generation: credentials.generation }, now);
    this.builder.begin('success', stunMethod.binding, message.transactionId);
    writeXorAddress(this.builder, stunAttribute.xorMappedAddress, source);
    return { agent, answer: sign() };
  }

  /** RFC 8445 §7.3.1.3 to §7.3.1.5: whoever sends a check is a candidate of the peer, known before or not. */
  private learn(agent: LiteAgent<Owner>, socket: number, remote: TransportAddress, said: { readonly priority: number; readonly nominates: boolean; readonly generation: number }, now: Instant): void {
    const before = agent.usernameFragments;
    const forgotten = agent.handleCheck({ socket, remote, ...said }, now);
    if (agent.state.kind === 'expired') return;
    this.forgetFragments(before, agent);
    if (forgotten !== undefined) this.forgetSource(agent, forgotten.socket, forgotten.remote);
    this.bySource.set(socket, remote, remote.port, agent);
  }

  /** An address is one peer's as long as it is heard there: otherwise whoever can forge a source could cut others off. */
  private isUsedByAnother(agent: LiteAgent<Owner>, socket: number, source: TransportAddress): boolean {
    const holder = this.agentAt(socket, source);
    if (holder === undefined || holder === agent || holder.state.kind !== 'connected') return false;
    const { selected } = holder.state;
    return selected.socket === socket && sameTransportAddress(selected.remote, source);
  }

  private keepAlive(socket: number, source: TransportAddress): CheckOutcome<Owner> | undefined {
    const agent = this.agentAt(socket, source);
    return agent === undefined ? undefined : { agent, answer: undefined };
  }

  private beginError(message: StunMessage, code: keyof typeof iceErrorReasons): void {
    this.builder.begin('error', stunMethod.binding, message.transactionId);
    writeErrorCode(this.builder, { code, reason: iceErrorReasons[code] });
  }

  private signed(key: Uint8Array, integrity: IntegrityAlgorithm): Uint8Array {
    writeMessageIntegrity(this.builder, integrity, key, this.crypto);
    writeFingerprint(this.builder);
    return this.builder.finish();
  }

  /** Of the fragments that an agent had, those that it no longer has. */
  private forgetFragments(before: readonly string[], agent: LiteAgent<Owner>): void {
    const kept = agent.usernameFragments;
    if (kept.length >= before.length && before.every((fragment) => kept.includes(fragment))) return;
    for (const fragment of before) if (!kept.includes(fragment)) this.byFragment.delete(fragment);
  }

  private forgetSource(agent: LiteAgent<Owner>, socket: number, remote: TransportAddress): void {
    if (this.bySource.get(socket, remote, remote.port) === agent) this.bySource.delete(socket, remote, remote.port);
  }
}

/** The first of the two values of USERNAME, which is ours (RFC 8445 §7.3). */
function fragmentOf(message: StunMessage): string {
  return readText(message, 'username')?.split(':', 1)[0] ?? '';
}

function readPriority(message: StunMessage): number | undefined {
  const at = message.find(iceAttribute.priority);
  return at < 0 || message.valueAt(at).length !== 4 ? undefined : readInt32(message.bytes, at + 4) >>> 0;
}
