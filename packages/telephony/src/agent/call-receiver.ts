import { numberFromTrunk } from '@dialplane/routing';
import { isAnonymous, parseUri, readAddress, readIdentities, telephoneNumberOf, userOf, writeWarning, type SipAddress, type SipHeaders, type SipOrigin, type SipRequest, type Uri } from '@dialplane/sip';
import type { IncomingLine } from '@dialplane/telephony-api';
import type { FarSide } from '../line/far-side.ts';
import type { ReferTarget } from '../line/transfers.ts';
import type { TelephonyBooks } from '../open-telephony-books.ts';
import type { TrunkSettings } from '../trunks/trunk-settings.ts';
import { customContextOf } from './custom-context-headers.ts';
import type { IncomingDecision } from './line-directory.ts';
import { farSideOfPhone } from './line-planner.ts';
import { mostRedirections, readRedirections } from './redirections.ts';
import { farSideOfTrunk } from './trunk-attempts.ts';

export interface CallReceiverOptions {
  readonly books: Pick<TelephonyBooks, 'trunks' | 'numbers' | 'devices' | 'meter'>;
  /** Has an application decide about a call; the agent is told later. */
  readonly ask: (call: AskedCall) => void;
}

/** A call that an application is asked about. */
export interface AskedCall {
  readonly line: Omit<IncomingLine, 'target'>;
  readonly far: FarSide;
  readonly url: string;
}

const anonymous = '4:anonymous';
const longestName = 256;

/** Says whom a call from outside is for: a number of ours by its book, or whom a user's SIP phone has dialled. */
export class CallReceiver {
  readonly #options: CallReceiverOptions;

  constructor(options: CallReceiverOptions) {
    this.#options = options;
  }

  receive(lineId: string, request: SipRequest, origin: SipOrigin): IncomingDecision {
    const settings = origin.kind === 'trunk' ? this.#options.books.trunks.get(origin.trunkId) : undefined;
    if (settings !== undefined) return this.#fromTrunk(lineId, request, settings);
    return origin.kind === 'user' ? this.#fromPhone(request, origin) : { kind: 'refuse', status: 403 };
  }

  /** Whom a URI means that a far side refers to. */
  targetOf(uri: string, { trunk, ownNumber }: FarSide): ReferTarget | undefined {
    const parsed = parseUri(uri);
    if (parsed === undefined) return undefined;
    const settings = trunk === undefined ? undefined : this.#options.books.trunks.get(trunk);
    const number = settings === undefined ? dialled(parsed) : numberOf(parsed, settings);
    if (number !== undefined) return { kind: 'number', number, ...(ownNumber !== undefined && { callerId: ownNumber }) };
    return parsed.kind === 'sip' ? this.#userOf(userOf(parsed)) : undefined;
  }

