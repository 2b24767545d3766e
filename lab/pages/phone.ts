import { AzureCommunicationTokenCredential, createIdentifierFromRawId, getIdentifierRawId, type CommunicationUserIdentifier, type PhoneNumberIdentifier } from '@azure/communication-common';
// Before the client library, which must meet the observed RTCPeerConnection.
import { chosenPairs, picturesReceived } from './peer-connections.ts';
import { CallClient, Features, LocalVideoStream, type Call, type CallAgent, type DeviceManager, type DtmfTone, type IncomingCall, type RemoteParticipant, type RemoteVideoStream, type TransferToCallLocator, type TransferToParticipantLocator } from '@dialplane/calling';
import type { CallSituation, PhonePage, Side } from '../src/browsers/page-contracts.ts';
import { nameOf, type Person } from '../src/browsers/test-signal.ts';
import { ArrivalWatch } from './arrival-watch.ts';
import { drawDevices } from './drawn-devices.ts';
import { offerToStory } from './page-methods.ts';
import type { PictureReader } from './picture-reader.ts';
import { earsOn, eyesOn } from './senses.ts';
import { eyesOnStream, shownPictures } from './shown-pictures.ts';
import { ToneGap } from './tone-gap.ts';
import { allHeardIn, heardIn } from './tone-meter.ts';

const agentStates: string[] = [];
let agent: CallAgent | undefined;
let devices: DeviceManager | undefined;
let camera: LocalVideoStream | undefined;
let call: Call | undefined;
/** The one before `call`. */
let earlier: Call | undefined;
let arrivals: ArrivalWatch | undefined;
let ringing = Promise.withResolvers<IncomingCall>();
const gaps = new Map<Person, ToneGap>();

const methods: PhonePage = {
  drawDevices,

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

  async join(groupId) {
    if (agent === undefined) throw new Error('nobody is signed in');
    call = agent.join({ groupId }, { videoOptions: { localVideoStreams: [ownCamera()] } });
    return call.id;
  },

  async dial(number, callerId) {
    if (agent === undefined) throw new Error('nobody is signed in');
    earlier = call;
    take(agent.startCall([{ phoneNumber: number }], { alternateCallerId: { phoneNumber: callerId } }));
  },

  async addNumber(number, callerId) {
    theCall().addParticipant({ phoneNumber: number }, { alternateCallerId: { phoneNumber: callerId } });
  },

  async press(digits) {
    for (const digit of digits) await theCall().sendDtmf(toneOf(digit));
  },

  async keys(digits) {
    const running = theCall();
    const heard = tones.get(running) ?? listenForTones(running);
    await until((look) => running.feature(Features.Dtmf).on('toneReceived', look), () => heard.map(keyOf).join('').includes(digits));
  },

  transferTo: async (rawId) => transferred(theCall(), { targetParticipant: createIdentifierFromRawId(rawId) as CommunicationUserIdentifier | PhoneNumberIdentifier }),
  async transferEarlier() {
    if (earlier === undefined) throw new Error('there is no call before this one');
    await transferred(earlier, { targetCallId: theCall().id });
  },

  async ring() {
    const { callerInfo } = await ringing.promise;
    return callerInfo.identifier === undefined ? '' : getIdentifierRawId(callerInfo.identifier);
  },

  async decline() {
    await (await ringing.promise).reject();
    ringing = Promise.withResolvers();
  },

  async add(rawId) {
    theCall().addParticipant(createIdentifierFromRawId(rawId));
  },

  async answer() {
    const incoming = await ringing.promise;
    ringing = Promise.withResolvers();
    return take(await incoming.accept({ videoOptions: { localVideoStreams: [ownCamera()] } })).id;
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
    const { width, height } = await (await eyesOnStream(stream)).read();
    return { width, height };
  },

  async hears(person, side = 'remote') {
    while ((await methods.heard(side)) !== person);
  },
  sees: async (person) => (await eyes('remote')).sees(person),
  async hearsAll(people) {
    const expected = people.toSorted().join();
    while (allHeardIn(await earsOn(await sound('remote')).read()).toSorted().join() !== expected);
  },
  levels: async () => earsOn(await sound('remote')).read(),
  async seesAll(people) {
    await Promise.all(people.map(async (person) => (await eyesOnStream(await picturesOf(person))).sees(person)));
  },
  sights: async () => [...(await picturesReceived()), ...shownPictures()],
  heard: async (side) => heardIn(await earsOn(await sound(side)).read()),
  seen: async (side) => (await (await eyes(side)).read()).person,
  pairs: chosenPairs,
  async longestToneGapMs(person) {
    const gap = gaps.get(person) ?? new ToneGap(await sound('remote'), person);
    gaps.set(person, gap);
    return gap.takeLongest();
  },
  longestGapMs: () => (arrivals ??= new ArrivalWatch()).takeLongestGap(),
  agentStates: () => agentStates,
};
offerToStory(methods);

