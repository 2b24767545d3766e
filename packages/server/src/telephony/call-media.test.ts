import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DtmfTone, type CallConnection, type CallMedia, type FileSource, type RecognizeInputType } from '@azure/communication-call-automation';
import type { CreatedSipDevice } from '@dialplane/calling-api';
import { skip } from '../media/test-group.ts';
import { temporaryFolder } from '../test-server.ts';
import { TestApplication } from './test-application.ts';
import { startSoundSite, toneFile } from './test-sound-site.ts';
import { Softphone } from './test-softphone.ts';
import { TelephoneServer } from './test-telephone-server.ts';

interface Scene {
  readonly application: TestApplication;
  readonly ada: { readonly communicationUserId: string };
  readonly phone: Softphone;
  readonly connection: CallConnection;
  readonly media: CallMedia;
  file(name: string): FileSource;
}

/** An application in a call with Ada's desk phone, and a web site with sounds. The music of the server is a tone of 700 Hz. */
async function scene(t: TestContext): Promise<Scene> {
  const holdMusicFile = join(await temporaryFolder(t), 'music.wav');
  await writeFile(holdMusicFile, toneFile(700));
  const server = await TelephoneServer.start(t, { webhooks: 'private', holdMusicFile });
  const { identifier } = server.ada.signedIn;
  const ada = { communicationUserId: identifier };
  const application = await TestApplication.start(t, server);
  const device = await server.ada.operate<CreatedSipDevice>('POST', '/v1/telephony/devices', { identifier, displayName: 'Desk' });
  const phone = await Softphone.start(t, device, server.sipPort);
  const site = await startSoundSite(t);
  await application.client.createCall({ targetParticipant: ada }, application.callbackUri);
  phone.answer(await phone.event('incoming'));
  const { callConnectionId } = await application.told('CallConnected');
  const connection = application.client.getCallConnection(callConnectionId);
  return { application, ada, phone, connection, media: connection.getCallMedia(), file: (name) => ({ kind: 'fileSource', url: `${site}/${name}` }) };
}

test('an application plays and asks', { skip }, async (t) => {
  const shown = await scene(t);
  await t.test('files are heard, one after the other or over and over, until that is cancelled', () => plays(shown));
  await t.test('keys are recognised: after a prompt, during it, as a choice, and as they are pressed', () => recognizes(shown));
  await t.test('a file that does not come, and one that is no sound, are told', () => fails(shown));
  await t.test('who waits hears the music of the application or of the server', () => holds(shown));
  await t.test('what cannot be done is refused at once', () => refuses(shown));
});

async function plays({ application, ada, phone, media, file }: Scene): Promise<void> {
  await media.playToAll([file('1000.wav'), file('1400.wav')], { operationContext: 'welcome' });
  await phone.hears(1000);
  await phone.hears(1400);
  const [started, completed] = [await application.told('PlayStarted'), await application.told('PlayCompleted')];
  assert.deepEqual([started.operationContext, completed.operationContext, completed.resultInformation?.code], ['welcome', 'welcome', 200]);
  await media.play([file('1000.wav')], [ada], { loop: true, operationContext: 'loop' });
  await phone.hears(1000);
  await media.playToAll([file('1400.wav')], { operationContext: 'next' });
  await media.cancelAllOperations();
  const cancelled = [await application.told('PlayCanceled'), await application.told('PlayCanceled')];
  assert.deepEqual(cancelled.map(({ operationContext, resultInformation }) => [operationContext, resultInformation?.subCode]), [['loop', 8508], ['next', 8508]]);
  await phone.hearsNothing();
}

