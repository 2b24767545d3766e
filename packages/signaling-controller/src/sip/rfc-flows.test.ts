import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort, missingOf, skipWithout } from '@dialplane/testing';
import { SipMessageStore } from './messages/sip-message-store.ts';
import { assertCleanCapture } from './test-capture.ts';
import { startTestEdge } from './test-edge.ts';
import { scenariosOf } from './test-ladder.ts';
import { registrationScenario, type RegistrationStep } from './test-registrations.ts';
import { runSipp } from './test-sipp.ts';

const skip = skipWithout(missingOf('sipp', 'tshark'));

interface Flow {
  readonly title: string;
  readonly ladder: readonly string[];
}

const toRinging = ['alice > INVITE sdp', 'bob > 180'];
const answered = [...toRinging, 'bob > 200 sdp', 'alice > ACK'];
const [aliceEnds, bobEnds] = [['alice > BYE', 'bob > 200'], ['bob > BYE', 'alice > 200']];
const givenUp = ['alice > CANCEL', 'bob > 200/CANCEL', 'bob > 487', 'alice > ACK'];
const refused = (status: string): readonly string[] => [`bob > ${status}`, 'alice > ACK'];

/** What passes two proxies that stay on the way. In RFC 3666 one of the two is a gateway to the telephone network, whose ISUP is not drawn. */
const flows: readonly Flow[] = [
  { title: 'RFC 3665 §3.2: established through two proxies, hung up by the callee', ladder: [...answered, ...bobEnds] },
  { title: 'RFC 3665 §3.6: redirected; the description comes with the ACK', ladder: ['alice > INVITE sdp', ...refused('302'), 'alice > INVITE', 'bob > 180', 'bob > 200 sdp', 'alice > ACK sdp', ...bobEnds] },
  { title: 'RFC 3665 §3.7: the caller has another address, by re-INVITE', ladder: [...answered, 'alice > INVITE sdp', 'bob > 200 sdp', 'alice > ACK', ...bobEnds] },
  { title: 'RFC 3665 §3.8: nobody answers', ladder: [...toRinging, ...givenUp] },
  { title: 'RFC 3665 §3.9: busy', ladder: ['alice > INVITE sdp', ...refused('486')] },
  { title: 'RFC 3665 §3.11: temporarily unavailable', ladder: [...toRinging, ...refused('480 (Retry-After: 60)')] },
  { title: 'RFC 3666 §2.1: to the telephone network, with early media', ladder: ['alice > INVITE sdp', 'bob > 183 sdp', 'bob > 200 sdp', 'alice > ACK', ...aliceEnds] },
  { title: 'RFC 3666 §2.2: to a private exchange', ladder: [...answered, ...aliceEnds] },
  { title: 'RFC 3666 §2.5: an announcement of the network, then the caller gives up', ladder: ['alice > INVITE sdp', 'bob > 183 sdp', ...givenUp] },
  { title: 'RFC 3666 §2.6: released by the network, whose cause passes unchanged', ladder: ['alice > INVITE sdp', ...refused('404 (Reason: Q.850 ;cause=1 ;text="Unallocated number")')] },
  { title: 'RFC 3666 §2.7: the network is never answered', ladder: ['alice > INVITE sdp', 'bob > 183 sdp', ...refused('480')] },
  { title: 'RFC 3666 §3.1: from the telephone network, hung up there', ladder: [...answered, ...aliceEnds] },
  { title: 'RFC 3666 §3.2: from the telephone network, answered at once', ladder: ['alice > INVITE sdp', 'bob > 200 sdp', 'alice > ACK', ...aliceEnds] },
  { title: 'RFC 3666 §3.4: nobody has that number', ladder: ['alice > INVITE sdp', ...refused('604')] },
  { title: 'RFC 3666 §3.5 and §3.6: busy everywhere', ladder: ['alice > INVITE sdp', ...refused('600')] },
  { title: 'RFC 3666 §3.9: the telephone network gives up while it rings', ladder: [...toRinging, ...givenUp] },
];

