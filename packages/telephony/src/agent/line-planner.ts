import type { DialPlan } from '@dialplane/calling-api';
import { numberForTrunk } from '@dialplane/routing';
import { escapeUri, noParameters, sipAddress, writeAddress, type SipLink } from '@dialplane/sip';
import type { LineTarget } from '@dialplane/telephony-api';
import type { FarSide, LineAttempt } from '../line/far-side.ts';
import type { TelephonyBooks } from '../open-telephony-books.ts';
import { customContextHeaders } from './custom-context-headers.ts';
import type { DialCommand, LinePlan } from './line-directory.ts';
import { trunkAttempts, trunkUris } from './trunk-attempts.ts';

export interface LinePlannerOptions {
  readonly books: Pick<TelephonyBooks, 'trunks' | 'numbers' | 'devices' | 'router' | 'meter'>;
  readonly link: SipLink;
  /** Host of this server. */
  readonly domain: () => string;
}

/** What SIP phones are offered: whatever they take, wideband first. */
const phoneMedia: FarSide['media'] = { srtp: 'allowed', keying: 'sdes', dtmf: 'rfc4733', codecs: ['opus', 'G722', 'PCMU', 'PCMA', 'G729'] };

export function farSideOfPhone(username: string, ownNumber: string | undefined): FarSide {
  return { phone: username, ...(ownNumber !== undefined && { ownNumber }), ringback: 'ours', offer: 'early', transfer: 'refer', media: phoneMedia };
}

/** Turns what the owner of a call wants into INVITEs to try, one after the other. */
export class LinePlanner {
  readonly #options: LinePlannerOptions;

  constructor(options: LinePlannerOptions) {
    this.#options = options;
  }

  plan(dial: DialCommand): LinePlan {
    return dial.target.kind === 'device' ? this.#planDevice(dial, dial.target.deviceId) : this.#planNumber(dial, dial.target);
  }

  /** URI by which a far side finds somebody: at its own trunk, or here. */
  addressOf(target: LineTarget, { trunk }: FarSide): string | undefined {
    const { books: { trunks }, link } = this.#options;
    if (target.kind === 'device') return link.contactOf(escapeUri(target.deviceId, 'user'));
    const settings = trunk === undefined ? undefined : trunks.get(trunk);
    if (settings === undefined) return link.contactOf(target.number);
    return trunkUris(settings, numberForTrunk(target.number, settings.profile.numbersOut))[0];
  }

  #planDevice({ from, customContext = {} }: DialCommand, username: string): LinePlan {
    const { books: { devices, numbers }, link, domain } = this.#options;
    const device = devices.get(username)?.device;
    if (device === undefined) return { kind: 'refused', refusal: 'NO_ROUTE', sentence: `There is no SIP phone ${username} any more.` };
    const uri = link.contactOf(escapeUri(username, 'user'));
    const attempt: LineAttempt = {
      far: farSideOfPhone(username, numbers.ofUser(device.identifier)), why: `It is a SIP phone of ${device.identifier}.`,
      invite: {
        uri, to: `<${uri}>`, from: writeAddress(sipAddress(`sip:${userPart(from.identifier)}@${domain()}`, noParameters, from.displayName ?? '')), contact: link.contactOf('telephony'),
        route: { flow: link.flow }, reliable: 'supported', headers: customContextHeaders(customContext), sessionTimer: { intervalSeconds: 1800 },
      },
    };
    return { kind: 'ways', attempts: [attempt], identifier: device.identifier };
  }

  #planNumber({ lineId, callId, from, customContext = {} }: DialCommand, { number, callerId }: Extract<LineTarget, { readonly kind: 'number' }>): LinePlan {
    const { router, meter } = this.#options.books;
    const plan = router.plan({ number, identifier: from.identifier, ...(callerId !== undefined && { callerId }) });
    if (plan.decision === 'refuse') return { kind: 'refused', refusal: plan.refusal ?? 'NO_ROUTE', sentence: plan.why };
    const attempts = plan.candidates.flatMap((candidate) => this.#attempts(candidate, plan, from.displayName, customContextHeaders(customContext)));
    const trunk = attempts[0]?.far.trunk;
    if (trunk === undefined) return { kind: 'refused', refusal: 'NO_TRUNK', sentence: 'The trunks of this number are gone.' };
    meter.begin({
      lineId, callId, direction: 'outbound', number: plan.number ?? number, identifier: from.identifier, trunk, ratePerMinute: plan.ratePerMinute, ...(plan.callerId !== undefined && { ownNumber: plan.callerId }),
    });
    return { kind: 'ways', attempts, identifier: `4:${plan.number ?? number}` };
  }

  #attempts({ trunk, number, route }: DialPlan['candidates'][number], { callerId }: DialPlan, displayName: string | undefined, headers: ReturnType<typeof customContextHeaders>): readonly LineAttempt[] {
    const { books: { trunks }, link, domain } = this.#options;
    const settings = trunks.get(trunk);
    if (settings === undefined) return [];
    return trunkAttempts(settings, {
      credentials: trunks.credentials(trunk), number, callerId, displayName, headers, domain: domain(), why: `Route ${route}.`,
      callerNumber: callerId === undefined ? undefined : numberForTrunk(callerId, settings.profile.numbersOut),
    }, link);
  }
}

/** Who calls, so that the phone can call back: a number, or a user by identifier. */
function userPart(identifier: string): string {
  return identifier.startsWith('4:') ? identifier.slice(2) : escapeUri(identifier, 'user');
}