async function recognizes({ application, ada, phone, media, file }: Scene): Promise<void> {
  const keys = { kind: 'callMediaRecognizeDtmfOptions' as const, recognizeInputType: 'dtmf' as RecognizeInputType };
  await media.startContinuousDtmfRecognition(ada, { operationContext: 'all' });
  await media.startRecognizing(ada, { ...keys, maxTonesToCollect: 3, interruptPrompt: true, playPrompt: file('1000.wav'), operationContext: 'three' });
  await phone.hears(1000);
  phone.press('42#');
  const completed = await application.told('RecognizeCompleted');
  assert.deepEqual([completed.operationContext, completed.recognitionType, completed.dtmfResult?.tones, completed.resultInformation?.subCode], ['three', 'dtmf', ['four', 'two', 'pound'], 8531]);
  const heard = [await application.told('ContinuousDtmfRecognitionToneReceived'), await application.told('ContinuousDtmfRecognitionToneReceived')];
  assert.deepEqual(heard.map(({ sequenceId, tone, operationContext }) => [sequenceId, tone, operationContext]), [[1, 'four', 'all'], [2, 'two', 'all']]);
  await media.stopContinuousDtmfRecognition(ada);
  await application.told('ContinuousDtmfRecognitionStopped');
  await media.startRecognizing(ada, { ...keys, stopDtmfTones: [DtmfTone.Asterisk], initialSilenceTimeoutInSeconds: 60, interToneTimeoutInSeconds: 60, operationContext: 'stop' });
  phone.press('7*');
  const stopped = await application.told('RecognizeCompleted');
  assert.deepEqual([stopped.dtmfResult?.tones, stopped.resultInformation?.subCode], [['seven'], 8514]);
  await media.startRecognizing(ada, { kind: 'callMediaRecognizeChoiceOptions', choices: [{ label: 'sales', phrases: [], tone: DtmfTone.One }, { label: 'support', phrases: [], tone: DtmfTone.Two }] });
  phone.press('2');
  const chosen = await application.told('RecognizeCompleted');
  assert.deepEqual([chosen.recognitionType, chosen.choiceResult?.label, chosen.resultInformation?.subCode], ['choices', 'support', 8533]);
  await media.startRecognizing(ada, { ...keys, initialSilenceTimeoutInSeconds: 0.2, operationContext: 'silent' });
  assert.equal((await application.told('RecognizeFailed')).resultInformation?.subCode, 8510);
  await media.sendDtmfTones([DtmfTone.One, DtmfTone.Pound], ada, { operationContext: 'press' });
  assert.equal((await application.told('SendDtmfTonesCompleted')).operationContext, 'press');
}

async function fails({ application, ada, media, file }: Scene): Promise<void> {
  await media.playToAll([file('1000.wav'), file('missing.wav')]);
  const missing = await application.told('PlayFailed');
  assert.deepEqual([missing.failedPlaySourceIndex, missing.resultInformation?.subCode, missing.resultInformation?.message], [1, 8536, 'Its server answered 404.']);
  await media.startRecognizing(ada, { kind: 'callMediaRecognizeDtmfOptions', maxTonesToCollect: 1, playPrompt: file('no.wav') });
  const unplayable = await application.told('RecognizeFailed');
  assert.deepEqual([unplayable.failedPlaySourceIndex, unplayable.resultInformation?.subCode, unplayable.resultInformation?.message], [0, 8535, 'It is not a WAV file.']);
}

async function holds({ application, ada, phone, connection, media, file }: Scene): Promise<void> {
  await media.hold(ada);
  await phone.hears(700);
  assert.equal((await connection.getParticipant(ada)).isOnHold, true);
  await media.hold(ada, { playSource: file('1000.wav') });
  await phone.hears(1000);
  await media.hold(ada, { playSource: file('missing.wav'), operationContext: 'missing' });
  const { resultInformation, operationContext } = await application.told('HoldFailed');
  assert.deepEqual([operationContext, resultInformation?.subCode], ['missing', 8536]);
  await media.unhold(ada);
  await phone.hearsNothing();
}

async function refuses({ media, file }: Scene): Promise<void> {
  const stranger = { phoneNumber: '+12025550177' };
  await assert.rejects(media.playToAll([{ kind: 'textSource', text: 'Welcome' }]), { statusCode: 400, code: '8523', message: /makes no speech from text/ });
  await assert.rejects(media.play([file('1000.wav')], [stranger]), { statusCode: 404, code: '8522' });
  await assert.rejects(media.startRecognizing(stranger, { kind: 'callMediaRecognizeSpeechOptions' }), { statusCode: 400, code: '8523', message: /keys and no speech/ });
  await assert.rejects(media.startRecognizing(stranger, { kind: 'callMediaRecognizeDtmfOptions', maxTonesToCollect: 1 }), { statusCode: 404, code: '8522' });
}
