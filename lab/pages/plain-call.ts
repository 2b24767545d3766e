import type { PlainCallPage, Side } from '../src/browsers/page-contracts.ts';
import { drawDevices } from './drawn-devices.ts';
import { offerToStory } from './page-methods.ts';
import { chosenPairs, peerConnections } from './peer-connections.ts';
import type { PictureReader } from './picture-reader.ts';
import { earsOn, eyesOn } from './senses.ts';
import { heardIn, type ToneMeter } from './tone-meter.ts';

const methods: PlainCallPage = {
  drawDevices,

  async openDevices() {
    local = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  },

  async offer() {
    const connection = connect();
    if (local === undefined) for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'recvonly' });
    await connection.setLocalDescription();
    return described(connection);
  },

  async answer(offer) {
    const connection = connect();
    await connection.setRemoteDescription({ type: 'offer', sdp: offer });
    await connection.setLocalDescription();
    return described(connection);
  },

  async acceptAnswer(answer) {
    await peerConnections[0]?.setRemoteDescription({ type: 'answer', sdp: answer });
  },

  async settled() {
    const connection = peerConnections[0];
    if (connection === undefined) throw new Error('there is no call');
    await until(connection, 'connectionstatechange', () => ['connected', 'failed'].includes(connection.connectionState));
    return { state: connection.connectionState, pairs: await chosenPairs() };
  },

  async hears(person, side = 'remote') {
    while ((await methods.heard(side)) !== person);
  },
  sees: (person) => eyes('remote').sees(person),
  heard: async (side) => heardIn(await ears(side).read()),
  seen: async (side) => (await eyes(side).read()).person,

  enable(kind, enabled) {
    for (const track of local?.getTracks() ?? []) if (track.kind === kind) track.enabled = enabled;
  },
};
offerToStory(methods);

let local: MediaStream | undefined;
const remote = new MediaStream();

function connect(): RTCPeerConnection {
  const connection = new RTCPeerConnection();
  connection.addEventListener('track', ({ track }) => remote.addTrack(track));
  for (const track of local?.getTracks() ?? []) connection.addTrack(track);
  return connection;
}

async function described(connection: RTCPeerConnection): Promise<string> {
  await until(connection, 'icegatheringstatechange', () => connection.iceGatheringState === 'complete');
  return connection.localDescription?.sdp ?? '';
}

const ears = (side: Side): ToneMeter => earsOn(streamOf(side));
const eyes = (side: Side): PictureReader => eyesOn(trackOf(side, 'video'));

function streamOf(side: Side): MediaStream {
  const stream = side === 'local' ? local : remote;
  if (stream === undefined) throw new Error('the devices are not open');
  return stream;
}

function trackOf(side: Side, kind: string): MediaStreamTrack {
  const track = streamOf(side).getTracks().find((candidate) => candidate.kind === kind);
  if (track === undefined) throw new Error(`there is no ${side} ${kind}`);
  return track;
}

function until(target: EventTarget, event: string, isDone: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isDone()) return;
      target.removeEventListener(event, look);
      resolve();
    };
    target.addEventListener(event, look);
    look();
  });
}
