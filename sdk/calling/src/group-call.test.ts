import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Call as CallView, EndpointEvent, MediaDescription, MediaSession, WantedStream } from '@dialplane/calling-api';
import type { ActiveCall } from './call/active-call.ts';
import { Features } from './features/features.ts';
import { RemoteVideoStreamView, type Picture } from './media/remote-video-stream.ts';
import type { Call } from './public/call.ts';
import { LocalVideoStream } from './streams/local-video-stream.ts';
import { exitWhenDone, reaches, until, webrtc } from './test-caller.ts';
import { participant, ScriptedServer, type ScriptedRequest } from './test-scripted-server.ts';

exitWhenDone();

const groupId = randomUUID();
const [ada, bob] = ['8:acs:resource_ada', '8:acs:resource_bob'];

const session = (members: Partial<MediaSession> = {}): MediaSession => ({
  mediaSessionId: randomUUID(), topology: 'backend', state: 'negotiating', polite: true, offerer: 'local', iceServers: [], iceTransportPolicy: 'all',
  remoteCandidates: [], localRevision: 0, modes: { audio: 'mixed', video: 'forwarded' }, ...members,
});

/** A media processor as far as negotiation goes: a peer connection that answers every offer. */
class Backend {
  readonly peerConnection = new webrtc.RTCPeerConnection();
  private readonly server: ScriptedServer;
  private readonly call: CallView;
  private revision = 0;

  constructor(server: ScriptedServer, call: CallView) {
    this.server = server;
    this.call = call;
  }

  /** Answers the next offer; returns it. */
  async answer(): Promise<MediaDescription> {
    const request = await this.server.next('sendDescription');
    const { description } = request.body as { description: MediaDescription };
    request.answer(204);
    await this.peerConnection.setRemoteDescription({ type: 'offer', sdp: description.sdp });
    for (const transceiver of this.peerConnection.getTransceivers()) transceiver.direction = 'sendrecv';
    await this.peerConnection.setLocalDescription(await this.peerConnection.createAnswer());
    this.revision += 1;
    const answer: MediaDescription = {
      type: 'answer', sdp: this.peerConnection.localDescription?.sdp ?? '', revision: this.revision, answers: description.revision, streams: [],
    };
    await this.server.send({ type: 'mediaDescription', callId: this.call.callId, revision: 1 + this.revision, mediaSessionId: mediaSessionOf(request), description: answer });
    return description;
  }
}

function mediaSessionOf({ path }: ScriptedRequest): string {
  return /\/media\/([^/:]+)/.exec(path)?.[1] ?? '';
}

async function joined(server: ScriptedServer, members: Partial<CallView> = {}): Promise<{ readonly call: Call; readonly view: CallView; readonly backend: Backend }> {
  const { agent } = await server.open(server.platform(webrtc));
  const view = server.view({ groupId, mediaSessions: [session()], participants: [{ ...participant(ada), streams: ['Audio', 'Video'] }, participant(bob)], ...members });
  const call = agent.join({ groupId });
  (await server.next('joinCall')).answer(200, view);
  await reaches(call, 'Connected');
  return { call, view, backend: new Backend(server, view) };
}

/** Where the stream's picture is, once it has one. */
async function pictureOf(stream: RemoteVideoStreamView): Promise<Picture> {
  while (stream.picture === undefined) await new Promise<void>((resolve) => stream.onPictureChanged.add(resolve));
  return stream.picture;
}

const wantedIn = ({ body }: ScriptedRequest): WantedStream[] => (body as { wanted: WantedStream[] }).wanted;

test('the first offer has a microphone, five speakers and a camera with three layers, and no data channel', async () => {
  await using server = new ScriptedServer();
  const { backend } = await joined(server);
  const offer = await backend.answer();
  const sections = offer.sdp.split(/\r\n(?=m=)/).slice(1);
  const directions = sections.map((section) => `${/^m=(\w+)/.exec(section)?.[1]} ${/\na=(sendrecv|sendonly|recvonly|inactive)/.exec(section)?.[1]}`);
  assert.deepEqual(directions, ['audio sendrecv', ...Array.from({ length: 5 }, () => 'audio recvonly'), 'video sendrecv']);
  assert.match(sections[6] ?? '', /a=simulcast:send q;h;f/);
  assert.deepEqual(offer.streams, [{ mid: '0', mediaStreamType: 'Audio' }]);
});

