import type { DialPlan, Redirection } from '@dialplane/calling-api';
import { numberForTrunk } from '@dialplane/routing';
import { escapeUri, noParameters, sipAddress, writeAddress, type SipLink } from '@dialplane/sip';
import type { LineTarget } from '@dialplane/telephony-api';
import type { FarSide, LineAttempt } from '../line/far-side.ts';
import type { TelephonyBooks } from '../open-telephony-books.ts';
import type { TrunkSettings } from '../trunks/trunk-settings.ts';
import { customContextHeaders } from './custom-context-headers.ts';
import { followable } from './followed-contacts.ts';
import { forwardTarget } from './forward-target.ts';
import type { DialCommand, LinePlan, RedirectionPlan } from './line-directory.ts';
import { redirectionHeaders } from './redirections.ts';
import { trunkAttempts, trunkUris, trunkWays, type TrunkCall } from './trunk-attempts.ts';

export interface LinePlannerOptions {
  readonly books: Pick<TelephonyBooks, 'trunks' | 'health' | 'numbers' | 'devices' | 'router' | 'meter'>;
  readonly link: SipLink;
  /** Host of this server. */
  readonly domain: () => string;
  /** Whether a SIP phone, by its username, can be rung now. */
  readonly isRegistered: (username: string) => boolean;
}

/** What a call says of itself, whichever way it goes. */
type CallWords = Pick<TrunkCall, 'displayName' | 'headers' | 'redirections'>;

/** What SIP phones are offered: whatever they take, wideband first. */
const phoneMedia: FarSide['media'] = { srtp: 'allowed', keying: 'sdes', dtmf: 'rfc4733', codecs: ['opus', 'G722', 'PCMU', 'PCMA', 'G729'] };

