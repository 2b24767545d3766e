/** A person with a browser: what the tests of features in a running call drive in the page, under `window.person`. */
import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { CallClient, Features, LocalAudioStream, LocalVideoStream } from './index.ts';
import type { Call, RemoteParticipant } from './index.ts';

interface Person {
  readonly Features: typeof Features;
  call: Call;
  /** Signs in and answers whoever calls, with the camera on. */
  signIn(token: string): Promise<void>;
  startCall(rawId: string): Promise<void>;
  other(): RemoteParticipant;
  /** Sends a steady tone in place of the microphone. */
  speak(): Promise<void>;
}
export type PersonPage = Person;

const client = new CallClient();
let agent: Awaited<ReturnType<typeof client.createCallAgent>>;

async function camera(): Promise<LocalVideoStream> {
  const devices = await client.getDeviceManager();
  await devices.askDevicePermission({ audio: true, video: true });
  const [first] = await devices.getCameras();
  if (first === undefined) throw new Error('no camera');
  return new LocalVideoStream(first);
}

async function connected(call: Call): Promise<void> {
  person.call = call;
  await new Promise<void>((resolve) => {
    const look = () => {
      if (call.state === 'Connected') resolve();
    };
    call.on('stateChanged', look);
    look();
  });
}

const person: Omit<Person, 'call'> & { call?: Call } = {
  Features,
  signIn: async (token) => {
    agent = await client.createCallAgent(new AzureCommunicationTokenCredential(token));
    agent.on('incomingCall', ({ incomingCall }) => {
      void camera()
        .then((stream) => incomingCall.accept({ videoOptions: { localVideoStreams: [stream] } }))
        .then(connected);
    });
  },
  startCall: async (rawId) => {
    await connected(agent.startCall([{ communicationUserId: rawId }], { videoOptions: { localVideoStreams: [await camera()] } }));
  },
  other: () => {
    const [participant] = person.call?.remoteParticipants ?? [];
    if (participant === undefined) throw new Error('nobody else is in the call');
    return participant;
  },
  speak: async () => {
    const context = new AudioContext();
    const voice = context.createOscillator();
    const heard = context.createMediaStreamDestination();
    voice.connect(heard);
    voice.start();
    await person.call?.startAudio(new LocalAudioStream(heard.stream));
  },
};
Object.assign(globalThis, { person });