test('a picture is asked for while somebody looks, in a section of its own, at the size it is shown', async () => {
  await using server = new ScriptedServer();
  const { call, backend } = await joined(server);
  await backend.answer();
  const [stream] = call.remoteParticipants[0]?.videoStreams ?? [];
  assert.ok(stream instanceof RemoteVideoStreamView && stream.isAvailable);
  assert.deepEqual(call.remoteParticipants[1]?.videoStreams, []);
  const watch = stream.watch();
  watch.resize({ width: 640, height: 360 });
  const offer = await backend.answer();
  assert.match(offer.sdp, /m=video[^]*m=video[^]*a=recvonly/);
  const first = await server.next('wantStreams');
  assert.deepEqual(wantedIn(first), [{ mid: '7', identifier: ada, mediaStreamType: 'Video', width: 640, height: 360 }]);
  first.answer(204);
  assert.equal((await pictureOf(stream)).track.kind, 'video');
  watch.release();
  const last = await server.next('wantStreams');
  assert.deepEqual(wantedIn(last), []);
});

test('mixed, a picture is a tile of the composed one, and back in its section when forwarded again', async () => {
  await using server = new ScriptedServer();
  const { call, view, backend } = await joined(server);
  await backend.answer();
  const [stream] = call.remoteParticipants[0]?.videoStreams ?? [];
  assert.ok(stream instanceof RemoteVideoStreamView);
  stream.watch();
  await backend.answer();
  (await server.next('wantStreams')).answer(204);
  const forwarded = await pictureOf(stream);
  const feature = call.feature(Features.MediaModes);
  assert.deepEqual(feature.modes, { audio: 'mixed', video: 'forwarded' });
  const tile = { x: 0.5, y: 0, width: 0.5, height: 0.5 };
  const changed = {
    type: 'mediaModesChanged', callId: view.callId, revision: 10, mediaSessionId: view.mediaSessions[0]?.mediaSessionId ?? '', modes: { audio: 'mixed', video: 'mixed' },
    layout: [{ identifier: ada, mediaStreamType: 'Video', ...tile }], why: 'the downlink is starved',
  } satisfies EndpointEvent;
  await server.send(changed);
  await until(feature, 'mediaModesChanged', () => feature.modes?.video === 'mixed', 'mixed video');
  assert.deepEqual([stream.picture?.tile?.x, stream.isAvailable, feature.modes?.video, feature.reason], [0.5, true, 'mixed', 'the downlink is starved']);
  assert.notEqual(stream.picture?.track, forwarded?.track);
  assert.deepEqual(feature.modesOf({ communicationUserId: ada }), undefined, 'nobody has said');
  const [adasView, bobsView] = view.participants;
  assert.ok(adasView !== undefined && bobsView !== undefined);
  const everybodys = { audio: 'mixed', video: 'forwarded' } as const;
  await server.send({ type: 'callModesChanged', callId: view.callId, revision: 11, modes: everybodys });
  await server.send({ type: 'participantsUpdated', callId: view.callId, revision: 12, updated: [{ ...adasView, modes: changed.modes }, bobsView], removed: [] });
  assert.deepEqual([ada, bob].map((communicationUserId) => feature.modesOf({ communicationUserId })), [changed.modes, everybodys]);
  const { layout: _, ...back } = changed;
  await server.send({ ...back, revision: 13, modes: { audio: 'mixed', video: 'forwarded' } });
  await until(feature, 'mediaModesChanged', () => feature.modes?.video === 'forwarded', 'forwarded video');
  assert.deepEqual(stream.picture, forwarded);
});

test('who speaks, who is in the spotlight and who has stopped sending is the server’s word', async () => {
  await using server = new ScriptedServer();
  const { call, view, backend } = await joined(server);
  await backend.answer();
  const spotlight = call.feature(Features.Spotlight);
  const dominant = call.feature(Features.DominantSpeakers);
  await server.send({ type: 'speakersChanged', callId: view.callId, speaking: [bob], dominant: [bob, ada] });
  await until(dominant, 'dominantSpeakersChanged', () => dominant.dominantSpeakers.speakersList.length === 2, 'two speakers');
  assert.deepEqual(call.remoteParticipants.map(({ isSpeaking }) => isSpeaking), [false, true]);
  assert.deepEqual(dominant.dominantSpeakers.speakersList.map((speaker) => ('communicationUserId' in speaker ? speaker.communicationUserId : '')), [bob, ada]);
  const [, bobsView] = view.participants;
  assert.ok(bobsView !== undefined);
  await server.send({ type: 'participantsUpdated', callId: view.callId, revision: 20, updated: [{ ...participant(ada), streams: ['Audio'] }, { ...bobsView, spotlightOrder: 1 }], removed: [] });
  await until(spotlight, 'spotlightChanged', () => spotlight.getSpotlightedParticipants().length === 1, 'a spotlight');
  const ended = call.remoteParticipants.find(({ videoStreams }) => videoStreams.length > 0)?.videoStreams[0];
  assert.equal(ended?.isAvailable, false);
  assert.deepEqual(spotlight.getSpotlightedParticipants().map(({ order }) => order), [1]);
  const stopped = spotlight.stopAllSpotlight();
  const request = await server.next('stopSpotlight');
  assert.deepEqual(request.body, { endpointId: server.endpointId });
  request.answer(204);
  await stopped;
});

