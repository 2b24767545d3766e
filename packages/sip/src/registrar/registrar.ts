import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { parseAddress, type SipAddress, sipAddress, writeAddress } from '../headers/address.ts';
import { readCSeq } from '../headers/cseq.ts';
import type { SipFlow } from '../link/sip-flow.ts';
import type { SipRequest } from '../message/sip-message.ts';
import { parseDecimal } from '../message/token.ts';
import { parseSipUri, sameSipUri } from '../uri/sip-uri.ts';
import type { Binding, LocationTable } from './location-table.ts';

/** How long registrations last, and how many there are of one address of record. */
export interface RegistrarRules {
  /** What lasts shorter is refused with 423 (RFC 3261 §10.3 item 7); 0 removes. */
  readonly shortestSeconds: number;
  /** What lasts longer is made as short. */
  readonly longestSeconds: number;
  /** Where a telephone does not say. */
  readonly presetSeconds: number;
  /** With one more, the one that would end first is replaced: telephones that start anew leave bindings behind. */
  readonly bindingsPerAddress: number;
}

export const defaultRegistrarRules: RegistrarRules = { shortestSeconds: 60, longestSeconds: 3600, presetSeconds: 3600, bindingsPerAddress: 8 };

/** With what a REGISTER is answered. */
export interface RegistrarAnswer {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
}

const longestContact = 1024;

/** What a REGISTER wants to have changed. */
interface WantedBinding {
  readonly address: SipAddress;
  readonly seconds: number;
}

/**
 * Carries out a REGISTER whose sender may do so (RFC 3261 §10.3 items 6 to 8): all of it or nothing. A request that has come before changes nothing and is
 * answered the same. Flows are kept for telephones behind NAT, whether or not they know of RFC 5626; those that do, by `reg-id` and `+sip.instance`, replace their own
 * binding when they come back with another address.
 *
 * @param addressOfRecord as the caller names it: the key in the table.
 */
export function register(table: LocationTable, request: SipRequest, addressOfRecord: string, flow: SipFlow, rules: RegistrarRules, now: Instant): RegistrarAnswer {
  const { headers } = request;
  const callId = headers.first('Call-ID') ?? '';
  const cSeq = readCSeq(headers)?.number;
  const contacts = headers.all('Contact');
  if (cSeq === undefined) return refusal(400);
  const existing = table.bindingsOf(addressOfRecord, now);
  const isStale = (binding: Binding): boolean => binding.callId === callId && cSeq < binding.cSeq;
  const isRepeated = (binding: Binding): boolean => binding.callId === callId && cSeq === binding.cSeq;
  if (contacts.includes('*')) {
    if (contacts.length > 1 || parseDecimal(headers.first('Expires') ?? '', 0) !== 0) return refusal(400);
    if (existing.some(isStale)) return refusal(500);
    table.unbind(addressOfRecord, existing.filter((binding) => !isRepeated(binding)), 'removed');
    return listing(table, request, addressOfRecord, now);
  }
  const wanted = readWanted(request, contacts, rules);
  if ('status' in wanted) return wanted;
  const changes = wanted.map(({ address, seconds }) => ({ address, seconds, replaced: existing.filter((binding) => isSameBinding(binding, address)) }));
  if (changes.some(({ replaced }) => replaced.some(isStale))) return refusal(500);
  for (const { address, seconds, replaced } of changes) {
    if (replaced.some(isRepeated)) continue;
    if (seconds === 0) table.unbind(addressOfRecord, replaced, 'removed');
    else {
      const binding = bindingOf(request, address, { callId, cSeq, flow, expiresAt: addMilliseconds(now, seconds * 1000) });
      table.bind(addressOfRecord, binding, [...replaced, ...surplus(table.bindingsOf(addressOfRecord, now), replaced, rules)]);
    }
  }
  return listing(table, request, addressOfRecord, now);
}