test('SIPp plays the flows of RFC 3665 and RFC 3666 through two of our proxies, and the capture is without faults', { skip }, async (t) => {
  const bobsPort = await freePort();
  const second = await startTestEdge(t, { userAgents: `<sip:127.0.0.1:${bobsPort};lr>` });
  const first = await startTestEdge(t, { userAgents: `<sip:127.0.0.1:${second.edge.status().port};lr>` });
  const { store } = first;
  await store.write([store.database.insertInto('call').values({ id: 'c', started_at: 0, ended_at: null, snapshot: null, saved_at: 0, flow_progress: '{}', lanes: null, entry: null })]);
  for (const { directory } of [first, second]) directory.trunks.set('127.0.0.1', 'network');
  for (const [index, { title, ladder }] of flows.entries()) {
    await t.test(title, async (t) => {
      const scenarios = scenariosOf(ladder);
      const files = { alice: join(first.folder, `alice-${index}.xml`), bob: join(first.folder, `bob-${index}.xml`) };
      await Promise.all([writeFile(files.alice, scenarios.alice), writeFile(files.bob, scenarios.bob)]);
      const release = first.edge.watch(`flow-${index}@alice.test`, { callId: 'c', lane: 'trunk:network' });
      const bob = runSipp(t, ['-sf', files.bob, '-p', String(bobsPort), '-m', '1']);
      const alice = runSipp(t, ['-sf', files.alice, `127.0.0.1:${first.edge.status().port}`, '-p', String(await freePort()), '-m', '1', '-cid_str', `flow-${index}@alice.test`]);
      assert.deepEqual(await Promise.all([alice, bob]), [0, 0]);
      release();
    });
  }
  await first.edge.close();
  await assertCleanCapture(await new SipMessageStore(store).of('c'), first.folder);
});

const [desk, mobile] = ['Contact: <sip:bob@127.0.0.1:5071>', 'Contact: <sip:bob@127.0.0.1:5072>'];
const everything = 'Contact: *\nExpires: 0';
const password = 'bobs-secret';

/** In their order: each begins where the one before has left the registrar. */
const registrations: ReadonlyArray<{ readonly title: string; readonly steps: readonly RegistrationStep[]; readonly left: readonly string[] }> = [
  // SIPp knows no SHA-256 and gives up where that is offered first, as some telephones do: who comes back has no choice any more.
  { title: 'challenged, and not seen again', steps: [{ contact: desk, status: 401 }], left: [] },
  { title: 'RFC 3665 §2.5: unsuccessful', steps: [{ contact: desk, status: 401 }, { contact: desk, password: 'guessed', status: 401 }], left: [] },
  { title: 'RFC 3665 §2.1: new', steps: [{ contact: desk, status: 401 }, { contact: desk, password, status: 200, contacts: ['5071'] }], left: ['5071'] },
  { title: 'RFC 3665 §2.2: another contact', steps: [{ contact: mobile, status: 401 }, { contact: mobile, password, status: 200, contacts: ['5072'] }], left: ['5071', '5072'] },
  { title: 'RFC 3665 §2.3: asked for', steps: [{ status: 401 }, { password, status: 200, contacts: ['5071', '5072'] }], left: ['5071', '5072'] },
  { title: 'RFC 3665 §2.4: cancelled', steps: [{ contact: everything, status: 401 }, { contact: everything, password, status: 200 }], left: [] },
];

test('SIPp registers as RFC 3665 shows it', { skip }, async (t) => {
  const { edge, directory, folder } = await startTestEdge(t);
  directory.addDevice('bob', password);
  for (const [index, { title, steps, left }] of registrations.entries()) {
    await t.test(title, async (t) => {
      const file = join(folder, `registration-${index}.xml`);
      await writeFile(file, registrationScenario(steps));
      assert.equal(await runSipp(t, ['-sf', file, `127.0.0.1:${edge.status().port}`, '-p', String(await freePort()), '-m', '1']), 0);
      assert.deepEqual(edge.registrationsOf('bob').map(({ contact }) => contact.slice(-4)).toSorted(), left);
    });
  }
});