test('how much of its pictures is watched is the server’s word, also for a client that comes back', async () => {
  await using server = new ScriptedServer();
  const { call, view, backend } = await joined(server);
  await backend.answer();
  const source = new webrtc.nonstandard.RTCVideoSource();
  await call.startScreenSharing(new LocalVideoStream(new webrtc.MediaStream([source.createTrack()])));
  await backend.answer();
  const [told] = view.mediaSessions;
  assert.ok(told !== undefined);
  const { mediaSessionId } = told;
  const layers = () => (call as ActiveCall).session.media.active?.watchedLayers('ScreenSharing');
  const watched = (count: number) => [{ mid: '7', layers: count }];
  await server.send({ type: 'watchedPicturesChanged', callId: view.callId, mediaSessionId, watched: watched(0) });
  assert.equal(layers(), 0);
  await server.send({ type: 'watchedPicturesChanged', callId: view.callId, mediaSessionId, watched: [] });
  assert.equal(layers(), undefined);
  await server.send({ type: 'sync', calls: [{ ...view, revision: 50, mediaSessions: [{ ...told, localRevision: 2, watched: watched(0) }] }] });
  assert.equal(layers(), 0);
});

test('messages of a data channel go through the server, to whom they are for', async () => {
  await using server = new ScriptedServer();
  const { call, view, backend } = await joined(server);
  await backend.answer();
  const channel = call.feature(Features.DataChannel);
  const heard: string[] = [];
  channel.on('dataChannelReceiverCreated', (receiver) => {
    receiver.on('messageReady', () => heard.push(new TextDecoder().decode(receiver.readMessage()?.data)));
  });
  const sender = channel.createDataChannelSender({ channelId: 7, participants: [{ communicationUserId: bob }] });
  const sent = sender.sendMessage(new TextEncoder().encode('hello'));
  const request = await server.next('sendMessage');
  const { data, targets, ...rest } = request.body as { data: string; targets: string[] };
  assert.deepEqual([rest, targets], [{ endpointId: server.endpointId, channelId: 7, sequenceNumber: 1 }, [bob]]);
  request.answer(204);
  await sent;
  const created = new Promise((resolve) => channel.on('dataChannelReceiverCreated', resolve));
  await server.send({ type: 'messageReceived', callId: view.callId, sender: ada, channelId: 7, sequenceNumber: 1, data: 'rubbish' });
  await server.send({ type: 'messageReceived', callId: view.callId, sender: ada, channelId: 7, sequenceNumber: 1, data });
  await created;
  assert.deepEqual(heard, ['hello']);
});

test('a session that replaces a lost one is offered at once, and asks for the same pictures', async () => {
  await using server = new ScriptedServer();
  const { call, view, backend } = await joined(server);
  await backend.answer();
  const [stream] = call.remoteParticipants[0]?.videoStreams ?? [];
  assert.ok(stream instanceof RemoteVideoStreamView);
  stream.watch();
  await backend.answer();
  (await server.next('wantStreams')).answer(204);
  const replacement = session();
  await server.send({ type: 'mediaSessionUpdated', callId: view.callId, revision: 30, mediaSession: replacement });
  await server.send({ type: 'mediaSessionClosed', callId: view.callId, revision: 31, mediaSessionId: view.mediaSessions[0]?.mediaSessionId ?? '' });
  const other = new Backend(server, { ...view });
  Object.assign(other, { revision: 40 });
  await other.answer();
  const again = await server.next('wantStreams');
  assert.equal(mediaSessionOf(again), replacement.mediaSessionId);
  assert.deepEqual(wantedIn(again).map(({ identifier }) => identifier), [ada]);
  assert.equal(call.state, 'Connected');
});
