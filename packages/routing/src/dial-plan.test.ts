import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DialingPolicy, VoiceRoute } from '@dialplane/calling-api';
import { dialPlan, isNextTrunkTried, presetPolicy, VoiceRouteList, type OwnNumber, type RoutableTrunk, type RoutingState } from './index.ts';

const e164 = { style: 'e164' } as const;
const own = '+14255550101';

interface Given {
  readonly policy?: Partial<DialingPolicy>;
  readonly routes?: readonly VoiceRoute[];
  readonly trunks?: readonly RoutableTrunk[];
  readonly numbers?: Readonly<Record<string, OwnNumber>>;
  readonly limit?: RoutingState['limit'];
  readonly random?: () => number;
}

function stateOf({ policy = {}, routes = [route('all', '.*', ['a.example.com'])], trunks = [trunk('a.example.com')], numbers = { [own]: { isForCalling: true } }, limit = () => undefined, random = () => 0 }: Given = {}): RoutingState {
  const reading = VoiceRouteList.read(routes, () => true);
  assert.ok(reading.ok);
  return { policy: { ...presetPolicy, ...policy }, routes: reading.list, trunks: new Map(trunks.map((one) => [one.name, one])), ownNumber: (number) => numbers[number], limit, random };
}

function route(name: string, numberPattern: string, trunks: readonly string[]): VoiceRoute {
  return { name, numberPattern, trunks: [...trunks] };
}

function trunk(name: string, other: Partial<RoutableTrunk> = {}): RoutableTrunk {
  return { name, state: 'usable', numbersOut: e164, ...other };
}

const call = (number: string, given: Given = {}, callerId: string | undefined = own) => dialPlan({ number, ...(callerId !== undefined && { callerId }) }, stateOf(given));

test('the first route that matches comes first, then the next that does; each trunk once', () => {
  const routes = [route('west', String.raw`^\+1(425|206)(\d{7})$`, ['a.example.com']), route('germany', String.raw`^\+49`, ['b.example.com']), route('all', '.*', ['b.example.com', 'a.example.com'])];
  const plan = call('+1 (425) 555-0199', { routes, trunks: [trunk('a.example.com'), trunk('b.example.com')] });
  assert.deepEqual(plan.candidates, [{ route: 'west', trunk: 'a.example.com', number: '+14255550199' }, { route: 'all', trunk: 'b.example.com', number: '+14255550199' }]);
  assert.deepEqual(plan.steps.filter(({ rule }) => rule === 'route').map(({ name, verdict }) => `${name} ${verdict}`), ['west matched', 'germany notMatched', 'all matched']);
  assert.equal(plan.why, '+14255550199 goes by a.example.com (west).');
});

test('trunks of a route are drawn in random order, each as often first as the others', () => {
  const names = ['a.example.com', 'b.example.com', 'c.example.com'];
  let seed = 1;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const firsts = new Map<string, number>();
  for (let draw = 0; draw < 3000; draw += 1) {
    const [first] = call('+4930123456', { routes: [route('all', '.*', names)], trunks: names.map((name) => trunk(name)), random }).candidates;
    firsts.set(first?.trunk ?? '', (firsts.get(first?.trunk ?? '') ?? 0) + 1);
  }
  for (const name of names) assert.ok(Math.abs((firsts.get(name) ?? 0) - 1000) < 120, `${name} was first ${firsts.get(name)} times`);
});

test('a trunk that does not answer is tried last, one that is turned off never', () => {
  const trunks = [trunk('a.example.com', { state: 'demoted', reason: 'no answer to OPTIONS since 10:00.' }), trunk('b.example.com'), trunk('c.example.com', { state: 'disabled' })];
  const plan = call('+4930123456', { routes: [route('first', '.*', ['a.example.com']), route('second', '.*', ['c.example.com', 'b.example.com'])], trunks });
  assert.deepEqual(plan.candidates.map((candidate) => candidate.trunk), ['b.example.com', 'a.example.com']);
  assert.ok(plan.steps.some(({ name, why }) => name === 'c.example.com' && why === 'It is turned off.'));
});

test('without a route, the trunk of the caller id carries the call', () => {
  const given = { routes: [route('usa', String.raw`^\+1`, ['b.example.com'])], trunks: [trunk('a.example.com'), trunk('b.example.com')] };
  assert.deepEqual(call('+4930123456', { ...given, numbers: { [own]: { isForCalling: true, trunk: 'a.example.com' } } }).candidates.map(({ trunk: name }) => name), ['a.example.com']);
  assert.equal(call('+4930123456', given).refusal, 'NO_ROUTE');
});

