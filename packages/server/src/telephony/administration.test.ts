import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreatedSipDevice, DialPlan, DialingPolicy, ErrorResponse, LimitUseList, SipDeviceList, TelephoneNumber, TelephoneUsageList, Trunk, TrunkList, TrunkPresetList, VoiceRoutes } from '@dialplane/calling-api';
import { Person } from '../test-person.ts';
import { startTestServer } from '../test-server.ts';

const number = encodeURIComponent('+14255550101');

test('an operator sets up telephony over the API, and asks where a number would go', async (t) => {
  const { httpUrl } = await startTestServer(t);
  const operator = await Person.signIn(httpUrl, 'Olga');
  const ask = operator.operate.bind(operator);
  assert.ok((await ask<TrunkPresetList>('GET', '/v1/telephony/trunk-presets')).value.length >= 10);
  const trunk = await ask<Trunk>('PUT', '/v1/telephony/trunks/sbc1.example.com', { preset: 'generic-udp', addresses: ['198.51.100.7'], credentials: { username: 'u', secret: 'hush' } });
  assert.deepEqual([trunk.port, trunk.transport, trunk.credentials, trunk.health.state], [5060, 'udp', { username: 'u', hasSecret: true }, 'unknown']);
  const added = await ask<TelephoneNumber>('PUT', `/v1/telephony/numbers/${number}`, { target: { kind: 'users', identifiers: [operator.signedIn.identifier] } });
  assert.deepEqual([added.country, added.state], ['US', 'owned']);
  await ask<VoiceRoutes>('PUT', '/v1/telephony/routes', { routes: [{ name: 'west', numberPattern: '^\\+1(425|206)(\\d{7})$', trunks: ['sbc1.example.com'] }] });
  const plan = await ask<DialPlan>('POST', '/v1/telephony/routes:test', { number: '+1 425 555 0199', callerId: '+14255550101' });
  assert.deepEqual([plan.decision, plan.candidates], ['route', [{ route: 'west', trunk: 'sbc1.example.com', number: '+14255550199' }]]);
  assert.equal((await ask<DialPlan>('POST', '/v1/telephony/routes:test', { number: '911' })).refusal, 'EMERGENCY_NUMBER');
  const policy = await ask<DialingPolicy>('GET', '/v1/telephony/policy');
  assert.equal((await ask<DialingPolicy>('PUT', '/v1/telephony/policy', { ...policy, homeCountry: 'US' })).homeCountry, 'US');
  assert.deepEqual((await ask<LimitUseList>('GET', '/v1/telephony/limits')).value.map(({ scope }) => scope), ['resource']);
  const device = await ask<CreatedSipDevice>('POST', '/v1/telephony/devices', { identifier: operator.signedIn.identifier });
  assert.equal(device.password.length, 24);
  assert.deepEqual((await ask<SipDeviceList>('GET', '/v1/telephony/devices')).value.map((one) => Object.keys(one).includes('password')), [false]);
  await ask('DELETE', `/v1/telephony/devices/${device.username}`);
  assert.deepEqual((await ask<TelephoneUsageList>('GET', '/v1/telephony/usage')).value, []);
  assert.ok(!JSON.stringify(await ask<TrunkList>('GET', '/v1/telephony/trunks')).includes('hush'));
});

test('what is wrong is refused with the field that is, and users are no operators', async (t) => {
  const { httpUrl } = await startTestServer(t);
  const operator = await Person.signIn(httpUrl, 'Olga');
  const refused = async (token: string | undefined, method: string, path: string, body: object = {}) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const response = await fetch(`${httpUrl}/v1/telephony/${path}`, { method, headers, ...(method !== 'GET' && { body: JSON.stringify(body) }) });
    const { error } = (await response.json()) as ErrorResponse;
    return [response.status, error.code, error.target];
  };
  const { operatorToken, accessToken } = operator.signedIn;
  assert.deepEqual(await refused(accessToken, 'GET', 'trunks'), [403, 'ROLE_MISSING', undefined]);
  assert.deepEqual(await refused(operatorToken, 'PUT', 'trunks/-1', {}), [400, 'REQUEST_INVALID', 'params.trunk']);
  assert.deepEqual(await refused(operatorToken, 'PUT', 'trunks/a.example.com', { port: 0 }), [400, 'REQUEST_INVALID', 'body.port']);
  assert.deepEqual(await refused(operatorToken, 'PUT', 'trunks/a.example.com', { profile: { dtmf: 'smoke' } }), [400, 'REQUEST_INVALID', 'body.profile.dtmf']);
  assert.deepEqual(await refused(operatorToken, 'PUT', 'numbers/12', {}), [400, 'REQUEST_INVALID', 'params.number']);
  const { identifier } = operator.signedIn;
  assert.deepEqual(await refused(operatorToken, 'PUT', `numbers/${number}`, { target: { kind: 'users', identifiers: [identifier, `${identifier}0`] } }), [400, 'REQUEST_INVALID', 'body.target.identifiers.1']);
  assert.deepEqual(await refused(operatorToken, 'PUT', 'routes', { routes: [{ name: 'a', numberPattern: '(', trunks: [] }] }), [400, 'REQUEST_INVALID', 'body.routes.0.numberPattern']);
  assert.deepEqual(await refused(operatorToken, 'DELETE', 'trunks/a.example.com'), [404, 'TRUNK_NOT_FOUND', undefined]);
});