export function farSideOfPhone(username: string, ownNumber: string | undefined): FarSide {
  return { phone: username, ...(ownNumber !== undefined && { ownNumber }), ringback: 'ours', offer: 'early', transfer: 'refer', attendedTransfer: 'refer', media: phoneMedia };
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

  #planDevice(dial: DialCommand, username: string, why?: string): LinePlan {
    const { from, customContext = {}, redirections = [] } = dial;
    const { books: { devices, numbers }, link, domain } = this.#options;
    const device = devices.get(username)?.device;
    if (device === undefined) return { kind: 'refused', refusal: 'NO_ROUTE', sentence: `There is no SIP phone ${username} any more.` };
    const uri = link.contactOf(escapeUri(username, 'user'));
    const redirected = redirectionHeaders(redirections, 'both', uri, (number) => `sip:${number}@${domain()};user=phone`);
    const attempt: LineAttempt = {
      far: farSideOfPhone(username, numbers.ofUser(device.identifier)), why: why ?? `It is a SIP phone of ${device.identifier}.`,
      invite: {
        uri, to: `<${uri}>`, from: writeAddress(sipAddress(`sip:${userPart(from.identifier)}@${domain()}`, noParameters, from.displayName ?? '')), contact: link.contactOf('telephony'),
        route: { flow: link.flow }, reliable: 'supported', headers: [...customContextHeaders(customContext), ...redirected], sessionTimer: { intervalSeconds: 1800 },
      },
    };
    return { kind: 'ways', attempts: [attempt], identifier: device.identifier, dial };
  }

  /**
   * Follows a 3xx to what of its contacts may be followed (RFC 3261 §8.1.3.4). Of a trunk: another host of it, for the same number; or another number, wherever it is said to be, as if that had
   * been called, so that what may be called and what it may cost hold for it, too. To strangers' hosts nothing is sent. The line is metered anew for another number.
   */
  redirect(dial: DialCommand, far: FarSide, contacts: readonly string[], reason: Redirection['reason']): RedirectionPlan {
    if (far.phone !== undefined) return this.#forward(dial, far.phone, contacts, reason);
    const { trunks, meter } = this.#options.books;
    const settings = far.trunk === undefined ? undefined : trunks.get(far.trunk);
    if (dial.target.kind === 'device' || settings === undefined) return { kind: 'notFollowed', sentence: 'The trunk that has redirected the call is gone.' };
    if (settings.profile.redirects === 'refused') return { kind: 'notFollowed', sentence: `Redirections of ${settings.name} are not followed.` };
    const { number } = dial.target;
    const followed = followable(contacts, settings, number);
    if (followed.kind === 'none') return { kind: 'notFollowed', sentence: 'The call was redirected to where it may not go: to no other number, and to no host of the trunk.' };
    if (followed.kind === 'hosts') return { kind: 'ways', attempts: this.#attemptsAt(settings, dial, far.ownNumber, followed.uris), identifier: `4:${number}`, dial };
    meter.end(dial.lineId, 'redirected');
    const target = { ...dial.target, number: followed.number };
    const onward: DialCommand = { ...dial, target, redirections: [...(dial.redirections ?? []), { by: `4:${number}`, reason }] };
    return this.#planNumber(onward, target, `${dial.lineId}/${followed.number}`);
  }

  /** Of a SIP phone: to another one of this server, to users, whom the owner of the call rings, or to a number, which its user calls then, by their own number and under their limits. Who answers has the part of that user in the call. */
  #forward(dial: DialCommand, username: string, contacts: readonly string[], reason: Redirection['reason']): RedirectionPlan {
    const { books, isRegistered } = this.#options;
    const device = books.devices.get(username)?.device;
    if (device === undefined) return { kind: 'notFollowed', sentence: `There is no SIP phone ${username} any more.` };
    const { identifier } = device;
    const target = forwardTarget(contacts, identifier, { books, isRegistered });
    if (target.kind === 'none') return { kind: 'notFollowed', sentence: target.sentence };
    const callerId = books.numbers.ofUser(identifier);
    const redirection: Redirection = { by: callerId === undefined ? identifier : `4:${callerId}`, reason };
    if (target.kind === 'users') return { kind: 'forwarded', identifiers: target.identifiers, redirection };
    const onward: DialCommand = { ...dial, redirections: [...(dial.redirections ?? []), redirection] };
    if (target.kind === 'number') {
      if (callerId === undefined) return { kind: 'refused', refusal: 'CALLER_ID_NOT_OWNED', sentence: `${identifier} has no number of this server, which a call that is sent on to a telephone would show.` };
      const dialled = { kind: 'number', number: target.number, callerId } as const;
      return this.#planNumber({ ...onward, target: dialled, from: { ...dial.from, identifier } }, dialled);
    }
    const plan = this.#planDevice({ ...onward, target: { kind: 'device', deviceId: target.username } }, target.username, `${username} has sent the call on to ${target.username}.`);
    return plan.kind === 'ways' ? plan : { kind: 'notFollowed', sentence: 'The SIP phone that the call was sent on to is gone.' };
  }

  /** @param recordId of the line in the ledger, where it is not its own. */
  #planNumber(dial: DialCommand, target: Extract<LineTarget, { readonly kind: 'number' }>, recordId?: string): LinePlan {
    const { router, meter } = this.#options.books;
    const { lineId, callId, from, customContext = {}, redirections = [] } = dial;
    const { callerId } = target;
    const plan = router.plan({ number: target.number, identifier: from.identifier, ...(callerId !== undefined && { callerId }) });
    if (plan.decision === 'refuse') return { kind: 'refused', refusal: plan.refusal ?? 'NO_ROUTE', sentence: plan.why };
    const number = plan.number ?? target.number;
    const attempts = plan.candidates.flatMap((candidate) => this.#attempts(candidate, plan, { displayName: from.displayName, headers: customContextHeaders(customContext), redirections }));
    const trunk = attempts[0]?.far.trunk;
    if (trunk === undefined) return { kind: 'refused', refusal: 'NO_TRUNK', sentence: 'The trunks of this number are gone.' };
    meter.begin({
      lineId, callId, ...(recordId !== undefined && { recordId }), direction: 'outbound', number, identifier: from.identifier, trunk, ratePerMinute: plan.ratePerMinute,
      ...(plan.callerId !== undefined && { ownNumber: plan.callerId }),
    });
    return { kind: 'ways', attempts, identifier: `4:${number}`, dial: { ...dial, target: { ...target, number } } };
  }

  #attempts({ trunk, number, route }: DialPlan['candidates'][number], { callerId }: DialPlan, words: CallWords): readonly LineAttempt[] {
    const { books: { trunks, health }, link } = this.#options;
    const settings = trunks.get(trunk);
    if (settings === undefined) return [];
    const ways = trunkWays(settings, number, health.callsOf(trunk).heldAddresses);
    return trunkAttempts(settings, { ...this.#callAt(settings, callerId, words), why: `Route ${route}.` }, link, ways);
  }

  /** The same number at other hosts of the trunk. */
  #attemptsAt(settings: TrunkSettings, { from, customContext = {}, redirections = [] }: DialCommand, callerId: string | undefined, uris: readonly string[]): readonly LineAttempt[] {
    const call = this.#callAt(settings, callerId, { displayName: from.displayName, headers: customContextHeaders(customContext), redirections });
    return trunkAttempts(settings, { ...call, why: `${settings.name} has redirected the call there.` }, this.#options.link, uris.map((uri) => ({ uri })));
  }

  #callAt({ name, profile }: TrunkSettings, callerId: string | undefined, words: CallWords): Omit<TrunkCall, 'why'> {
    const { books: { trunks }, domain } = this.#options;
    return { ...words, credentials: trunks.credentials(name), callerId, domain: domain(), callerNumber: callerId === undefined ? undefined : numberForTrunk(callerId, profile.numbersOut) };
  }
}

/** Who calls, so that the phone can call back: a number, or a user by identifier. */
function userPart(identifier: string): string {
  return identifier.startsWith('4:') ? identifier.slice(2) : escapeUri(identifier, 'user');
}
