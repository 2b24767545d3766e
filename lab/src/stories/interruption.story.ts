/** Signaling fails in the middle of a call: the call goes on, and nothing that happened meanwhile is lost. */
import assert from 'node:assert/strict';
import type { Host } from '../network/host.ts';
import { labTest } from '../requirements.ts';
import { bothArrive, connectCall, hangUp, oneSubnet, openTwoPhones, readFlow, readRecords } from './two-phones.ts';

labTest('two people in one subnet', async (context) => {
  await using phones = await openTwoPhones(oneSubnet);
  const { anna, boris, network, server } = phones;

  await context.test('the event stream is cut and resumed', async () => {
    await connectCall(phones);
    await bothArrive(phones);

    await cutSignaling(network.host('anna'));
    // Anna's command meets the cut, and Boris's event cannot reach her.
    const muted = anna.phone.call('do', 'mute');
    await boris.phone.call('do', 'mute');
    await boris.phone.call('sees', 'anna');
    await restoreSignaling(network.host('anna'));

    await muted;
    await Promise.all([anna.phone.call('othersMuted', true), boris.phone.call('othersMuted', true)]);
    assert.equal((await anna.phone.call('situation')).state, 'Connected');
    await Promise.all([anna.phone.call('do', 'unmute'), boris.phone.call('do', 'unmute')]);
    await bothArrive(phones);
    await hangUp(phones);
  });

  await context.test('the server is killed and started again in the middle of a call', async () => {
    const callId = await connectCall(phones);
    await bothArrive(phones);

    await server.kill();
    await bothArrive(phones);
    await server.start();

    await anna.phone.call('do', 'mute');
    await boris.phone.call('othersMuted', true);
    await anna.phone.call('do', 'unmute');
    await bothArrive(phones);
    await hangUp(phones);
    assert.equal((await readRecords(phones, callId)).summaries.length, 2);
    assert.ok((await readFlow(phones, callId)).endedAt !== undefined);
  });
});

/** The computer's own firewall refuses to talk to the server: what is sent is answered with a reset, what comes is lost. */
const cuts = [
  ['OUTPUT', '-p', 'tcp', '--dport', '8443', '-j', 'REJECT', '--reject-with', 'tcp-reset'],
  ['INPUT', '-p', 'tcp', '--sport', '8443', '-j', 'DROP'],
] as const;

async function cutSignaling(host: Host): Promise<void> {
  for (const [chain, ...rule] of cuts) await host.run('iptables', ['-I', chain, ...rule]);
}

async function restoreSignaling(host: Host): Promise<void> {
  for (const [chain, ...rule] of cuts) await host.run('iptables', ['-D', chain, ...rule]);
}