test('what is refused says which rule refused it', () => {
  const cases: ReadonlyArray<readonly [name: string, plan: ReturnType<typeof call>, refusal: string, why: RegExp]> = [
    ['no trunk', call('+4930123456', { trunks: [] }), 'NO_TRUNK', /add the carrier/],
    ['no number', call('hello'), 'NUMBER_INVALID', /other signs than digits/],
    ['too short', call('+12345'), 'NUMBER_INVALID', /7 to 15 digits/],
    ['national without a country', call('030 123456'), 'NUMBER_INVALID', /set the home country/],
    ['emergency', call('911'), 'EMERGENCY_NUMBER', /cannot reach emergency services/],
    ['emergency, written out', call('+49 110'), 'EMERGENCY_NUMBER', /110 is an emergency number/],
    ['emergency of the home country', call('999', { policy: { homeCountry: 'GB' } }), 'EMERGENCY_NUMBER', /999/],
    ['premium', call('+1 900 555 0100'), 'NUMBER_BARRED', /premium rate number, and those are barred/],
    ['international premium', call('+979123456789'), 'NUMBER_BARRED', /premium/],
    ['satellite', call('+881612345678'), 'NUMBER_BARRED', /satellite/],
    ['barred prefix', call('+5355550100', { policy: { barredPrefixes: ['+53'] } }), 'NUMBER_BARRED', /begin with \+53 are barred/],
    ['not among the allowed', call('+5355550100', { policy: { allowedPrefixes: ['+1', '+49'] } }), 'NUMBER_BARRED', /Only numbers that begin with \+1, \+49/],
    ['no caller id', dialPlan({ number: '+4930123456' }, stateOf()), 'CALLER_ID_NOT_OWNED', /alternateCallerId/],
    ['caller id of somebody else', call('+4930123456', {}, '+14255550999'), 'CALLER_ID_NOT_OWNED', /not a number of this server/],
    ['caller id not for calling', call('+4930123456', { numbers: { [own]: { isForCalling: false } } }), 'CALLER_ID_NOT_OWNED', /not one for outgoing/],
    ['hidden caller id', call('+4930123456', {}, 'anonymous'), 'CALLER_ID_NOT_OWNED', /are barred/],
    ['limit of the server', call('+4930123456', { limit: ({ trunk: name }) => (name === undefined ? 'Enough.' : undefined) }), 'LIMIT_REACHED', /Enough/],
    ['limit of the only trunk', call('+4930123456', { limit: ({ trunk: name }) => (name === undefined ? undefined : 'Full.') }), 'LIMIT_REACHED', /Full/],
    ['all trunks off', call('+4930123456', { trunks: [trunk('a.example.com', { state: 'disabled' })] }), 'NO_ROUTE', /none of its trunks/],
  ];
  for (const [name, plan, refusal, why] of cases) {
    assert.deepEqual([plan.decision, plan.refusal, plan.candidates], ['refuse', refusal, []], `${name}: ${plan.why}`);
    assert.match(plan.why, why, name);
    assert.equal(plan.steps.at(-1)?.verdict === 'refused' && plan.steps.at(-1)?.why, plan.why, name);
  }
});

test('a trunk that is full is passed over for the next', () => {
  const plan = call('+4930123456', {
    routes: [route('all', '.*', ['a.example.com', 'b.example.com'])], trunks: [trunk('a.example.com'), trunk('b.example.com')], limit: ({ trunk: name }) => (name === 'a.example.com' ? 'Full.' : undefined),
  });
  assert.deepEqual(plan.candidates.map((candidate) => candidate.trunk), ['b.example.com']);
});

test('test numbers that are in no plan can be called, and hidden caller ids where that is allowed', () => {
  assert.equal(call('+15550100').decision, 'route');
  const plan = call('+4930123456', { policy: { anonymousCalls: 'allowed' } }, 'anonymous');
  assert.deepEqual([plan.decision, plan.callerId], ['route', undefined]);
});

test('the rate of the longest prefix counts', () => {
  const rates = [{ prefix: '+4', perMinute: 1 }, { prefix: '+491', perMinute: 0.2 }, { prefix: '+49', perMinute: 0.02 }];
  assert.equal(call('+4915112345678', { policy: { rates } }).ratePerMinute, 0.2);
  assert.equal(call('+4930123456', { policy: { rates } }).ratePerMinute, 0.02);
  assert.equal(call('+14255550199', { policy: { rates } }).ratePerMinute, 0);
});

test('only 408, 503 and 504 lead to the next trunk', () => {
  const statuses = Array.from({ length: 400 }, (_, index) => index + 300).filter((status) => isNextTrunkTried(status));
  assert.deepEqual(statuses, [408, 503, 504]);
});
