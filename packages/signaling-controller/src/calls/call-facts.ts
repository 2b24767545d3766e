import type { EndReason, FlowCandidate, FlowDetail } from '@dialplane/calling-api';

/** The candidate pair that media took (RFC 8445 §8.1.1). */
interface ChosenPath {
  readonly local: FlowCandidate;
  readonly remote: FlowCandidate;
}

/** What a call's conclusion is drawn from. Instants are wall-clock milliseconds. */
export interface CallFacts {
  readonly startedAt: number;
  /** Of the call of a room. */
  readonly roomId?: string;
  readonly connectedAt?: number;
  readonly path?: ChosenPath;
  /** The relay opened an allocation for somebody in the call. */
  readonly isRelayInvolved?: true;
  /** The media processor reported of somebody: media flows through it. */
  readonly isServed?: true;
  /** Trunks that carried telephones which were connected. */
  readonly trunks?: readonly string[];
  readonly end?: { readonly at: number; readonly reason: EndReason };
}

/** The facts after one more line of the flow record. The end is not read from it but from the call's record. */
export function learnFrom(facts: CallFacts, detail: FlowDetail): CallFacts {
  if (detail.kind === 'relayAllocated') return { ...facts, isRelayInvolved: true };
  if (detail.kind === 'mediaReport') return facts.isServed === true ? facts : { ...facts, isServed: true };
  if (detail.kind !== 'candidatePair' || detail.outcome !== 'selected') return facts;
  // Of a relayed path, who has the relay on their own side knows more: how it is reached.
  const isKnownBetter = detail.remote.candidateType === 'relay' && detail.local.candidateType !== 'relay' && facts.path?.local.candidateType === 'relay';
  return isKnownBetter ? facts : { ...facts, path: { local: detail.local, remote: detail.remote } };
}

/**
 * What became of a call, in a sentence: how long it took to connect, which way media went, who ended it, when and why.
 *
 * @param nameOf the display name of a raw identifier.
 * @param now wall-clock milliseconds, for a call that runs.
 */
export function concludeCall(facts: CallFacts, nameOf: (identifier: string) => string, now: number): string {
  const { startedAt, connectedAt, end } = facts;
  if (connectedAt === undefined) {
    if (end === undefined) return `Not answered yet, after ${seconds(now - startedAt)}.`;
    return `Not connected: ${sentence(end.reason)} ${ending(end.reason, nameOf)} after ${seconds(end.at - startedAt)}.`;
  }
  const beginning = `Connected after ${seconds(connectedAt - startedAt)}${describeWay(facts)}`;
  if (end === undefined) return `${beginning}; running for ${seconds(now - connectedAt)}.`;
  const duration = seconds(end.at - connectedAt);
  if (end.reason.code === 0 && end.reason.subCode === 0) return `${beginning}; ended by ${whom(end.reason, nameOf)} after ${duration}.`;
  return `${beginning}; ended after ${duration}: ${sentence(end.reason)} ${ending(end.reason, nameOf)}.`;
}

/** A call with telephones went through the server, and is told by their trunks; in one of more than two, each has a way of their own. */
function describeWay({ path, isServed, trunks = [] }: CallFacts): string {
  if (trunks.length > 0) return ` through ${trunks.length === 1 ? 'trunk' : 'trunks'} ${trunks.join(', ')}`;
  if (isServed === true) return ' through the media processor';
  return path === undefined ? '' : ` ${describePath(path)}`;
}

/** `directly over UDP (host/host)`, `through NAT over UDP (host/srflx)`, `through the relay, reached over TLS (relay/host)`. */
function describePath({ local, remote }: ChosenPath): string {
  const types = `(${local.candidateType}/${remote.candidateType})`;
  const relayed = local.candidateType === 'relay' ? local : remote.candidateType === 'relay' ? remote : undefined;
  if (relayed !== undefined) {
    const reached = relayed.relayProtocol === undefined ? '' : `, reached over ${relayed.relayProtocol.toUpperCase()}`;
    return `through the relay${reached} ${types}`;
  }
  const isDirect = local.candidateType === 'host' && remote.candidateType === 'host';
  return `${isDirect ? 'directly' : 'through NAT'} over ${local.protocol.toUpperCase()} ${types}`;
}

function ending(reason: EndReason, nameOf: (identifier: string) => string): string {
  const numbers = `${reason.code}/${reason.subCode}`;
  return reason.endedBy === 'platform' ? `(${numbers})` : `(${numbers}, by ${nameOf(reason.endedBy)})`;
}

function whom(reason: EndReason, nameOf: (identifier: string) => string): string {
  return reason.endedBy === 'platform' ? 'the server' : nameOf(reason.endedBy);
}

/** The reason's sentence as part of a longer one. */
function sentence(reason: EndReason): string {
  const text = reason.message.replace(/\.$/, '');
  return /^[A-Z][a-z]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}

/** `2.1 s`, `34 s`, `5 min 3 s`, `1 h 4 min`. */
function seconds(milliseconds: number): string {
  const total = Math.max(0, milliseconds) / 1000;
  if (total < 10) return `${total.toFixed(1)} s`;
  const whole = Math.round(total);
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
