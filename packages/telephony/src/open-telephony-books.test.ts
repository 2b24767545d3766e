import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { noon, testBooks, type OpenedBooks } from './test-store.ts';

async function opened(t: TestContext): Promise<OpenedBooks> {
  const one = await testBooks(t)();
  await furnish(one);
  return one;
}

async function furnish({ books }: OpenedBooks): Promise<void> {
  assert.ok((await books.desk.putTrunk('SBC1.example.com', { addresses: ['198.51.100.7'] })).ok);
  assert.ok((await books.desk.putNumber('+14255550101', { target: { kind: 'users', identifiers: ['8:acs:r1_alice'] } })).ok);
  assert.ok((await books.desk.replaceRoutes({ routes: [{ name: 'all', numberPattern: '.*', trunks: ['sbc1.EXAMPLE.com'] }] })).ok);
}

test('a new server calls nobody, and says what it needs', async (t) => {
  const { books } = await testBooks(t)();
  assert.match(books.router.absence() ?? '', /No trunk is configured/);
  assert.equal(books.router.plan({ number: '+4930123456', callerId: '+14255550101' }).refusal, 'CALLER_ID_NOT_OWNED');
  await books.desk.putTrunk('sbc1.example.com', {});
  assert.match(books.router.absence() ?? '', /no number that could be shown/);
  await furnish({ books } as OpenedBooks);
  assert.equal(books.router.absence(), undefined);
  assert.deepEqual(books.router.plan({ number: '+4930123456', callerId: '+14255550101' }).candidates, [{ route: 'all', trunk: 'sbc1.example.com', number: '+4930123456' }]);
});

test('everything is there again after a restart, and no secret is ever told', async (t) => {
  const open = testBooks(t);
  const first = await open();
  await furnish(first);
  const put = await first.books.desk.putTrunk('sbc1.example.com', {
    preset: 'sip-account', credentials: { username: 'u', secret: 'hush-1' }, registration: {}, admission: { digest: { username: 'in', secret: 'hush-2' } }, limits: { concurrentCalls: 3 },
  });
  assert.ok(put.ok);
  const device = await first.books.desk.createDevice({ identifier: '8:acs:r1_alice', username: 'alice-desk' });
  assert.ok(device.ok);
  assert.ok((await first.books.desk.replacePolicy({ ...first.books.policy.policy, homeCountry: 'DE', barredPrefixes: ['+53'] })).ok);

  const { books, logLines } = await open();
  const trunk = books.desk.trunk('sbc1.example.com');
  assert.ok(trunk.ok);
  assert.deepEqual(trunk.value, put.value);
  assert.deepEqual(books.trunks.credentials('sbc1.example.com'), { username: 'u', password: 'hush-1' });
  assert.equal(trunk.value.admission.digest?.hasSecret, true);
  assert.equal(books.policy.policy.homeCountry, 'DE');
  assert.deepEqual(books.desk.devices().value.map(({ username }) => username), ['alice-desk']);
  assert.equal(books.directory.deviceOf('alice-desk')?.secrets.md5.length, 32);
  assert.equal(books.numbers.targetOf('+14255550101')?.kind, 'users');
  const told = JSON.stringify([books.desk.trunks(), books.desk.devices(), logLines]);
  for (const secret of ['hush-1', 'hush-2', device.value.password, books.directory.deviceOf('alice-desk')?.secrets.md5 ?? '']) assert.ok(!told.includes(secret));
});

test('a secret that is left out stays, with the same username only', async (t) => {
  const { books } = await testBooks(t)();
  await books.desk.putTrunk('sbc1.example.com', { credentials: { username: 'u', secret: 'one' }, admission: { digest: { username: 'in', secret: 'two' } } });
  const before = books.directory.trunkOfUsername('in');
  assert.ok((await books.desk.putTrunk('sbc1.example.com', { credentials: { username: 'u' }, admission: { digest: { username: 'in' } } })).ok);
  assert.deepEqual(books.trunks.credentials('sbc1.example.com'), { username: 'u', password: 'one' });
  assert.deepEqual(books.directory.trunkOfUsername('in'), before);
  const renamed = await books.desk.putTrunk('sbc1.example.com', { admission: { digest: { username: 'other' } } });
  assert.deepEqual([renamed.ok, !renamed.ok && renamed.target], [false, 'body.admission.digest.secret']);
});