function readWanted({ headers }: SipRequest, contacts: readonly string[], rules: RegistrarRules): readonly WantedBinding[] | RegistrarAnswer {
  const ofAll = headers.first('Expires');
  const wanted: WantedBinding[] = [];
  for (const contact of contacts) {
    const address = contact.length > longestContact ? undefined : parseAddress(contact);
    if (address === undefined || parseSipUri(address.uri) === undefined || wanted.length >= rules.bindingsPerAddress) return refusal(400);
    // RFC 3261 §20.10: what is no number counts as an hour.
    const text = address.parameters.get('expires') ?? ofAll;
    const asked = text === undefined ? rules.presetSeconds : (parseDecimal(text, 0xffff_ffff) ?? 3600);
    if (asked > 0 && asked < rules.shortestSeconds) return { status: 423, headers: [['Min-Expires', String(rules.shortestSeconds)]] };
    wanted.push({ address, seconds: Math.min(asked, rules.longestSeconds) });
  }
  return wanted;
}

function bindingOf({ headers }: SipRequest, address: SipAddress, kept: Pick<Binding, 'callId' | 'cSeq' | 'flow' | 'expiresAt'>): Binding {
  const outbound = outboundOf(address);
  const userAgent = headers.first('User-Agent');
  return {
    contact: address.uri,
    ...(address.displayName !== '' && { displayName: address.displayName }),
    q: Math.round(Math.min(1, Math.max(0, Number(address.parameters.get('q') ?? '1') || 0)) * 1000),
    path: headers.all('Path'),
    ...kept,
    ...(outbound !== undefined && { outbound }),
    ...(userAgent !== undefined && { userAgent: userAgent.slice(0, 128) }),
  };
}

/** RFC 5626 §6: both parameters, or it is an ordinary registration. */
function outboundOf({ parameters }: SipAddress): Binding['outbound'] {
  const instanceId = parameters.get('+sip.instance');
  const regId = parseDecimal(parameters.get('reg-id') ?? '', 0x7fff_ffff);
  return instanceId === undefined || regId === undefined || regId === 0 ? undefined : { instanceId, regId };
}

function isSameBinding(binding: Binding, address: SipAddress): boolean {
  const outbound = outboundOf(address);
  if (outbound !== undefined && binding.outbound?.instanceId === outbound.instanceId && binding.outbound.regId === outbound.regId) return true;
  if (binding.contact === address.uri) return true;
  const [a, b] = [parseSipUri(binding.contact), parseSipUri(address.uri)];
  return a !== undefined && b !== undefined && sameSipUri(a, b);
}

/** What has to go so that one more has room. */
function surplus(existing: readonly Binding[], replaced: readonly Binding[], { bindingsPerAddress }: RegistrarRules): readonly Binding[] {
  const others = existing.filter((binding) => !replaced.includes(binding)).toSorted((a, b) => a.expiresAt - b.expiresAt);
  return others.slice(0, Math.max(0, others.length + 1 - bindingsPerAddress));
}

/** RFC 3261 §10.3 item 8; with the Path that was stored (RFC 3327 §5.3), and a word that flows are kept where that was asked for (RFC 5626 §6). */
function listing(table: LocationTable, { headers }: SipRequest, addressOfRecord: string, now: Instant): RegistrarAnswer {
  const bindings = table.bindingsOf(addressOfRecord, now);
  const lines: Array<readonly [string, string]> = bindings.map((binding) => ['Contact', contactOf(binding, now)] as const);
  for (const value of headers.all('Path')) lines.push(['Path', value]);
  const callId = headers.first('Call-ID');
  if (bindings.some((binding) => binding.outbound !== undefined && binding.callId === callId) && headers.all('Supported').includes('outbound')) lines.push(['Require', 'outbound']);
  return { status: 200, headers: lines };
}

function contactOf(binding: Binding, now: Instant): string {
  const parameters = new Map<string, string | undefined>([['expires', String(Math.max(0, Math.ceil((binding.expiresAt - now) / 1000)))]]);
  if (binding.q !== 1000) parameters.set('q', String(binding.q / 1000));
  if (binding.outbound !== undefined) parameters.set('+sip.instance', binding.outbound.instanceId).set('reg-id', String(binding.outbound.regId));
  return writeAddress(sipAddress(binding.contact, parameters));
}

function refusal(status: number): RegistrarAnswer {
  return { status, headers: [] };
}
