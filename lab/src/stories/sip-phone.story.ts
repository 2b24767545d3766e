/** A SIP phone is a device of a user, beside browsers: it registers at the server, is rung, and calls. */
import assert from 'node:assert/strict';
import { startCapture } from '../captures/capture.ts';
import { labTest } from '../requirements.ts';
import { startBaresip } from '../telephones/baresip.ts';
import { openRoom } from './group-room.ts';
import { hearEachOther } from './telephone-room.ts';

labTest('a user is called on a SIP phone', async () => {
  await using room = await openRoom({ anna: 'home', boris: 'open' }, { moves: [['boris', 'carrier']] });
  const [anna, boris] = [room.member('anna'), room.member('boris')];
  const { server, operatorToken } = room;
  const { username, password } = await server.ask('createSipDevice', 'POST', '/v1/telephony/devices', operatorToken, { identifier: boris.rawId });
  await using phone = await startBaresip(room.network.host('boris-carrier'), { person: 'boris', user: username, domain: '203.0.113.5', registrar: 'sip:203.0.113.5;transport=tcp', password, codecs: 'opus,G722,PCMU' });
  await using capture = await startCapture(room.network.host('server'));
  await anna.phone.call('startCall', boris.rawId);
  await Promise.all([phone.ring(), boris.phone.call('ring')]);
  phone.answer();
  await Promise.all([anna.phone.call('reaches', 'Connected'), phone.talks()]);
  await hearEachOther(anna, phone);
  phone.hangUp();
  assert.equal((await anna.phone.call('reaches', 'Disconnected')).endReason?.code, 0);
  // The lease of an address that is signed off is over at once (RFC 3261 §10.2.2).
  await phone.quit();
  await capture.stop();
  const signedOff = '(sip.Expires == 0 || sip.contact.parameter == "expires=0")';
  assert.ok((await capture.count(`sip.Method == "REGISTER" && ${signedOff}`)) >= 1, 'the phone has signed off');
  assert.deepEqual((await capture.fields('sip.Status-Code && sip.CSeq.method == "REGISTER"', ['sip.Status-Code'])).at(-1), ['200']);
});