test('a number that has a trunk keeps it until it is given another, or given back to all', async (t) => {
  const { books } = await opened(t);
  const trunkAfter = async (request: Parameters<typeof books.desk.putNumber>[1]) => {
    const put = await books.desk.putNumber('+14255550101', request);
    return put.ok ? put.value.trunk : put.code;
  };
  assert.equal(await trunkAfter({ trunk: 'SBC1.example.com' }), 'sbc1.example.com');
  assert.equal(await trunkAfter({ calling: 'outbound' }), 'sbc1.example.com');
  assert.equal(await trunkAfter({ trunk: null }), undefined);
});

test('a number leads to users who are there: to others it is not given, and those who are deleted it forgets', async (t) => {
  const { books } = await testBooks(t, { userExists: async (identifier) => identifier !== '8:acs:r1_slip' })();
  const putFor = (...identifiers: string[]) => books.desk.putNumber('+14255550101', { target: { kind: 'users', identifiers } });
  const refused = await putFor('8:acs:r1_alice', '8:acs:r1_slip');
  assert.deepEqual([refused.ok, !refused.ok && refused.target], [false, 'body.target.identifiers.1']);
  assert.match((!refused.ok && refused.sentence) || '', /There is no user 8:acs:r1_slip/);
  assert.ok((await putFor('8:acs:r1_alice', '8:acs:r1_bob')).ok);
  await books.forgetUser('8:acs:r1_alice');
  assert.deepEqual(books.numbers.targetOf('+14255550101'), { kind: 'users', identifiers: ['8:acs:r1_bob'] });
  await books.forgetUser('8:acs:r1_bob');
  assert.deepEqual(books.numbers.get('+14255550101')?.target, { kind: 'none' });
});

test('what is wrong says where', async (t) => {
  const { books } = await opened(t);
  const { desk } = books;
  const refused = [
    await desk.putTrunk('sbc2.example.com', { preset: 'nobody' }),
    await desk.putTrunk('sbc2.example.com', { admission: { addresses: ['198.51.100.0/24', '198.51.100.0/33'] } }),
    await desk.putTrunk('sbc2.example.com', { profile: { numbersOut: { style: 'national' } } }),
    await desk.putTrunk('sbc2.example.com', { registration: { expiresSeconds: 600 } }),
    await desk.putTrunk('sbc2.example.com', { transport: 'udp', admission: { tlsNames: ['sbc2.example.com'] } }),
    await desk.putNumber('+14255550101', { trunk: 'sbc9.example.com' }),
    await desk.replaceRoutes({ routes: [{ name: 'all', numberPattern: '(', trunks: [] }] }),
    await desk.replacePolicy({ ...books.policy.policy, homeCountry: 'XX' }),
    await desk.createDevice({ identifier: '4:+15550100' }),
    await desk.deleteTrunk('sbc1.example.com'),
    await desk.deleteTrunk('sbc9.example.com'),
    await desk.deleteNumber('+15550100'),
    await desk.deleteDevice('nobody'),
  ];
  assert.deepEqual(refused.map((answer) => !answer.ok && [answer.code, answer.target]), [
    ['REQUEST_INVALID', 'body.preset'], ['REQUEST_INVALID', 'body.admission.addresses.1'], ['REQUEST_INVALID', 'body.profile.numbersOut.country'], ['REQUEST_INVALID', 'body.credentials'],
    ['REQUEST_INVALID', 'body.admission.tlsNames'], ['REQUEST_INVALID', 'body.trunk'], ['REQUEST_INVALID', 'body.routes.0.numberPattern'], ['REQUEST_INVALID', 'body.homeCountry'],
    ['REQUEST_INVALID', 'body.identifier'], ['TRUNK_IN_USE', undefined], ['TRUNK_NOT_FOUND', undefined], ['NUMBER_NOT_FOUND', undefined], ['DEVICE_NOT_FOUND', undefined],
  ]);
});

