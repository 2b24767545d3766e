/**
 * Drives the unmodified `@azure/communication-phone-numbers` (SIP routing and phone numbers) against the connection string it is given, and prints what every call came to as
 * one JSON line. A process of its own, because a private authority is trusted by environment (NODE_EXTRA_CA_CERTS).
 */
import { argv, stdout } from 'node:process';
import { parseConnectionString } from '@azure/communication-common';
import { PhoneNumbersClient, SipRoutingClient, type SearchAvailablePhoneNumbersRequest } from '@azure/communication-phone-numbers';

const [, , connectionString = '', mode = ''] = argv;
const options = { allowInsecureConnection: mode !== 'secure' };
// By connection string, and by endpoint and key: the two ways that the clients have for an access key.
const { endpoint, credential } = parseConnectionString(connectionString);
const sip = new SipRoutingClient(endpoint, credential, options);
const numbers = new PhoneNumbersClient(connectionString, options);

async function outcome(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const { statusCode, code, message, details } = error as { readonly statusCode?: number; readonly code?: string; readonly message: string; readonly details?: unknown };
    return { statusCode, code, message, details };
  }
}

async function all<Item>(pages: AsyncIterable<Item>): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

async function finished<Result>(begin: () => Promise<{ pollUntilDone(): Promise<Result> }>): Promise<unknown> {
  return outcome(async () => (await begin()).pollUntilDone());
}

const search: SearchAvailablePhoneNumbersRequest & { readonly countryCode: string } = {
  countryCode: 'US', phoneNumberType: 'geographic', assignmentType: 'application', capabilities: { calling: 'inbound+outbound', sms: 'none' }, areaCode: '425', quantity: 2,
};
const faulty = (name: string, numberPattern: string, trunks: string[] = []) => outcome(() => sip.setRoutes([{ name, numberPattern, trunks }]));

const routing = {
  setTrunks: await outcome(() => sip.setTrunks([{ fqdn: 'sbc1.contoso.com', sipSignalingPort: 5061 }, { fqdn: 'sbc2.contoso.com', sipSignalingPort: 5062 }])),
  setRoutes: await outcome(() => sip.setRoutes([{ name: 'us', description: 'd', numberPattern: String.raw`\+1(\d{10})`, trunks: ['sbc2.contoso.com'] }])),
  replaceTrunks: await outcome(() => sip.setTrunks([{ fqdn: 'sbc2.contoso.com', sipSignalingPort: 5072 }])),
  setTrunk: await outcome(() => sip.setTrunk({ fqdn: 'sbc3.contoso.com', sipSignalingPort: 5063 })),
  getTrunk: await outcome(() => sip.getTrunk('sbc2.contoso.com')),
  deletedInUse: await outcome(() => sip.deleteTrunk('sbc2.contoso.com')),
  deleted: await outcome(async () => (await sip.deleteTrunk('sbc3.contoso.com')) ?? 'done'),
  deletedTwice: await outcome(async () => (await sip.deleteTrunk('sbc3.contoso.com')) ?? 'done'),
  trunks: await outcome(() => all(sip.listTrunks())),
  routes: await outcome(() => all(sip.listRoutes())),
  notFound: await outcome(() => sip.getTrunk('sbc9.contoso.com')),
  badPort: await outcome(() => sip.setTrunk({ fqdn: 'sbc1.contoso.com', sipSignalingPort: 0 })),
  badFqdn: await outcome(() => sip.setTrunk({ fqdn: '-1', sipSignalingPort: 5061 })),
  badName: await faulty('', '.*'),
  badPattern: await faulty('a', '('),
  missingTrunk: await faulty('a', '.*', ['sbc9.contoso.com']),
  doubleTrunk: await faulty('a', '.*', ['sbc2.contoso.com', 'sbc2.contoso.com']),
  doubleRoute: await outcome(() => sip.setRoutes([{ name: 'a', numberPattern: '.*', trunks: [] }, { name: 'a', numberPattern: '.*', trunks: [] }])),
  noTrunks: await outcome(async () => {
    await sip.setRoutes([]);
    return sip.setTrunks([]);
  }),
};

const found = (await finished(() => numbers.beginSearchAvailablePhoneNumbers(search))) as { readonly searchId: string };
const reserved = { id: '6227aeb8-8086-4824-9586-05cafe96f37b', countryCode: 'US', phoneNumberType: 'geographic', assignmentType: 'application' } as const;
const pool = {
  countries: await outcome(() => all(numbers.listAvailableCountries())),
  areaCodes: await outcome(() => all(numbers.listAvailableGeographicAreaCodes('US'))),
  tollFreeAreaCodes: await outcome(() => all(numbers.listAvailableTollFreeAreaCodes('US'))),
  localities: await outcome(() => all(numbers.listAvailableLocalities('US'))),
  offerings: await outcome(() => all(numbers.listAvailableOfferings('US'))),
  search: found,
  outOfStock: await finished(() => numbers.beginSearchAvailablePhoneNumbers({ ...search, quantity: 1 })),
  browsed: await outcome(() => numbers.browseAvailablePhoneNumbers({ countryCode: 'US', phoneNumberType: 'geographic' })),
  reserve: await outcome(() => numbers.createOrUpdateReservation({ reservationId: reserved.id }, { add: [{ ...reserved, id: '12065550100', phoneNumber: '+12065550100', capabilities: { calling: 'inbound', sms: 'none' } }] })),
  reservation: await outcome(() => numbers.getReservation(reserved.id)),
  reservations: await outcome(() => all(numbers.listReservations())),
  purchaseReservation: await finished(() => numbers.beginReservationPurchase(reserved.id)),
  reservationGone: await outcome(() => numbers.getReservation(reserved.id)),
  purchase: await finished(() => numbers.beginPurchasePhoneNumbers(found.searchId)),
  purchasedTwice: await finished(() => numbers.beginPurchasePhoneNumbers(found.searchId)),
};
const owned = {
  purchased: await outcome(() => all(numbers.listPurchasedPhoneNumbers())),
  one: await outcome(() => numbers.getPurchasedPhoneNumber('+14255550100')),
  unknown: await outcome(() => numbers.getPurchasedPhoneNumber('+14255559999')),
  capabilities: await finished(() => numbers.beginUpdatePhoneNumberCapabilities('+14255550100', { calling: 'inbound' })),
  noMessages: await finished(() => numbers.beginUpdatePhoneNumberCapabilities('+14255550100', { sms: 'inbound' })),
  release: await finished(() => numbers.beginReleasePhoneNumber('+14255550101')),
  left: await outcome(() => all(numbers.listPurchasedPhoneNumbers())),
  operators: await outcome(() => numbers.searchOperatorInformation(['+14255550100'], { includeAdditionalOperatorDetails: true })),
};
stdout.write(`${JSON.stringify({ routing, pool, owned })}\n`);