  #fromTrunk(lineId: string, request: SipRequest, settings: TrunkSettings): IncomingDecision {
    const { books: { numbers, meter }, ask } = this.#options;
    const called = calledNumbers(request).flatMap((uri) => numberOf(uri, settings) ?? []);
    const number = called.find((each) => numbers.targetOf(each) !== undefined);
    const target = number === undefined ? undefined : numbers.targetOf(number);
    if (number === undefined || target === undefined || target.kind === 'none') return { kind: 'refuse', status: 404 };
    const redirections = readRedirections(request.headers, (uri) => numberOf(uri, settings));
    if (redirections.length > mostRedirections) return { kind: 'refuse', status: 483, headers: [['Warning', writeWarning({ code: 399, agent: 'dialplane', text: 'The call was sent on too often.' })]] };
    const { from, displayName } = callerOf(request.headers, settings);
    const metered = { direction: 'inbound', ownNumber: number, trunk: settings.name, ...(from.startsWith('4:+') && { number: from.slice(2) }) } as const;
    const full = meter.refusal(metered);
    if (full !== undefined) return { kind: 'refuse', status: 486, headers: [['Warning', writeWarning({ code: 399, agent: 'dialplane', text: full })]] };
    meter.begin({ ...metered, lineId });
    const customContext = customContextOf(request.headers);
    const line = { from, to: `4:${number}`, trunk: settings.name, ...(displayName !== undefined && { displayName }), ...(customContext !== undefined && { customContext }), ...(redirections.length > 0 && { redirections }) };
    const far = farSideOfTrunk(settings, number);
    if (target.kind !== 'webhook') return { kind: 'line', far, line: { ...line, target } };
    ask({ line: { ...line, lineId }, far, url: target.url });
    return { kind: 'later' };
  }

  #fromPhone(request: SipRequest, { identifier, username }: Extract<SipOrigin, { readonly kind: 'user' }>): IncomingDecision {
    const uri = parseUri(request.uri);
    const target = uri === undefined ? undefined : this.#dialledBy(identifier, uri);
    if (target === undefined) return { kind: 'refuse', status: 404 };
    const displayName = this.#options.books.devices.get(username)?.device.displayName ?? nameOf(readAddress(request.headers, 'From'));
    const to = target.kind === 'number' ? `4:${target.number}` : target.identifiers[0] ?? '';
    return { kind: 'line', far: farSideOfPhone(username, this.#options.books.numbers.ofUser(identifier)), line: { from: identifier, to, target, ...(displayName !== undefined && { displayName }) } };
  }

  #dialledBy(identifier: string, uri: Uri): Extract<IncomingLine['target'], { readonly kind: 'number' | 'users' }> | undefined {
    const user = uri.kind === 'sip' ? this.#userOf(userOf(uri)) : undefined;
    if (user !== undefined) return { kind: 'users', identifiers: [user.identifier] };
    const number = dialled(uri);
    if (number === undefined) return undefined;
    const callerId = this.#options.books.numbers.ofUser(identifier);
    return { kind: 'number', number, ...(callerId !== undefined && { callerId }) };
  }

  /** A user by identifier, or by the username of one of their SIP phones. */
  #userOf(user: string | undefined): Extract<ReferTarget, { readonly kind: 'user' }> | undefined {
    if (user === undefined) return undefined;
    if (user.startsWith('8:')) return { kind: 'user', identifier: user };
    const device = this.#options.books.devices.get(user)?.device;
    return device === undefined ? undefined : { kind: 'user', identifier: device.identifier };
  }
}

/** Where the called number may stand: in the Request-URI; in To, where the Request-URI is the address that a trunk was registered with (RFC 3261 §8.2.2.1, §10). */
function calledNumbers({ uri, headers }: SipRequest): readonly Uri[] {
  const texts = [uri, readAddress(headers, 'P-Called-Party-ID')?.uri, readAddress(headers, 'To')?.uri];
  return texts.flatMap((text) => (text === undefined ? undefined : parseUri(text)) ?? []);
}

function callerOf(headers: SipHeaders, settings: TrunkSettings): { readonly from: string; readonly displayName: string | undefined } {
  if (isAnonymous(headers)) return { from: anonymous, displayName: undefined };
  const from = readAddress(headers, 'From');
  const named = [...readIdentities(headers, 'P-Asserted-Identity'), ...readIdentities(headers, 'Remote-Party-ID'), ...(from === undefined ? [] : [from])];
  for (const address of named) {
    const uri = parseUri(address.uri);
    const number = uri === undefined ? undefined : numberOf(uri, settings) ?? dialled(uri);
    if (number !== undefined) return { from: `4:${number}`, displayName: nameOf(address) ?? nameOf(from) };
  }
  return { from: anonymous, displayName: nameOf(from) };
}

/** E.164, as the trunk writes numbers. */
function numberOf(uri: Uri, { profile }: TrunkSettings): string | undefined {
  const digits = dialled(uri);
  return digits === undefined ? undefined : numberFromTrunk(digits, profile.numbersIn);
}

function dialled(uri: Uri): string | undefined {
  return uri.kind === 'sip' || uri.kind === 'tel' ? telephoneNumberOf(uri)?.digits : undefined;
}

function nameOf(address: SipAddress | undefined): string | undefined {
  return address === undefined || address.displayName === '' ? undefined : address.displayName.slice(0, longestName);
}
