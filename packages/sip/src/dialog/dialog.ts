import { parseAddress, readAddress, tagOf } from '../headers/address.ts';
import { readCSeq } from '../headers/cseq.ts';
import type { Replaces } from '../headers/replaces.ts';
import { SipHeaders } from '../message/sip-headers.ts';
import { noBody, type SipRequest, type SipResponse } from '../message/sip-message.ts';

/** What a dialog is made of, seen from here (RFC 3261 §12). */
interface DialogParts {
  readonly callId: string;
  readonly localTag: string;
  /** Empty where an RFC 2543 element sent none. */
  readonly remoteTag: string;
  /** From of our requests, with our tag. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  /** Our Contact. */
  readonly contact: string;
  readonly remoteTarget: string;
  readonly routeSet: readonly string[];
  readonly localSequence: number;
  readonly remoteSequence: number | undefined;
  readonly state: 'early' | 'confirmed';
}

/** How a request within a dialog stands to those before it (RFC 3261 §12.2.2). */
export type SequenceVerdict = 'inOrder' | 'outOfOrder';

/**
 * A peer-to-peer relationship between two user agents (RFC 3261 §12): knows how a request to the other side is addressed and numbered, and which of its
 * requests are in order.
 *
 * early → confirmed; a dialog that ends is dropped by its owner.
 */
export class Dialog {
  private parts: DialogParts;

  private constructor(parts: DialogParts) {
    this.parts = parts;
  }

  /**
   * The caller's side, from the first response with a To tag (RFC 3261 §12.1.2). `undefined` where a provisional response has none. Lenient: a 2xx without tag is one of
   * RFC 2543, and without Contact the Request-URI stays the target.
   */
  static ofCaller(invite: SipRequest, response: SipResponse, contact: string): Dialog | undefined {
    const remoteTag = tagIn(response.headers, 'To');
    if (remoteTag === undefined && response.status < 200) return undefined;
    const sequence = readCSeq(invite.headers)?.number ?? 0;
    return new Dialog({
      callId: invite.headers.first('Call-ID') ?? '',
      localTag: tagIn(invite.headers, 'From') ?? '',
      remoteTag: remoteTag ?? '',
      localAddress: invite.headers.first('From') ?? '',
      remoteAddress: response.headers.first('To') ?? '',
      contact,
      remoteTarget: contactOf(response.headers) ?? invite.uri,
      routeSet: response.headers.all('Record-Route').toReversed(),
      localSequence: sequence,
      remoteSequence: undefined,
      state: response.status < 200 ? 'early' : 'confirmed',
    });
  }

  /** The callee's side, from the INVITE (RFC 3261 §12.1.1). Lenient: without Contact it is one of RFC 2543, whose sender is reached by its From. */
  static ofCallee(invite: SipRequest, localTag: string, contact: string, firstSequence: number): Dialog {
    return new Dialog({
      callId: invite.headers.first('Call-ID') ?? '',
      localTag,
      remoteTag: tagIn(invite.headers, 'From') ?? '',
      localAddress: `${invite.headers.first('To') ?? ''};tag=${localTag}`,
      remoteAddress: invite.headers.first('From') ?? '',
      contact,
      remoteTarget: contactOf(invite.headers) ?? readAddress(invite.headers, 'From')?.uri ?? '',
      routeSet: invite.headers.all('Record-Route'),
      localSequence: firstSequence,
      remoteSequence: readCSeq(invite.headers)?.number,
      state: 'early',
    });
  }

  get callId(): string {
    return this.parts.callId;
  }

  get localTag(): string {
    return this.parts.localTag;
  }

  get remoteTag(): string {
    return this.parts.remoteTag;
  }

  get contact(): string {
    return this.parts.contact;
  }

  get state(): 'early' | 'confirmed' {
    return this.parts.state;
  }

  /** How a Replaces header names this dialog to the peer (RFC 3891 §3): with its tags as the peer's user agent sees them. */
  get replaces(): Replaces {
    const { callId, remoteTag, localTag } = this.parts;
    return { callId, toTag: remoteTag, fromTag: localTag, isEarlyOnly: false };
  }

  /** The 2xx is here, or was sent. The caller's route set is now the one that it says (RFC 3261 §13.2.2.4). */
  confirm(answer?: SipResponse): void {
    this.parts = {
      ...this.parts,
      state: 'confirmed',
      ...(answer === undefined ? {} : { routeSet: answer.headers.all('Record-Route').toReversed(), remoteTarget: contactOf(answer.headers) ?? this.parts.remoteTarget }),
    };
  }

  /** Judges a request of the peer and remembers its number. ACK and CANCEL have their INVITE's and are not judged. */
  admit(request: SipRequest): SequenceVerdict {
    if (this.hasSeen(request)) return 'outOfOrder';
    this.parts = { ...this.parts, remoteSequence: readCSeq(request.headers)?.number ?? 0 };
    return 'inOrder';
  }

  /** Whether the peer has used this request's number, or a later one. */
  hasSeen(request: SipRequest): boolean {
    const { remoteSequence } = this.parts;
    return remoteSequence !== undefined && (readCSeq(request.headers)?.number ?? 0) <= remoteSequence;
  }

  /** A target refresh was accepted, by us or by the peer: its Contact is where requests go from now on (RFC 3261 §12.2). */
  refreshTarget(headers: SipHeaders): void {
    const remoteTarget = contactOf(headers);
    if (remoteTarget !== undefined) this.parts = { ...this.parts, remoteTarget };
  }

  /** The next request to the peer, without Via and body (RFC 3261 §12.2.1.1). */
  request(method: string): SipRequest {
    const localSequence = this.parts.localSequence + 1;
    this.parts = { ...this.parts, localSequence };
    return this.requestNumbered(method, localSequence);
  }

  /** The ACK for a 2xx: numbered as its INVITE (RFC 3261 §13.2.2.4). */
  ack(inviteSequence: number): SipRequest {
    return this.requestNumbered('ACK', inviteSequence);
  }

  private requestNumbered(method: string, sequence: number): SipRequest {
    const { remoteTarget, routeSet, localAddress, remoteAddress, callId } = this.parts;
    const headers = new SipHeaders();
    const [first] = routeSet;
    const isStrict = first !== undefined && !isLooseRouter(first);
    // A first hop that is a strict router takes the Request-URI for itself; the target then is the last of the routes (RFC 3261 §12.2.1.1).
    const routes = isStrict ? [...routeSet.slice(1), `<${remoteTarget}>`] : routeSet;
    for (const route of routes) headers.add('Route', route);
    headers.add('Max-Forwards', '70');
    headers.add('From', localAddress);
    headers.add('To', remoteAddress);
    headers.add('Call-ID', callId);
    headers.add('CSeq', `${sequence} ${method}`);
    return { kind: 'request', method, uri: isStrict ? (parseAddress(first)?.uri ?? remoteTarget) : remoteTarget, headers, body: noBody };
  }
}

/** The tag of From or To. */
function tagIn(headers: SipHeaders, name: 'From' | 'To'): string | undefined {
  const address = readAddress(headers, name);
  return address === undefined ? undefined : tagOf(address);
}

function contactOf(headers: SipHeaders): string | undefined {
  return readAddress(headers, 'Contact')?.uri;
}

function isLooseRouter(route: string): boolean {
  return /;lr(?:[;=>?]|$)/i.test(parseAddress(route)?.uri ?? '');
}
