import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomsClient, type ParticipantRole } from '@azure/communication-rooms';
import { Features } from './features/features.ts';
import type { Call } from './public/call.ts';
import { exitWhenDone, hearsSound, reaches, TestCaller, until } from './test-caller.ts';
import { TestApplication } from './test-application.ts';
import { TestWholeServer } from './test-whole-server.ts';

exitWhenDone();

async function arrive(server: TestWholeServer, displayName: string): Promise<TestCaller> {
  return await TestCaller.signInAt(server.url, await server.person(displayName), displayName);
}

function endOf(call: Call): readonly [number | undefined, number | undefined] {
  return [call.callEndReason?.code, call.callEndReason?.subCode];
}

test('two programs meet in a room that a server application has made with the Azure SDK: roles, changes of roles, and the end of an invitation', async () => {
  await using server = await TestWholeServer.start();
  await using ada = await arrive(server, 'Ada');
  await using ben = await arrive(server, 'Ben');
  const rooms = new RoomsClient(await server.connectionString(), { allowInsecureConnection: true });
  const { id: roomId } = await rooms.createRoom({ participants: [{ id: ada.identifier, role: 'Presenter' }, { id: ben.identifier, role: 'Consumer' }] });
  const { id: later } = await rooms.createRoom({ validFrom: new Date(Date.now() + 3_600_000), participants: [{ id: ada.identifier }] });

  const refused = [ada.agent.join({ roomId: later }), ada.agent.join({ roomId: '99000000000000000' }), ben.agent.join({ roomId: later })];
  for (const call of refused) await reaches(call, 'Disconnected');
  assert.deepEqual(refused.map(endOf), [[403, 5829], [404, 5732], [403, 5828]]);

  const one = ada.agent.join({ roomId }, { audioOptions: ada.audioOptions, videoOptions: { localVideoStreams: [ada.camera()] } });
  await reaches(one, 'Connected');
  const other = ben.agent.join({ roomId }, { audioOptions: ben.audioOptions, videoOptions: { localVideoStreams: [ben.camera()] } });
  await reaches(other, 'Connected');
  assert.deepEqual([one.role, other.role, other.isMuted, other.localVideoStreams.length], ['Presenter', 'Consumer', true, 0]);
  await until(one, 'remoteParticipantsUpdated', () => one.remoteParticipants.length === 1, 'the other');
  const capabilities = other.feature(Features.Capabilities);
  assert.deepEqual([capabilities.capabilities.turnVideoOn, one.feature(Features.Capabilities).capabilities.pstnDialOut.isPresent], [{ isPresent: false, reason: 'RoleRestricted' }, false]);
  await assert.rejects(other.startVideo(ben.camera()), { errorCode: 'ROLE_FORBIDS' });
  await assert.rejects(other.unmute());
  assert.equal(other.isMuted, true);
  await hearsSound(other);

  const change = async (role: ParticipantRole): Promise<string> => {
    const reason = new Promise<string>((resolve) => capabilities.on('capabilitiesChanged', (event) => resolve(event.reason)));
    await rooms.addOrUpdateParticipants(roomId, [{ id: ben.identifier, role }]);
    return await reason;
  };
  assert.deepEqual([await change('Attendee'), other.role], ['RoleChanged', 'Attendee']);
  await other.unmute();
  await hearsSound(one);
  await other.startVideo(ben.camera());
  const [seen] = one.remoteParticipants;
  assert.ok(seen !== undefined);
  await until(seen, 'videoStreamsUpdated', () => seen.videoStreams.length > 0, 'a camera');
  await change('Consumer');
  await until(other, 'isLocalVideoStartedChanged', () => !other.isLocalVideoStarted, 'no camera');
  assert.equal(other.isMuted, true);

  await rooms.removeParticipants(roomId, [ben.identifier]);
  await reaches(other, 'Disconnected');
  assert.deepEqual(endOf(other), [0, 5317]);
  await rooms.deleteRoom(roomId);
  await reaches(one, 'Disconnected');
  assert.deepEqual(endOf(one), [0, 7000]);
});

test('an application comes to the call of a room by its id, and calls a telephone where the room permits it', async () => {
  await using server = await TestWholeServer.start('--demo-carrier', '--webhooks', 'private');
  await using ada = await arrive(server, 'Ada');
  using application = await TestApplication.start(server);
  const rooms = new RoomsClient(await server.connectionString(), { allowInsecureConnection: true });
  const { id: roomId } = await rooms.createRoom({ participants: [{ id: ada.identifier, role: 'Presenter' }] });
  const locator = { kind: 'roomCallLocator', id: roomId } as const;
  await assert.rejects(application.client.connectCall(locator, application.callbackUri), { statusCode: 404 }, 'nobody is there yet');
  const call = ada.agent.join({ roomId }, { audioOptions: ada.audioOptions });
  await reaches(call, 'Connected');
  const { callConnection } = await application.client.connectCall(locator, application.callbackUri);
  await application.told('CallConnected');
  const invite = { targetParticipant: { phoneNumber: '+12025550107' }, sourceCallIdNumber: { phoneNumber: '+12025550190' } };
  await assert.rejects(callConnection.addParticipant(invite), { statusCode: 412, message: /pstnDialOutEnabled/ });
  await assert.rejects(callConnection.addParticipant({ targetParticipant: (await server.person('Eve').then(({ identifier }) => ({ communicationUserId: identifier }))) }), { statusCode: 400, message: /not invited/ });
  await rooms.updateRoom(roomId, { pstnDialOutEnabled: true });
  await callConnection.addParticipant(invite);
  await application.told('AddParticipantSucceeded');
  await until(call, 'remoteParticipantsUpdated', () => call.remoteParticipants.some(({ identifier }) => 'phoneNumber' in identifier), 'the telephone');
  await hearsSound(call);
  await callConnection.hangUp(true);
  await reaches(call, 'Disconnected');
  assert.deepEqual(endOf(call), [0, 4097]);
});
