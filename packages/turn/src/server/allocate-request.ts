import type { StunMessage } from '@dialplane/stun';
import { protocolNumber, readAddressFamily, readEvenPort, readLifetime, readRequestedTransport, readReservationToken } from '../attributes/allocation-attributes.ts';
import { type AddressFamily, type RelayTransport, turnAttribute, type TurnErrorCode } from '../turn-numbers.ts';
import type { TurnServerOptions } from './server-options.ts';

/** RFC 8656 §6: lifetime where the client asks for none or for less. */
export const defaultLifetimeSeconds = 600;
const defaultLongestLifetimeSeconds = 3600;

/** What an Allocate request asks for, once it has been found to make sense. */
export interface AllocationPlan {
  readonly transport: RelayTransport;
  /** One family, or two for a dual allocation; empty with a reservation, which has its own. */
  readonly families: readonly AddressFamily[];
  /** A family of a dual allocation that this server does not have. */
  readonly missingFamily: AddressFamily | undefined;
  readonly port: 'any' | 'even' | 'evenAndNext';
  /** RESERVATION-TOKEN. */
  readonly reservationToken: string | undefined;
  readonly lifetimeSeconds: number;
}

/** A plan, or the code to refuse with; with 420 also the attribute that is not understood. */
export type PlanResult =
  | { readonly ok: true; readonly plan: AllocationPlan }
  | { readonly ok: false; readonly code: TurnErrorCode; readonly unknownAttribute?: number };

type PlanOptions = Pick<TurnServerOptions, 'families' | 'transports' | 'canSetDontFragment' | 'longestLifetimeSeconds'>;

/**
 * Steps 3 to 9 of RFC 8656 §7.2 and the exceptions of RFC 6062 §5.1, as far as they need nothing but the request:
 *
 * 1. REQUESTED-TRANSPORT missing or malformed: 400; neither UDP nor TCP, or TCP where it is not offered: 442; UDP where policy forbids it: 403.
 * 2. TCP not asked for over a stream, or with attributes of UDP relays: 400. 3. DONT-FRAGMENT that cannot be done: 420.
 * 4. RESERVATION-TOKEN with a wish for port or family, both families' attributes, a reserved port in a dual allocation: 400.
 * 5. A family that is not there: 440; of a dual allocation one may be missing.
 */
export function planAllocation(request: StunMessage, isStream: boolean, options: PlanOptions): PlanResult {
  const number = readRequestedTransport(request);
  if (number === undefined) return refuse(400);
  const transport = number === protocolNumber.udp ? 'udp' : number === protocolNumber.tcp ? 'tcp' : undefined;
  if (transport === undefined || (transport === 'tcp' && !options.transports.has('tcp'))) return refuse(442);
  if (!options.transports.has(transport)) return refuse(403);
  const hasToken = request.has(turnAttribute.reservationToken);
  const hasEvenPort = request.has(turnAttribute.evenPort);
  const hasDontFragment = request.has(turnAttribute.dontFragment);
  if (transport === 'tcp' && (!isStream || hasDontFragment || hasEvenPort || hasToken)) return refuse(400);
  if (hasDontFragment && !options.canSetDontFragment) return { ok: false, code: 420, unknownAttribute: turnAttribute.dontFragment };

  const token = readReservationToken(request);
  const evenPort = readEvenPort(request);
  const hasLifetime = request.has(turnAttribute.lifetime);
  if ((hasToken && token === undefined) || (hasEvenPort && evenPort === undefined) || (hasLifetime && readLifetime(request) === undefined)) return refuse(400);
  const families = planFamilies(request, options.families);
  if (!families.ok) return families;
  if (hasToken && (hasEvenPort || families.isExplicit)) return refuse(400);
  if (evenPort?.reserveNext === true && families.isDual) return refuse(400);
  const port = evenPort === undefined ? 'any' : evenPort.reserveNext ? 'evenAndNext' : 'even';
  const plan: AllocationPlan = {
    transport,
    families: token === undefined ? families.families : [],
    missingFamily: families.missing,
    port,
    reservationToken: token,
    lifetimeSeconds: grantedLifetime(request, options),
  };
  if (token === undefined && plan.families.length === 0) return refuse(440);
  return { ok: true, plan };
}

/** The lifetime of RFC 8656 §7.2 and §8.2: what is asked for, but at least the default and at most the server's longest. */
export function grantedLifetime(request: StunMessage, options: Pick<TurnServerOptions, 'longestLifetimeSeconds'>): number {
  const longest = Math.max(defaultLifetimeSeconds, options.longestLifetimeSeconds ?? defaultLongestLifetimeSeconds);
  return Math.max(defaultLifetimeSeconds, Math.min(readLifetime(request) ?? 0, longest));
}

type FamilyPlan =
  | { readonly ok: true; readonly families: readonly AddressFamily[]; readonly missing: AddressFamily | undefined; readonly isDual: boolean; readonly isExplicit: boolean }
  | { readonly ok: false; readonly code: TurnErrorCode };

/** Deviation: ADDITIONAL-ADDRESS-FAMILY is also known by the number that coturn's clients give it. */
function planFamilies(request: StunMessage, available: ReadonlySet<AddressFamily>): FamilyPlan {
  const isRequested = request.has(turnAttribute.requestedAddressFamily);
  const additional = (['additionalAddressFamily', 'additionalAddressFamilyOfDraft'] as const).find((attribute) => request.has(turnAttribute[attribute]));
  if (isRequested && additional !== undefined) return { ok: false, code: 400 };
  if (additional !== undefined) {
    if (readAddressFamily(request, additional) !== 6) return { ok: false, code: 400 };
    const families = ([4, 6] as const).filter((family) => available.has(family));
    return { ok: true, families, missing: families.length === 1 ? (families[0] === 4 ? 6 : 4) : undefined, isDual: true, isExplicit: true };
  }
  const family = isRequested ? readAddressFamily(request, 'requestedAddressFamily') : 4;
  if (family === undefined) return { ok: false, code: 400 };
  const families = family !== 'unknown' && available.has(family) ? [family] : [];
  return { ok: true, families, missing: undefined, isDual: false, isExplicit: isRequested };
}

function refuse(code: TurnErrorCode): { readonly ok: false; readonly code: TurnErrorCode } {
  return { ok: false, code };
}
