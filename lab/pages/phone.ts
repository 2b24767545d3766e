import { AzureCommunicationTokenCredential, createIdentifierFromRawId, getIdentifierRawId } from '@azure/communication-common';
// Before the client library, which must meet the observed RTCPeerConnection.
import { chosenPairs } from './peer-connections.ts';
import { CallClient, LocalVideoStream, VideoStreamRenderer, type Call, type CallAgent, type DeviceManager, type IncomingCall, type RemoteVideoStream, type VideoStreamRendererView } from '@dialplane/calling';
import type { CallSituation, PhonePage, Side } from '../src/page-contracts.ts';
import { ArrivalWatch } from './arrival-watch.ts';
import { offerToStory } from './page-methods.ts';
import { earsOn, eyesOn, eyesOnElement } from './senses.ts';
import type { PictureReader } from './picture-reader.ts';
import { heardIn } from './tone-meter.ts';

const agentStates: string[] = [];
let agent: CallAgent | undefined;
let devices: DeviceManager | undefined;
let camera: LocalVideoStream | undefined;
let call: Call | undefined;
let arrivals: ArrivalWatch | undefined;
let ringing = Promise.withResolvers<IncomingCall>();
const views = new Map<RemoteVideoStream, Promise<VideoStreamRendererView>>();

const methods: PhonePage = {
  async signIn({ token, displayName, endpoint }) {
    const phone = new CallClient({ diagnostics: { appName: 'dialplane-lab' }, ...(endpoint === undefined ? {} : { endpoint }) });
    devices = await phone.getDeviceManager();
    await devices.askDevicePermission({ audio: true, video: true });
    const [device] = await devices.getCameras();
    if (device === undefined) throw new Error('this computer has no camera');
    camera = new LocalVideoStream(device);
    const signedIn = await phone.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName });
    agentStates.push(signedIn.connectionState);
    signedIn.on('connectionStateChanged', ({ newValue }) => agentStates.push(newValue));
    signedIn.on('incomingCall', ({ incomingCall }) => ringing.resolve(incomingCall));
    agent = signedIn;
  },

  async startCall(rawId, options = {}) {
    if (agent === undefined) throw new Error('nobody is signed in');
    call = agent.startCall([createIdentifierFromRawId(rawId)], { ...options, videoOptions: { localVideoStreams: [ownCamera()] } });
    return call.id;
  },

  async answer() {
    const incoming = await ringing.promise;
    ringing = Promise.withResolvers();
    call = await incoming.accept({ videoOptions: { localVideoStreams: [ownCamera()] } });
    return call.id;
  },

  async do(action) {
    const running = theCall();
    if (action === 'startVideo' || action === 'stopVideo') await running[action](ownCamera());
    else await running[action]();
  },

  situation: () => situationOf(theCall()),

  async reaches(state) {
    const running = theCall();
    await until((look) => running.on('stateChanged', look), () => running.state === state);
    return situationOf(running);
  },

  async othersMuted(isMuted) {
    const [other] = theCall().remoteParticipants;
    if (other === undefined) throw new Error('there is nobody else in the call');
    await until((look) => other.on('isMutedChanged', look), () => other.isMuted === isMuted);
  },

  async othersScreen(isShared) {
    const stream = await remoteVideo('ScreenSharing', isShared);
    if (!isShared) return { width: 0, height: 0 };
    const { width, height } = await (await eyesOnView(stream)).read();
    return { width, height };
  },

  async hears(person) {
    while ((await methods.heard('remote')) !== person);
  },
  sees: async (person) => (await eyes('remote')).sees(person),
  heard: async (side) => heardIn(await earsOn(await audioTrack(side)).read()),
  seen: async (side) => (await (await eyes(side)).read()).person,
  pairs: chosenPairs,
  longestGapMs: () => (arrivals ??= new ArrivalWatch()).takeLongestGap(),
  agentStates: () => agentStates,
};
offerToStory(methods);

function theCall(): Call {
  if (call === undefined) throw new Error('there is no call');
  return call;
}

function ownCamera(): LocalVideoStream {
  if (camera === undefined) throw new Error('nobody is signed in');
  return camera;
}

function situationOf(running: Call): CallSituation {
  return {
    id: running.id,
    state: running.state,
    isMuted: running.isMuted,
    ...(running.callEndReason === undefined ? {} : { endReason: { code: running.callEndReason.code, subCode: running.callEndReason.subCode } }),
    ...(running.callEndReason?.message === undefined ? {} : { endMessage: running.callEndReason.message }),
    others: running.remoteParticipants.map((other) => ({ rawId: getIdentifierRawId(other.identifier), state: other.state, isMuted: other.isMuted })),
  };
}

async function audioTrack(side: Side): Promise<MediaStreamTrack> {
  const running = theCall();
  const event = side === 'remote' ? 'remoteAudioStreamsUpdated' : 'localAudioStreamsUpdated';
  const streams = (): Call['remoteAudioStreams'] | Call['localAudioStreams'] => (side === 'remote' ? running.remoteAudioStreams : running.localAudioStreams);
  await until((look) => running.on(event, look), () => streams().length > 0);
  return firstTrack((await streams()[0]?.getMediaStream())?.getAudioTracks());
}

async function eyes(side: Side): Promise<PictureReader> {
  if (side === 'local') return eyesOn(firstTrack((await ownCamera().getMediaStream()).getVideoTracks()));
  return eyesOnView(await remoteVideo('Video', true));
}

/** Looks at what an application shows: the library's own view, which follows the stream to other connections. */
async function eyesOnView(stream: RemoteVideoStream): Promise<PictureReader> {
  const known = views.get(stream) ?? new VideoStreamRenderer(stream).createView();
  views.set(stream, known);
  const { target } = await known;
  if (!target.isConnected) document.body.append(target);
  const video = target.querySelector('video');
  if (video === null) throw new Error('the view shows no video');
  return eyesOnElement(video);
}

function firstTrack(tracks: readonly MediaStreamTrack[] | undefined): MediaStreamTrack {
  const track = tracks?.[0];
  if (track === undefined) throw new Error('the stream has no track');
  return track;
}

/** The other's stream of this kind, as soon as its availability is what is asked for. */
async function remoteVideo(kind: 'Video' | 'ScreenSharing', isAvailable: boolean): Promise<RemoteVideoStream> {
  const running = theCall();
  await until((look) => running.on('remoteParticipantsUpdated', look), () => running.remoteParticipants.length > 0);
  const [other] = running.remoteParticipants;
  const find = (): RemoteVideoStream | undefined => other?.videoStreams.find((stream) => stream.mediaStreamType === kind);
  await until((look) => other?.on('videoStreamsUpdated', look), () => find() !== undefined);
  const stream = find();
  if (stream === undefined) throw new Error(`the other has no ${kind}`);
  await until((look) => stream.on('isAvailableChanged', look), () => stream.isAvailable === isAvailable);
  return stream;
}

/** Resolves when `isDone` holds: looked at now and whenever the event comes. */
function until(subscribe: (look: () => void) => void, isDone: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (isDone()) resolve();
    };
    subscribe(look);
    look();
  });
}
