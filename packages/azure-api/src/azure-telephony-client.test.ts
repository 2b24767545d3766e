import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { PhoneNumbersClient, SipRoutingClient } from '@azure/communication-phone-numbers';
import { createTestCertificate, startTestServer, type TestServer } from './test-server.ts';

const script = resolve(import.meta.dirname, 'test-telephony-client.ts');

interface Failure { readonly statusCode?: number; readonly code?: string; readonly message: string; readonly details?: { readonly error: { readonly innerError: { readonly code: string } } } }
type Results = Readonly<Record<'routing' | 'pool' | 'owned', Readonly<Record<string, unknown>>>>;

async function drive(server: TestServer, mode: 'secure' | 'insecure', environment: Record<string, string> = {}): Promise<Results> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, server.connectionString, mode], { env: { ...process.env, ...environment } });
  return JSON.parse(stdout) as Results;
}

async function fillPool({ books }: TestServer): Promise<void> {
  for (const [number, phoneNumberType] of [['+14255550100', 'geographic'], ['+14255550101', 'geographic'], ['+12065550100', 'geographic'], ['+18005550100', 'tollFree']] as const) {
    await books?.numbers.put(number, { state: 'pool', phoneNumberType, monthlyCost: 1 });
  }
}

function assertRouting(routing: Results['routing']): void {
  const sbc2 = { fqdn: 'sbc2.contoso.com', sipSignalingPort: 5072 };
  const route = { name: 'us', description: 'd', numberPattern: String.raw`\+1(\d{10})`, trunks: ['sbc2.contoso.com'] };
  assert.deepEqual(routing['setTrunks'], [{ fqdn: 'sbc1.contoso.com', sipSignalingPort: 5061 }, { ...sbc2, sipSignalingPort: 5062 }]);
  assert.deepEqual([routing['setRoutes'], routing['routes']], [[route], [route]]);
  assert.deepEqual([routing['replaceTrunks'], routing['getTrunk'], routing['trunks']], [[sbc2], sbc2, [sbc2]]);
  assert.deepEqual([routing['deleted'], routing['deletedTwice'], routing['noTrunks']], ['done', 'done', []]);
  assert.equal((routing['notFound'] as Failure).code, 'NotFound');
  const faults = {
    badPort: 'InvalidTrunkSipSignalingPort', badFqdn: 'InvalidTrunkFqdn', badName: 'InvalidRouteName', badPattern: 'InvalidRouteNumberPattern', missingTrunk: 'MissingTrunk', deletedInUse: 'MissingTrunk',
    doubleTrunk: 'RouteWithDuplicatedTrunk', doubleRoute: 'DuplicatedRoute',
  };
  for (const [name, inner] of Object.entries(faults)) {
    const { statusCode, code, message, details } = routing[name] as Failure;
    assert.deepEqual([statusCode, code, message, details?.error.innerError.code], [422, 'UnprocessableConfiguration', 'One or more request inputs are not valid.', inner], name);
  }
}

function assertPool(pool: Results['pool']): void {
  const cost = { amount: 1, currencyCode: 'USD', billingFrequency: 'monthly' };
  const capabilities = { calling: 'inbound+outbound', sms: 'none' };
  assert.deepEqual(pool['countries'], [{ localizedName: 'United States', countryCode: 'US' }]);
  assert.deepEqual([pool['areaCodes'], pool['tollFreeAreaCodes'], pool['localities']], [[{ areaCode: '206' }, { areaCode: '425' }], [{ areaCode: '800' }], []]);
  const offering = { assignmentType: 'application', availableCapabilities: capabilities, cost };
  assert.deepEqual(pool['offerings'], [{ ...offering, phoneNumberType: 'geographic' }, { ...offering, phoneNumberType: 'tollFree' }]);
  const { searchId: _id, searchExpiresBy, ...search } = pool['search'] as Readonly<Record<string, unknown>>;
  assert.deepEqual(search, {
    phoneNumbers: ['+14255550100', '+14255550101'], phoneNumberType: 'geographic', assignmentType: 'application', capabilities, cost: { ...cost, amount: 2 }, isAgreementToNotResellRequired: false, errorCode: 0, error: 'NoError',
  });
  assert.ok(Math.abs(Date.parse(String(searchExpiresBy)) - Date.now() - 15 * 60_000) < 60_000);
  assert.deepEqual([(pool['outOfStock'] as Failure).statusCode, (pool['outOfStock'] as Failure).code], [400, 'PhoneNumbersOutOfStock'], 'what a search has found is nobody else’s');
  const free = { id: '12065550100', countryCode: 'US', phoneNumber: '+12065550100', capabilities, phoneNumberType: 'geographic', assignmentType: 'application', cost, isAgreementToNotResellRequired: false };
  assert.deepEqual(pool['browsed'], { phoneNumbers: [{ ...free, status: 'available' }] });
  const { expiresAt, ...reservation } = pool['reserve'] as Readonly<Record<string, unknown>>;
  assert.deepEqual(reservation, { id: '6227aeb8-8086-4824-9586-05cafe96f37b', status: 'active', phoneNumbers: { 12065550100: { ...free, status: 'reserved' } } });
  assert.deepEqual([pool['reservation'], pool['reservations']], [pool['reserve'], [{ id: reservation['id'], status: 'active', expiresAt }]]);
  assert.equal((pool['reservationGone'] as Failure).statusCode, 404);
  assert.match((pool['purchasedTwice'] as Failure).message, /expired, or was purchased/);
}

