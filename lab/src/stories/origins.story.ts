/** Where the page comes from: another web origin, and another computer that trusts the development CA. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { launchBrowser } from '../browsers/chromium.ts';
import { startDialplane } from '../dialplane-server.ts';
import { openLabPage, openPage } from '../browsers/lab-page.ts';
import { buildNetwork } from '../network/network.ts';
import type { PhonePage } from '../browsers/page-contracts.ts';
import { labTest } from '../requirements.ts';
import { bothArrive, connectCall, hangUp, oneSubnet, signIn } from './two-phones.ts';

const pagePort = 5173;
const pageServer = join(import.meta.dirname, '../browsers/serve-page.ts');

labTest('the same page from another origin', async () => {
  await using network = await buildNetwork(oneSubnet);
  await using server = await startDialplane(network.host('server'));
  // As an application's developer has it: the page from a small server on one's own computer, the API elsewhere.
  await network.host('anna').start(process.execPath, [pageServer, 'phone', String(pagePort)]).line(/^listening$/);
  await using annas = await launchBrowser(network.host('anna'), { person: 'anna', trustedAuthority: server.authority });
  await using boriss = await launchBrowser(network.host('boris'), { person: 'boris', trustedAuthority: server.authority });
  const annasPhone = await openPage<PhonePage>(annas.context, `http://localhost:${pagePort}/`);
  const borissPhone = await openLabPage<PhonePage>(boriss.context, 'phone', `${server.origin}/lab/phone`);
  assert.notEqual(new URL(annasPhone.page.url()).origin, server.origin);
  const anna = { ...(await signIn(server, annasPhone, 'Anna')), browser: annas, phone: annasPhone };
  const boris = { ...(await signIn(server, borissPhone, 'Boris')), browser: boriss, phone: borissPhone };
  const phones = { network, server, anna, boris };
  await connectCall(phones);
  await bothArrive(phones);
  await hangUp(phones);
});

labTest('a second computer has a secure context only when it trusts the development CA', async () => {
  await using network = await buildNetwork(oneSubnet);
  await using server = await startDialplane(network.host('server'));
  await using strangers = await launchBrowser(network.host('boris'), { person: 'boris' });
  await assert.rejects((await strangers.context.newPage()).goto(server.origin), /ERR_CERT_AUTHORITY_INVALID/);

  await using annas = await launchBrowser(network.host('anna'), { person: 'anna', trustedAuthority: server.authority });
  const page = await annas.context.newPage();
  const answer = await page.goto(server.origin);
  assert.equal(answer?.status(), 200);
  assert.deepEqual(await page.evaluate('[isSecureContext, typeof navigator.mediaDevices?.getUserMedia]'), [true, 'function']);
});

labTest('a second computer signs in with a one-time link, and only once', async () => {
  await using network = await buildNetwork(oneSubnet);
  await using server = await startDialplane(network.host('server'));
  const { operatorToken } = await server.signIn('Operator');
  assert.ok(operatorToken !== undefined, 'who signs in on the server itself may operate it');
  const { code } = await server.ask('createSignInLink', 'POST', '/v1/sign-in-links', operatorToken, {});

  await using annas = await launchBrowser(network.host('anna'), { person: 'anna', trustedAuthority: server.authority });
  const phone = await openLabPage<PhonePage>(annas.context, 'phone', `${server.origin}/lab/phone`);
  const attempt = (body: object): Promise<{ status: number; accessToken?: string }> =>
    phone.page.evaluate(`fetch('/v1/sign-in', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(body))} })
      .then(async (answer) => ({ status: answer.status, ...(await answer.json()) }))`);
  assert.equal((await attempt({ displayName: 'Anna' })).status, 403);
  const { status, accessToken } = await attempt({ displayName: 'Anna', code });
  assert.equal(status, 200);
  assert.equal((await attempt({ displayName: 'Eve', code })).status, 403);
  await phone.call('signIn', { token: accessToken ?? '', displayName: 'Anna', endpoint: server.origin });
});