/** The running call is this one from now on, and then the one that it is handed over to. */
function take(given: Call): Call {
  call = given;
  listenForTones(given);
  given.feature(Features.Transfer).on('transferAccepted', ({ targetCall }) => take(targetCall));
  return given;
}

/** The keys of telephones in each call, since somebody listens. */
const tones = new Map<Call, DtmfTone[]>();

function listenForTones(running: Call): DtmfTone[] {
  const heard: DtmfTone[] = [];
  tones.set(running, heard);
  running.feature(Features.Dtmf).on('toneReceived', ({ tone }) => heard.push(tone));
  return heard;
}

function keyOf(tone: DtmfTone): string {
  return tone === 'Star' ? '*' : tone === 'Pound' ? '#' : tone.replace('Num', '');
}

/** What the client library calls a key. */
function toneOf(digit: string): DtmfTone {
  if (digit === '*') return 'Star';
  if (digit === '#') return 'Pound';
  return (/\d/.test(digit) ? `Num${digit}` : digit) as DtmfTone;
}

/** Resolves when the call is handed over; rejects when that has failed. */
async function transferred(given: Call, target: TransferToParticipantLocator | TransferToCallLocator): Promise<void> {
  const transfer = given.feature(Features.Transfer).transfer(target);
  await until((look) => transfer.on('stateChanged', look), () => transfer.state === 'Transferred' || transfer.state === 'Failed');
  if (transfer.state === 'Failed') throw new Error(`the transfer failed: ${JSON.stringify(transfer.error)}`);
}

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

async function sound(side: Side): Promise<MediaStream> {
  const running = theCall();
  const event = side === 'remote' ? 'remoteAudioStreamsUpdated' : 'localAudioStreamsUpdated';
  const streams = (): Call['remoteAudioStreams'] | Call['localAudioStreams'] => (side === 'remote' ? running.remoteAudioStreams : running.localAudioStreams);
  await until((look) => running.on(event, look), () => streams().length > 0);
  const [stream] = streams();
  if (stream === undefined) throw new Error(`there is no ${side} sound`);
  return stream.getMediaStream();
}

async function eyes(side: Side): Promise<PictureReader> {
  if (side === 'local') return eyesOn(firstTrack((await ownCamera().getMediaStream()).getVideoTracks()));
  return eyesOnStream(await remoteVideo('Video', true));
}

function firstTrack(tracks: readonly MediaStreamTrack[] | undefined): MediaStreamTrack {
  const track = tracks?.[0];
  if (track === undefined) throw new Error('the stream has no track');
  return track;
}

/** The other's stream of this kind, as soon as its availability is what is asked for. */
async function remoteVideo(kind: 'Video' | 'ScreenSharing', isAvailable: boolean): Promise<RemoteVideoStream> {
  return streamOf(await participant(() => true), kind, isAvailable);
}

/** The camera of this person, as soon as it is there. */
async function picturesOf(person: Person): Promise<RemoteVideoStream> {
  return streamOf(await participant(({ displayName }) => displayName === nameOf(person)), 'Video', true);
}

async function participant(isMeant: (participant: RemoteParticipant) => boolean): Promise<RemoteParticipant> {
  const running = theCall();
  const find = (): RemoteParticipant | undefined => running.remoteParticipants.find(isMeant);
  await until((look) => running.on('remoteParticipantsUpdated', look), () => find() !== undefined);
  const found = find();
  if (found === undefined) throw new Error('whoever was meant has left');
  return found;
}

async function streamOf(other: RemoteParticipant, kind: 'Video' | 'ScreenSharing', isAvailable: boolean): Promise<RemoteVideoStream> {
  const find = (): RemoteVideoStream | undefined => other.videoStreams.find((stream) => stream.mediaStreamType === kind);
  await until((look) => other.on('videoStreamsUpdated', look), () => find() !== undefined);
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