function assertOwned(owned: Results['owned']): void {
  const digits = (name: string) => (owned[name] as ReadonlyArray<{ readonly id: string }>).map(({ id }) => id);
  assert.deepEqual(digits('purchased'), ['12065550100', '14255550100', '14255550101']);
  const { purchaseDate, ...one } = owned['one'] as Readonly<Record<string, unknown>>;
  assert.deepEqual(one, {
    id: '14255550100', phoneNumber: '+14255550100', countryCode: 'US', phoneNumberType: 'geographic', capabilities: { calling: 'inbound+outbound', sms: 'none' }, assignmentType: 'application',
    cost: { amount: 1, currencyCode: 'USD', billingFrequency: 'monthly' },
  });
  assert.ok(Math.abs(Date.parse(String(purchaseDate)) - Date.now()) < 60_000);
  assert.deepEqual([(owned['unknown'] as Failure).statusCode, (owned['unknown'] as Failure).code], [404, 'NotFound']);
  assert.deepEqual((owned['capabilities'] as { readonly capabilities: unknown }).capabilities, { calling: 'inbound', sms: 'none' });
  assert.match((owned['noMessages'] as Failure).message, /no messages/);
  assert.deepEqual(digits('left'), ['12065550100', '14255550100']);
  assert.deepEqual(owned['operators'], { values: [{ phoneNumber: '+14255550100', nationalFormat: '(425) 555-0100', internationalFormat: '+1 425 555 0100', isoCountryCode: 'US', numberType: 'geographic' }] });
}

async function assertServed(server: TestServer, mode: 'secure' | 'insecure', environment?: Record<string, string>): Promise<void> {
  await fillPool(server);
  const { routing, pool, owned } = await drive(server, mode, environment);
  assertRouting(routing);
  assertPool(pool);
  assertOwned(owned);
}

test('the unmodified phone numbers and SIP routing clients work over HTTP', async (t) => {
  await assertServed(await startTestServer(t, { withTelephony: true }), 'insecure');
});

test('the unmodified phone numbers and SIP routing clients work over HTTPS with a private certificate authority', async (t) => {
  const certificate = createTestCertificate(t);
  await assertServed(await startTestServer(t, { withTelephony: true }, certificate), 'secure', { NODE_EXTRA_CA_CERTS: certificate.authorityPath });
});

test('lists come in pages, and what a patch does not name of a trunk stays', async (t) => {
  const server = await startTestServer(t, { withTelephony: true });
  for (let line = 100; line < 350; line += 1) await server.books?.numbers.put(`+1425555${String(line).padStart(4, '0')}`, {});
  const options = { allowInsecureConnection: true };
  const sizes: number[] = [];
  for await (const page of new PhoneNumbersClient(server.connectionString, options).listPurchasedPhoneNumbers().byPage()) sizes.push(page.length);
  assert.deepEqual(sizes, [100, 100, 50]);
  await server.books?.desk.putTrunk('sbc.contoso.com', { preset: 'ims', credentials: { username: 'u', secret: 's' } });
  await new SipRoutingClient(server.connectionString, options).setTrunk({ fqdn: 'sbc.contoso.com', sipSignalingPort: 5080 });
  const trunk = server.books?.trunks.get('sbc.contoso.com');
  assert.deepEqual([trunk?.port, trunk?.preset, trunk?.transport, server.books?.trunks.credentials('sbc.contoso.com')?.password], [5080, 'ims', 'tcp', 's']);
});

test('bad requests, and a server without telephony, are sentences', async (t) => {
  const options = { allowInsecureConnection: true };
  const without = await startTestServer(t);
  await assert.rejects(new PhoneNumbersClient(without.connectionString, options).getPurchasedPhoneNumber('+14255550100'), { statusCode: 501, message: /has no telephony/ });
  const { connectionString } = await startTestServer(t, { withTelephony: true });
  const sip = new SipRoutingClient(connectionString, options);
  await assert.rejects(sip.setRoutes(Array.from({ length: 251 }, (_, index) => ({ name: `${index}`, numberPattern: '.*', trunks: [] }))), { statusCode: 422 });
  const numbers = new PhoneNumbersClient(connectionString, options);
  const search = { countryCode: 'US', phoneNumberType: 'geographic', assignmentType: 'application', capabilities: { calling: 'none', sms: 'none' } } as const;
  for (const [wrong, message] of [[{ quantity: 0 }, /quantity/], [{ countryCode: 'USA' }, /country is two letters/], [{ areaCode: 'x' }, /areaCode/], [{ phoneNumberType: 'satellite' as 'mobile' }, /geographic, tollFree, mobile/]] as const) {
    await assert.rejects(numbers.beginSearchAvailablePhoneNumbers({ ...search, ...wrong }), { statusCode: 400, message });
  }
  await assert.rejects(numbers.searchOperatorInformation(['hello']), { statusCode: 400, message: /hello is not a phone number/ });
  await assert.rejects(numbers.deleteReservation('6227aeb8-8086-4824-9586-05cafe96f37b'), { statusCode: 404 });
});
