import type { DialingPolicy, DialPlan, DialRefusal, RouteStep, TrunkNumberFormat } from '@dialplane/calling-api';
import { emergencyNumber } from './numbers/emergency-numbers.ts';
import { readE164, readNumber, type NumberKind, type TelephoneNumber } from './numbers/telephone-number.ts';
import { numberForTrunk } from './numbers/trunk-number.ts';
import { ratePerMinute } from './policy/preset-policy.ts';
import { shuffled, type VoiceRouteList } from './routes/voice-routes.ts';

/** What somebody wants to call. */
export interface DialRequest {
  /** As it was typed. */
  readonly number: string;
  /** As it was given; `anonymous` hides it. */
  readonly callerId?: string;
  /** Raw identifier of the user who calls. */
  readonly identifier?: string;
}

/** A trunk as far as routing cares. */
export interface RoutableTrunk {
  readonly name: string;
  /** `demoted`: it does not answer OPTIONS, and is tried when all others were. */
  readonly state: 'usable' | 'demoted' | 'disabled';
  /** Why it is not `usable`. */
  readonly reason?: string;
  readonly numbersOut: TrunkNumberFormat;
}

/** A number of ours, as far as routing cares. */
export interface OwnNumber {
  readonly isForCalling: boolean;
  readonly trunk?: string;
}

/** What a line would be, for the limits. */
export interface ProposedLine {
  readonly direction: 'outbound';
  readonly number: string;
  readonly ownNumber?: string;
  readonly identifier?: string;
  readonly trunk?: string;
  readonly ratePerMinute: number;
}

/** All that a decision rests on. */
export interface RoutingState {
  readonly policy: DialingPolicy;
  readonly routes: VoiceRouteList;
  /** By name. */
  readonly trunks: ReadonlyMap<string, RoutableTrunk>;
  ownNumber(e164: string): OwnNumber | undefined;
  /** The limit that is reached, in a sentence. */
  limit(line: ProposedLine): string | undefined;
  /** Uniform in [0, 1). */
  random(): number;
}

/** A rule's no; what ends the decision. */
interface Refusal {
  readonly refusal: DialRefusal;
  readonly why: string;
}

interface Candidate {
  readonly route: string;
  readonly trunk: string;
}

const barredKinds: ReadonlySet<NumberKind> = new Set(['premium', 'sharedCost', 'personal', 'pager', 'network']);
const kindTitles: Partial<Record<NumberKind, string>> = {
  premium: 'a premium rate number', sharedCost: 'a shared cost number', personal: 'a personal number', pager: 'a pager', network: 'a satellite or international network',
};

/**
 * Where a number goes, and why: every rule that was looked at, in order, with its verdict in a sentence.
 *
 * 1. an emergency number is refused: this system knows neither where people are nor which centre serves them;
 * 2. the number is read as E.164;
 * 3. allowed prefixes, barred prefixes, premium numbers;
 * 4. the caller id is a number of ours, or may be hidden;
 * 5. voice routes in order; of each that matches, its trunks in random order; those that do not answer come last of all;
 * 6. where no route matches: the trunk that the caller id belongs to;
 * 7. limits, of the call and of each trunk.
 */
export function dialPlan(request: DialRequest, state: RoutingState): DialPlan {
  return new Decision(request, state).plan();
}

class Decision {
  readonly #request: DialRequest;
  readonly #state: RoutingState;
  readonly #steps: RouteStep[] = [];

  constructor(request: DialRequest, state: RoutingState) {
    this.#request = request;
    this.#state = state;
  }

