import type { Instant } from '@dialplane/sansio';
import type { SipFlow } from '../link/sip-flow.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { SipUri } from '../uri/sip-uri.ts';

/** A new request, after its routes were looked at (RFC 3261 §16.4): what a decision is made on. */
export interface ProxiedRequest {
  /** With the Request-URI as it is meant; a Route value of ours is gone from it. */
  readonly request: SipRequest;
  /** What `request.uri` says; `undefined` where its scheme is neither sip nor sips. */
  readonly uri: SipUri | undefined;
  readonly flow: SipFlow;
  /** The URI that this proxy has put into Record-Route earlier, and by which the request came. */
  readonly ownRoute: SipUri | undefined;
}

/** Where a request goes to. */
export interface ProxyTarget {
  /** The new Request-URI; without it that of the request stays. */
  readonly uri?: string;
  /** Values that are put in front of the request's Route: the Path of a registration (RFC 3327 §5.4). */
  readonly routes?: readonly string[];
  /** The flow it goes over, whatever its URI says (RFC 5626 §5.3). */
  readonly flow?: SipFlow;
  /** Thousandths. Targets of the same value are tried at once, those of a lower one when all before have failed (RFC 3261 §16.6). */
  readonly q?: number;
  /** How long an INVITE waits there for a first response of any kind before it counts as timed out, in milliseconds; timer B without it, and at the latest. */
  readonly firstResponseMs?: number;
}

/** What becomes of a new request. */
export type ProxyDecision =
  /** In a transaction, to these targets. With `staysOnPath` the requests of a dialog that it creates come this way, too (RFC 3261 §16.6 item 4). */
  | { readonly kind: 'forward'; readonly targets: readonly ProxyTarget[]; readonly staysOnPath: boolean }
  /** Answered by this element, without a transaction (RFC 3261 §8.2.7): the same request would be answered the same. An ACK is dropped. */
  | { readonly kind: 'respond'; readonly status: number; readonly reason?: string; readonly headers?: ReadonlyArray<readonly [name: string, value: string]> }
  /** Nothing is said. */
  | { readonly kind: 'drop' };

/** What the proxy does not know by itself. Everything is answered at once; what takes time, finding out where a URI leads, is an output. */
export interface ProxySurroundings {
  /** Whether a URI leads to this proxy: a domain, or an address and port, that it is responsible for. */
  isOwn(uri: SipUri): boolean;
  /** The host and port that the Via of requests names which leave on this flow: `192.0.2.1:5060`. The same for ever: loops are found by it. */
  sentBy(flow: SipFlow): string;
  /** What to do with a new request. Also asked about ACK that belongs to no transaction. */
  decide(request: ProxiedRequest, now: Instant): ProxyDecision;
  /**
   * Values for Record-Route in the order in which they are to stand: one, or two where the sides differ in transport or address (RFC 5658 §5.1). `leaves` is
   * the flow to the next hop.
   */
  recordRoutes(request: ProxiedRequest, leaves: SipFlow): readonly string[];
  /** The flow that leads to where a URI says, where that is known at once. */
  flowTo(uri: SipUri): SipFlow | undefined;
}
