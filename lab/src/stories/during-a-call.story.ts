/** What people do while they talk, judged by what arrives at the other side. */
import assert from 'node:assert/strict';
import { labTest } from '../requirements.ts';
import { bothArrive, connectCall, hangUp, oneSubnet, openTwoPhones } from './two-phones.ts';

labTest('two people in one subnet', async (context) => {
  await using phones = await openTwoPhones(oneSubnet);
  const { anna, boris } = phones;

  await context.test('hold silences both sides, and resume brings both back', async () => {
    await connectCall(phones);
    await bothArrive(phones);

    await anna.phone.call('do', 'hold');
    await Promise.all([anna.phone.call('reaches', 'LocalHold'), boris.phone.call('reaches', 'RemoteHold')]);
    await Promise.all([anna.phone.call('hears', null), boris.phone.call('hears', null)]);

    await anna.phone.call('do', 'resume');
    await Promise.all([anna.phone.call('reaches', 'Connected'), boris.phone.call('reaches', 'Connected')]);
    await bothArrive(phones);
    await hangUp(phones);
  });

  await context.test('a muted microphone is silent at the other side and shown there', async () => {
    await connectCall(phones);
    await bothArrive(phones);

    await anna.phone.call('do', 'mute');
    await Promise.all([boris.phone.call('hears', null), boris.phone.call('othersMuted', true)]);
    assert.deepEqual([(await anna.phone.call('situation')).isMuted, (await boris.phone.call('situation')).isMuted], [true, false]);
    await anna.phone.call('hears', 'boris');

    await anna.phone.call('do', 'unmute');
    await Promise.all([boris.phone.call('hears', 'anna'), boris.phone.call('othersMuted', false)]);
    await hangUp(phones);
  });

  await context.test('both sides renegotiate at the same moment: cameras off and on, screens shared', async () => {
    await connectCall(phones);
    await bothArrive(phones);

    await Promise.all([anna.phone.call('do', 'stopVideo'), boris.phone.call('do', 'stopVideo')]);
    await Promise.all([anna.phone.call('do', 'startVideo'), boris.phone.call('do', 'startVideo')]);
    await bothArrive(phones);

    await Promise.all([anna.phone.call('do', 'startScreenSharing'), boris.phone.call('do', 'stopVideo')]);
    const screen = await boris.phone.call('othersScreen', true);
    assert.ok(screen.width > 0 && screen.height > 0);
    await Promise.all([anna.phone.call('do', 'stopScreenSharing'), boris.phone.call('do', 'startVideo')]);
    await boris.phone.call('othersScreen', false);
    await bothArrive(phones);
    await hangUp(phones);
  });
});