  plan(): DialPlan {
    const reading = this.#readNumber();
    if ('refusal' in reading) return this.#refused(reading);
    const rate = ratePerMinute(this.#state.policy, reading.e164);
    const facts = { number: reading.e164, ...(reading.country !== undefined && { country: reading.country }) };
    const callerId = this.#checkPrefixes(reading) ?? this.#readCallerId();
    if ('refusal' in callerId) return this.#refused(callerId, facts, rate);
    const shown = { ...facts, ...(callerId.e164 !== undefined && { callerId: callerId.e164 }) };
    const found = this.#findTrunks(reading.e164, callerId.trunk);
    if ('refusal' in found) return this.#refused(found, shown, rate);
    const { identifier } = this.#request;
    const line: ProposedLine = {
      direction: 'outbound', number: reading.e164, ratePerMinute: rate,
      ...(callerId.e164 !== undefined && { ownNumber: callerId.e164 }), ...(identifier !== undefined && { identifier }),
    };
    const candidates = this.#withinLimits(found, line);
    if ('refusal' in candidates) return this.#refused(candidates, shown, rate);
    const [first] = candidates;
    return {
      decision: 'route', ...shown, ratePerMinute: rate, steps: this.#steps,
      why: first === undefined ? '' : `${reading.e164} goes by ${first.trunk} (${first.route}).`,
      candidates: candidates.map(({ route, trunk }) => ({ route, trunk, number: this.#writtenFor(trunk, reading.e164) })),
    };
  }

  #readNumber(): TelephoneNumber | Refusal {
    const { policy } = this.#state;
    const emergency = emergencyNumber(this.#request.number, policy.homeCountry);
    if (emergency !== undefined) {
      return this.#no('emergency', 'EMERGENCY_NUMBER', `${emergency} is an emergency number, and this system cannot reach emergency services. Call from a mobile or fixed telephone.`);
    }
    const reading = readNumber(this.#request.number, policy.homeCountry);
    if (!reading.ok) return this.#no('number', 'NUMBER_INVALID', reading.sentence);
    const { e164, country, kind } = reading.number;
    this.#note('number', 'passed', `Understood as ${e164}${country === undefined ? '' : `, ${country}`}${kind === 'unknown' ? ', of a kind that numbering plans do not tell' : ''}.`);
    this.#note('emergency', 'passed', 'It is not an emergency number.');
    return reading.number;
  }

  #checkPrefixes({ e164, kind }: TelephoneNumber): Refusal | undefined {
    const { allowedPrefixes, barredPrefixes, premiumNumbers } = this.#state.policy;
    if (allowedPrefixes.length > 0) {
      const allowing = allowedPrefixes.find((prefix) => e164.startsWith(prefix));
      if (allowing === undefined) return this.#no('allowedPrefixes', 'NUMBER_BARRED', `Only numbers that begin with ${listed(allowedPrefixes)} may be called.`);
      this.#note('allowedPrefixes', 'passed', `Numbers that begin with ${allowing} may be called.`);
    }
    const barring = barredPrefixes.find((prefix) => e164.startsWith(prefix));
    if (barring !== undefined) return this.#no('barredPrefixes', 'NUMBER_BARRED', `Numbers that begin with ${barring} are barred.`);
    this.#note('barredPrefixes', 'passed', barredPrefixes.length === 0 ? 'No prefixes are barred.' : `It begins with none of the ${barredPrefixes.length} barred prefixes.`);
    if (!barredKinds.has(kind)) this.#note('premium', 'passed', 'It is no premium rate, shared cost, personal or satellite number.');
    else if (premiumNumbers === 'barred') return this.#no('premium', 'NUMBER_BARRED', `It is ${kindTitles[kind]}, and those are barred.`);
    else this.#note('premium', 'passed', `It is ${kindTitles[kind]}, and those are allowed.`);
    return undefined;
  }

  #readCallerId(): { readonly e164: string | undefined; readonly trunk?: string } | Refusal {
    const { policy } = this.#state;
    const { callerId } = this.#request;
    if (callerId === undefined) return this.#no('callerId', 'CALLER_ID_NOT_OWNED', 'There is no caller id: give one of the numbers of this server as alternateCallerId.');
    if (callerId === 'anonymous') {
      if (policy.anonymousCalls === 'barred') return this.#no('callerId', 'CALLER_ID_NOT_OWNED', 'Calls that hide their caller id are barred.');
      this.#note('callerId', 'passed', 'The caller id is hidden, which is allowed.');
      return { e164: undefined };
    }
    const reading = readE164(callerId, policy.homeCountry);
    if (!reading.ok) return this.#no('callerId', 'CALLER_ID_NOT_OWNED', `The caller id is no number of ours: ${reading.sentence}`);
    const { e164 } = reading;
    const own = this.#state.ownNumber(e164);
    if (own === undefined) return this.#no('callerId', 'CALLER_ID_NOT_OWNED', `${e164} is not a number of this server, so it cannot be shown as the caller id.`);
    if (!own.isForCalling) return this.#no('callerId', 'CALLER_ID_NOT_OWNED', `${e164} is a number of this server, but not one for outgoing calls.`);
    this.#note('callerId', 'passed', `${e164} is a number of this server.`);
    return { e164, ...(own.trunk !== undefined && { trunk: own.trunk }) };
  }

  /** Every way there is, in the order in which they are tried. */
  #findTrunks(e164: string, trunkOfCallerId: string | undefined): readonly Candidate[] | Refusal {
    const { trunks, routes } = this.#state;
    if (trunks.size === 0) return this.#no('trunks', 'NO_TRUNK', 'There is no trunk: add the carrier or session border controller that is to carry telephone calls.');
    const usable: Candidate[] = [];
    const demoted: Candidate[] = [];
    const consider = (route: string, name: string): void => {
      if ([...usable, ...demoted].some(({ trunk }) => trunk === name)) return this.#note('trunk', 'skipped', 'It is tried already by a route before.', name);
      const state = this.#considered(name);
      if (state === 'usable') usable.push({ route, trunk: name });
      if (state === 'demoted') demoted.push({ route, trunk: name });
    };
    let matches = 0;
    for (const { route, isMatch } of routes.lookedAt(e164)) {
      this.#note('route', isMatch ? 'matched' : 'notMatched', `${route.numberPattern} ${isMatch ? 'is' : 'is not'} in ${e164}.`, route.name);
      if (!isMatch) continue;
      matches += 1;
      for (const name of shuffled(route.trunks, () => this.#state.random())) consider(route.name, name);
    }
    if (matches === 0 && trunkOfCallerId !== undefined) {
      this.#note('route', 'skipped', 'No route matches; the call goes by the trunk that its caller id belongs to.');
      consider('the trunk of its caller id', trunkOfCallerId);
      matches = 1;
    }
    if (matches === 0) return this.#no('route', 'NO_ROUTE', `None of the ${routes.routes.length} voice routes matches ${e164}, and its caller id belongs to no trunk.`);
    if (usable.length + demoted.length === 0) return this.#no('trunk', 'NO_ROUTE', 'A route matches, but none of its trunks can be used.');
    return [...usable, ...demoted];
  }

  #considered(name: string): 'usable' | 'demoted' | 'skipped' {
    const trunk = this.#state.trunks.get(name);
    switch (trunk?.state) {
      case undefined:
        this.#note('trunk', 'skipped', 'There is no such trunk.', name);
        return 'skipped';
      case 'disabled':
        this.#note('trunk', 'skipped', 'It is turned off.', name);
        return 'skipped';
      case 'demoted':
        this.#note('trunk', 'passed', `It is tried last: ${trunk.reason ?? 'it does not answer'}`, name);
        return 'demoted';
      case 'usable':
        this.#note('trunk', 'passed', 'It can be used.', name);
        return 'usable';
    }
  }

  #withinLimits(candidates: readonly Candidate[], line: ProposedLine): readonly Candidate[] | Refusal {
    const reached = this.#state.limit(line);
    if (reached !== undefined) return this.#no('limit', 'LIMIT_REACHED', reached);
    this.#note('limit', 'passed', 'No limit is reached.');
    const left: Candidate[] = [];
    let sentence = '';
    for (const candidate of candidates) {
      const full = this.#state.limit({ ...line, trunk: candidate.trunk });
      if (full === undefined) left.push(candidate);
      else this.#note('limit', 'skipped', (sentence = full), candidate.trunk);
    }
    return left.length > 0 ? left : this.#no('limit', 'LIMIT_REACHED', sentence);
  }

  #writtenFor(trunk: string, e164: string): string {
    const format = this.#state.trunks.get(trunk)?.numbersOut;
    return format === undefined ? e164 : numberForTrunk(e164, format);
  }

  #note(rule: RouteStep['rule'], verdict: RouteStep['verdict'], why: string, name?: string): void {
    this.#steps.push({ rule, verdict, why, ...(name !== undefined && { name }) });
  }

  #no(rule: RouteStep['rule'], refusal: DialRefusal, why: string): Refusal {
    this.#note(rule, 'refused', why);
    return { refusal, why };
  }

  #refused({ refusal, why }: Refusal, facts: Partial<Pick<DialPlan, 'number' | 'country' | 'callerId'>> = {}, rate = 0): DialPlan {
    return { decision: 'refuse', refusal, why, ...facts, candidates: [], ratePerMinute: rate, steps: this.#steps };
  }
}

function listed(prefixes: readonly string[]): string {
  const shown = prefixes.slice(0, 5).join(', ');
  return prefixes.length > 5 ? `${shown} and ${prefixes.length - 5} others` : shown;
}