test('the edge knows trunks by certificate, address and range', async (t) => {
  const { books } = await testBooks(t)();
  const { desk, directory } = books;
  await desk.putTrunk('a.example.com', { transport: 'tls', admission: { tlsNames: ['A.example.com'] } });
  await desk.putTrunk('b.example.com', { transport: 'udp', addresses: ['198.51.100.7'] });
  await desk.putTrunk('c.example.com', { transport: 'tls', admission: { addresses: ['2001:db8::/32', '203.0.113.0/24'] } });
  await desk.putTrunk('d.example.com', { transport: 'udp', port: 5070, addresses: ['127.0.0.1'] });
  const from = (transport: 'udp' | 'tcp' | 'tls', address: string, port = 5060, tlsNames: readonly string[] = []) => directory.trunkOf({ transport, address, port, tlsNames })?.trunkId;
  assert.equal(from('tls', '192.0.2.1', 40_000, ['a.example.com']), 'a.example.com');
  assert.equal(from('tcp', '192.0.2.1', 40_000, ['a.example.com']), undefined);
  assert.equal(from('udp', '198.51.100.7'), 'b.example.com');
  assert.equal(from('tcp', '::ffff:198.51.100.7', 40_000), 'b.example.com');
  assert.equal(from('tls', '203.0.113.200', 40_000), 'c.example.com');
  assert.equal(from('tls', '2001:db8::9', 40_000), 'c.example.com');
  assert.equal(from('udp', '203.0.113.200'), undefined, 'not without TLS');
  assert.deepEqual([from('udp', '127.0.0.1', 5070), from('udp', '127.0.0.1', 5071)], ['d.example.com', undefined]);
  await desk.putTrunk('b.example.com', { transport: 'udp', addresses: ['198.51.100.7'], isEnabled: false });
  assert.equal(from('udp', '198.51.100.7'), undefined);
});

test('a trunk that does not answer is demoted, and operators see it', async (t) => {
  const { books } = await opened(t);
  const state = () => books.desk.trunks().value[0]?.health;
  assert.equal(state()?.state, 'unknown');
  books.health.note('sbc1.example.com', { ping: 'active', lastSeenAt: noon });
  assert.deepEqual(state(), { ping: 'active', tls: 'unknown', registration: 'none', calls: 'unknown', activeLines: 0, state: 'online', lastSeenAt: '2026-11-26T12:00:00.000Z' });
  books.health.note('sbc1.example.com', { ping: 'expired', reason: 'it has not answered OPTIONS since 12:00.' });
  assert.deepEqual([state()?.state, state()?.reason], ['warning', 'it has not answered OPTIONS since 12:00.']);
  const plan = books.router.plan({ number: '+4930123456', callerId: '+14255550101' });
  assert.ok(plan.steps.some(({ rule, why }) => rule === 'trunk' && why.startsWith('It is tried last')));
  assert.equal(plan.candidates.length, 1, 'it is all there is');
});

test('a user who is deleted takes SIP phones and called numbers along', async (t) => {
  const { books } = await opened(t);
  await books.desk.createDevice({ identifier: '8:acs:r1_alice', username: 'alice' });
  await books.desk.createDevice({ identifier: '8:acs:r1_bob', username: 'bob' });
  for (const identifier of ['8:acs:r1_alice', '8:acs:r1_bob']) {
    books.meter.begin({ lineId: identifier, direction: 'outbound', number: '+4930123456', identifier });
    books.meter.end(identifier, '486');
  }
  await books.settled();
  await books.forgetUser('8:acs:r1_alice');
  assert.deepEqual(books.desk.devices().value.map(({ username }) => username), ['bob']);
  const records = await books.desk.usageRecords({}, { limit: 10, cursor: undefined });
  assert.deepEqual(records?.value.map(({ identifier, number }) => [identifier, number]), [['8:acs:r1_alice', undefined], ['8:acs:r1_bob', '+4930123456']]);
});
