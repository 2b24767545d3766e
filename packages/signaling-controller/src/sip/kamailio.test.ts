import assert from 'node:assert/strict';
import { test } from 'node:test';
import { responseTo, writeSipMessage } from '@dialplane/sip';
import { freePort, missingOf, skipWithout } from '@dialplane/testing';
import { startTestEdge } from './test-edge.ts';
import { startKamailio } from './test-kamailio.ts';
import { openUdp, requestText } from './test-sip-socket.ts';

test('a dialog through the edge and kamailio, with a change of transport between: every hop is on the way of both sides', { skip: skipWithout(missingOf('kamailio')) }, async (t) => {
  const kamailioPort = await freePort();
  await startKamailio(t, kamailioPort);
  const { edge, directory } = await startTestEdge(t, { userAgents: `<sip:127.0.0.1:${kamailioPort};transport=tcp;lr>` });
  const { port } = edge.status();
  const caller = await openUdp(t, port);
  const callee = await openUdp(t, kamailioPort);
  directory.trunks.set(`127.0.0.1:${caller.port}`, 'acme');
  caller.send(requestText('INVITE', `sip:bob@127.0.0.1:${callee.port}`, { port: caller.port, more: { 'Call-ID': 'k1' } }));
  const invite = await callee.nextRequest();
  // Ours of both sides, kamailio's of both sides, the nearest first (RFC 5658 §5).
  const routes = invite.headers.all('Record-Route');
  assert.equal(routes.length, 4, routes.join(' '));
  assert.match(routes[0] ?? '', new RegExp(`<sip:127\\.0\\.0\\.1:${kamailioPort};`));
  assert.match(routes[2] ?? '', new RegExp(`@127\\.0\\.0\\.1:${port};transport=tcp;lr>$`));
  assert.match(routes[3] ?? '', new RegExp(`@127\\.0\\.0\\.1:${port};lr>$`));
  const answer = responseTo(invite, 200, { toTag: 'b', headers: [['Contact', `<sip:bob@127.0.0.1:${callee.port}>`]] });
  answer.headers.addFrom(invite.headers, 'Record-Route');
  callee.send(Buffer.from(writeSipMessage(answer)).toString());
  const ok = await caller.nextResponse();
  assert.deepEqual(ok.headers.all('Record-Route'), routes);
  const inDialog = { 'Call-ID': 'k1', From: ok.headers.first('From'), To: ok.headers.first('To') };
  const routeSet = routes.toReversed().join(', ');
  caller.send(requestText('ACK', `sip:bob@127.0.0.1:${callee.port}`, { port: caller.port, more: { ...inDialog, CSeq: '1 ACK', Route: routeSet } }));
  assert.equal((await callee.nextRequest()).method, 'ACK');
  // The called side hangs up: through kamailio and us, from an address that is no trunk's.
  callee.send(requestText('BYE', `sip:alice@127.0.0.1:${caller.port}`, { port: callee.port, more: { 'Call-ID': 'k1', From: ok.headers.first('To'), To: ok.headers.first('From'), CSeq: '9 BYE', Route: routes.join(', ') } }));
  const bye = await caller.nextRequest();
  assert.equal(bye.method, 'BYE');
  assert.equal(bye.headers.has('Route'), false);
  assert.equal(bye.headers.count('Via'), 3);
  caller.send(Buffer.from(writeSipMessage(responseTo(bye, 200))).toString());
  assert.equal((await callee.nextResponse()).status, 200);
});
